/** Data by a reader of one's own. */
import assert from "node:assert/strict";
import { given } from "../../../../engine/given.ts";
import { ENTRIES, ownEntry } from "../../../../engine/own/entry.ts";
import { readContext } from "../../../../engine/thread.ts";
import {
  type OwnReader,
  ownReader,
  readOwn,
  type ReadSamples,
} from "../../../../ops/data/readers/own_reader.ts";
import { gzipSync } from "../../../../engine/deps/fflate.ts";
import { runContext } from "../../run_context.ts";

const byLength: OwnReader = {
  read: (files) => ({
    count: files.length,
    input: [1],
    x: Float32Array.from(files, ({ bytes }) => bytes.length),
    y: null,
    classes: files.map(({ name }) => name),
  }),
};

const entryOf = (definition: OwnReader, name = "lengths", suffixes: string[] = ["len"]) =>
  ownEntry("readers", { name, version: 1 }, definition, { definition, suffixes });

const bytes = (length: number) => new Uint8Array(length);

/** A context in which these files are there; a folder lists what begins with it. */
function context(files: Readonly<Record<string, Uint8Array>>) {
  return {
    ...runContext(),
    read: (name: string) => Promise.resolve(files[name]!),
    list: (name: string) =>
      Promise.resolve(
        name in files ? [""] : Object.keys(files).map((path) => path.slice(name.length + 1)),
      ),
  };
}

const wishes = (more: object) => ({ from: "a.len", task: "classification", ...more }) as never;

Deno.test("data are read by the reader that the format names, else by the one whose files end so", () => {
  const [one, other] = [entryOf(byLength), entryOf(byLength, "other")];
  const asked = (format?: string, entries = [one, other]) =>
    ownReader({ ...given({ format }), [ENTRIES]: entries } as never)?.name;
  assert.equal(asked(), "lengths");
  assert.equal(asked("other"), "other");
  assert.equal(asked("csv"), undefined, "a format that is named is meant");
  assert.equal(asked(undefined, []), undefined);
  assert.equal(ownReader({}), undefined);
});

Deno.test("each part's files are given by name, unpacked, and the classes are those of the training part", async () => {
  const files = { "t.len": gzipSync(bytes(5)), "v.len": bytes(7) };
  const from = { train: "t.len", test: "v.len" };
  const found = await readOwn(entryOf(byLength), wishes({ from }), context(files));
  assert.deepEqual([...found.train.x, ...found.test!.x], [5, 7]);
  assert.equal(found.validation, undefined);
  assert.deepEqual(found.classes, ["t.len"]);
  const silent: OwnReader = {
    read: (files) => {
      const { classes: _, ...samples } = byLength.read(files, readContext) as ReadSamples;
      return Promise.resolve(samples);
    },
  };
  assert.equal(
    "classes" in await readOwn(entryOf(silent), wishes({ from }), context(files)),
    false,
  );
});

Deno.test("in a folder the files of a part begin as parts do and end as the reader's", async () => {
  const files = { "d/train_1.len": bytes(1), "d/train_2.len": bytes(2), "d/test.len": bytes(3) };
  const read = (suffixes: string[]) =>
    readOwn(
      entryOf(byLength, "lengths", suffixes),
      wishes({ from: "d", format: "lengths" }),
      context(files),
    );
  const found = await read(["other", "len"]);
  assert.deepEqual([[...found.train.x], [...found.test!.x]], [[1, 2], [3]]);
  await assert.rejects(read([]), /Cannot find training samples in "d"/);
});

Deno.test("columns are of tables, and what is no samples is refused with the reader and the file", async () => {
  const files = { "a.len": bytes(1) };
  await assert.rejects(
    readOwn(entryOf(byLength), wishes({ columns: { label: "x" } }), context(files)),
    /Cannot choose columns: lengths files have none/,
  );
  const giving = (more: Partial<ReadSamples>) => {
    const samples = { count: 2, input: [2, 1], x: bytes(4), y: new Int32Array(2), ...more };
    return readOwn(entryOf({ read: () => samples }), wishes({}), context(files));
  };
  await giving({});
  await giving({ y: null });
  await giving({ y: new Float32Array(6) });
  await giving({ count: 0, x: bytes(0), y: new Int32Array(0) });
  const wrong: readonly [Partial<ReadSamples>, string][] = [
    [{ count: 1.5 }, "1.5 as the count of samples"],
    [{ count: -1 }, "-1 as the count of samples"],
    [{ x: bytes(3) }, "3 values for 2 samples of 2×1"],
    [{ y: new Int32Array(3) }, "3 labels for 2 samples"],
    [{ y: new Int32Array(0) }, "0 labels for 2 samples"],
    [{ count: 0, x: bytes(0), y: new Int32Array(1) }, "1 labels for 0 samples"],
  ];
  for (const [more, what] of wrong) {
    await assert.rejects(giving(more), {
      name: "RangeError",
      message: `Cannot read "a.len": the reader lengths gave ${what}`,
    });
  }
});
