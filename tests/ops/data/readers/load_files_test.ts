import assert from "node:assert/strict";
import type { Loaded } from "../../../../ops/data/samples.ts";
import { loadFiles } from "../../../../ops/data/readers/load_files.ts";
import { data } from "../../../../ops/data/data.ts";
import type { FileParams } from "../../../../ops/data/data_fields.ts";
import { zipSync } from "../../../deps.ts";
import { USUAL_AUDIO } from "../../../../ops/data/audio/audio_fields.ts";
import { wave16 } from "../audio/wave_bytes.ts";
import { runContext } from "../../run_context.ts";
import { idxBytes } from "../idx_bytes.ts";
import { npyBytes } from "../npy_bytes.ts";

const load = async (files: Record<string, Uint8Array | string>, more: Partial<FileParams>) => {
  const bytes = Object.fromEntries(
    Object.entries(files).map(([name, file]) =>
      [name, typeof file === "string" ? new TextEncoder().encode(file) : file] as const
    ),
  );
  const common = {
    task: "regression",
    split: { validation: 0, test: 0, by: "order" },
    normalize: { use: "unit" },
    seed: 0,
  } as const;
  return await data.run({}, { ...common, ...more } as FileParams, runContext({ files: bytes }));
};
const from = { train: { inputs: "x", labels: "y" } };

Deno.test("a value of an npz, npy or IDX file that is not finite is refused with file, array and place", async () => {
  const x = [0, 1, 2, NaN, 4, -Infinity];
  const npz = (x: Uint8Array, y: Uint8Array) => ({ "d.npz": zipSync({ "x.npy": x, "y.npy": y }) });
  const good = npyBytes("<f4", [2], [0, 1]);
  await assert.rejects(
    load(npz(npyBytes("<f4", [2, 3], x), good), { from: "d.npz" }),
    /^RangeError: Cannot use "d.npz\/x": its value at \[1, 0\] is NaN, as is 1 more; /,
  );
  await assert.rejects(
    load(npz(good, npyBytes("<f4", [2], [0, Infinity])), { from: "d.npz" }),
    /"d.npz\/y": its value at \[1\] is infinite/,
  );
  // A double beyond float32 is infinite once it is read.
  await assert.rejects(
    load({ x: npyBytes("<f8", [2, 1], [0, 1e300]), y: good }, { from, format: "npy" }),
    /"x": its value at \[1, 0\] is infinite, or more than 32 bits hold/,
  );
  await assert.rejects(
    load({ x: idxBytes(0x0d, [2, 3], x), y: idxBytes(0x0d, [2], [0, 1]) }, { from }),
    /"x": its value at \[1, 0\] is NaN/,
  );
});

Deno.test("a cell of a table that is not finite is refused with file, line and column", async () => {
  const csv = (...lines: string[]) => load({ "t.csv": lines.join("\n") }, { from: "t.csv" });
  await assert.rejects(
    csv("a,b,y", "1,2,3", "1,NaN,3"),
    /"t.csv": line 3, column 2 \("b"\) is "NaN", not a number/,
  );
  await assert.rejects(csv("1,2,3", "1,inf,3"), /line 2, column 2 is "inf", not a number/);
  await assert.rejects(
    csv("1,2,3", "1,1e300,3"),
    /line 2, column 2 is "1e300", more than 32 bits hold/,
  );
  await assert.rejects(csv("a,y", "1,2", "1,nan"), /label "nan" of "t.csv" as a number \(line 3\)/);
  await assert.rejects(csv("a,y", "1,1e39"), /\(line 2\): "1e39", more than 32 bits hold/);
  await assert.rejects(
    load({ "t.jsonl": '{"a":1,"y":2}\n{"a":1e39,"y":2}' }, { from: "t.jsonl" }),
    /"t.jsonl": line 2, column 1 \("a"\) is "1e\+39", more than 32 bits hold/,
  );
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: "a", data: [1, NaN], type: "DOUBLE" },
      { name: "y", data: [1, 2], type: "DOUBLE" },
    ],
  });
  await assert.rejects(
    load({ "t.parquet": new Uint8Array(parquet) }, { from: "t.parquet" }),
    /"t.parquet": line 2, column 1 \("a"\) is "NaN", not a number/,
  );
});

Deno.test("a first row with a missing value is data, not the names of columns", async () => {
  await assert.rejects(
    load({ "t.csv": "nan,2,3\n1,2,3" }, { from: "t.csv" }),
    /line 1, column 1 is "nan", not a number/,
  );
});

Deno.test("a picture in a cell is no flood in the sentence that refuses it", async () => {
  const jpeg = Uint8Array.from({ length: 5000 }, (_, i) => [0xff, 0xd8, 0x1b, 0x00][i] ?? i * 31);
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
  for (const type of ["BYTE_ARRAY", "JSON"] as const) {
    const cells = type === "JSON" ? [{ bytes: [...jpeg] }] : [jpeg];
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: "image", data: cells, type },
        { name: "y", data: [1], type: "DOUBLE" },
      ],
    });
    await assert.rejects(
      load({ "t.parquet": new Uint8Array(parquet) }, { from: "t.parquet" }),
      (error) => {
        const { message } = error as Error;
        assert.match(
          message,
          /"t.parquet": line 1, column 1 \("image"\) is ".{1,61}", not a number$/,
        );
        assert.doesNotMatch(message, /[\p{C}\ufffd]/u);
        return true;
      },
    );
  }
});

Deno.test("numbers of classes that 32 bits do not hold are refused, not folded onto others", async () => {
  await assert.rejects(
    load({ "t.csv": "1,4294967296\n2,0" }, { from: "t.csv", task: "classification" }),
    /Cannot keep the label "4294967296" of "t.csv" \(line 1\)/,
  );
});

Deno.test("files are read as they are called, else by their names, else as IDX", async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const pixels = idxBytes(0x08, [2, 1], [7, 8]);
  const context = runContext({
    files: { "t.csv": bytes("1,0\n2,1\n"), "t.dat": bytes("3\t1\n"), a: pixels, b: pixels },
  });
  const task = "regression";
  const loaded = async (
    from: string,
    format?: string,
  ) => [...(await loadFiles({ from, task, ...format && { format } }, context) as Loaded).train.x];
  assert.deepEqual(await loaded("t.csv"), [1, 2]);
  assert.deepEqual(await loaded("t.dat", "tsv"), [3]);
  const pair = { train: { inputs: "a", labels: "b" } };
  assert.deepEqual([...(await loadFiles({ from: pair, task }, context) as Loaded).train.x], [7, 8]);
  await assert.rejects(
    loadFiles({ from: pair, task, columns: { label: "y" } }, context),
    /Cannot choose columns: idx files have none/,
  );
  await assert.rejects(
    loadFiles({ from: "t.csv", task, format: "text" }, context),
    /Cannot read "t.csv" as numbers: say how its text is cut, text: { tokens: words }/,
  );
});

Deno.test("recordings are read in folders of classes alone", async () => {
  const refused =
    /^RangeError: Cannot hear `audio` here: recordings lie in a folder for each class/;
  await assert.rejects(
    load({ "d.csv": "a,b\n1,2\n" }, { from: "d.csv", audio: USUAL_AUDIO }),
    refused,
  );
  await assert.rejects(
    load({ "d.csv": "a,b\n1,2\n" }, { from: "d.csv", format: "csv", audio: USUAL_AUDIO }),
    refused,
  );
  const wav = { "d/yes/a.wav": wave16([0, 1]), "d/no/b.wav": wave16([0.5, 0, 0]) };
  const more = { from: "d", task: "classification" } as const;
  for (const asked of [{}, { audio: USUAL_AUDIO }, { format: "audio" }] as const) {
    const { meta } = await load(wav, { ...more, ...asked });
    assert.deepEqual([meta.input, meta.classes], [[49, 40, 1], ["no", "yes"]]);
  }
});

Deno.test("files that hold labels are not read without, and pictures in any folder are", async () => {
  const bare = { labels: "none", task: "classification" } as const;
  await assert.rejects(
    load({ "d.npz": zipSync({ "x.npy": npyBytes("<f4", [1], [0]) }) }, { ...bare, from: "d.npz" }),
    /^RangeError: Cannot read "d.npz" without labels: npz files have them; leave `labels: none` out$/,
  );
  const context = runContext({ files: { "d/a.png": new Uint8Array() } });
  const found = await loadFiles({ ...bare, from: "d" }, context);
  assert.deepEqual("files" in found && found.files, [{ name: "d/a.png" }]);
});
