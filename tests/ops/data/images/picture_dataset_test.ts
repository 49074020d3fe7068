import assert from "node:assert/strict";
import { datasetKind } from "../../../../ops/data/dataset.ts";
import { isStored } from "../../../../engine/pack.ts";
import { encodePng } from "../../../../engine/deps/fast_png.ts";
import { data as dataOp } from "../../../../ops/data/data.ts";
import { type Dataset, heldValues } from "../../../../ops/data/dataset.ts";
import { pictureDataset } from "../../../../ops/data/images/picture_dataset.ts";
import { runContext } from "../../run_context.ts";

/** A flat picture of a grey, as a file. */
const flat = (value: number, width = 2, height = 2): Uint8Array =>
  encodePng({ width, height, channels: 1, data: new Uint8Array(width * height).fill(value) });

/** A folder of three classes with three pictures each, told apart by their grey. */
const photos = (prefix = "./photos/") =>
  Object.fromEntries(
    ["cat", "bird", "dog"].flatMap((name, c) =>
      [0, 1, 2].map((i) => [`${prefix}${name}/${i}.PNG`, flat(10 * c + i)] as const)
    ),
  );

const params = {
  from: "./photos/",
  task: "classification",
  split: { validation: 0, test: 1 / 3, by: "label" },
  normalize: { use: "unit" },
  seed: 0,
} as const;

async function run(files: Record<string, Uint8Array>, more: object) {
  const context = runContext({ files });
  const made = await dataOp.run({}, { ...params, ...more } as never, context) as Dataset;
  return { ...made, reported: context.reported };
}

Deno.test("folders are classes, sorted; every class has its share of the test", async () => {
  for (const more of [{}, { format: "images" }, { from: "./photos" }]) {
    const { meta, parts, reported } = await run(photos(), more);
    assert.deepEqual(meta.classes, ["bird", "cat", "dog"]);
    assert.deepEqual([meta.input, meta.type, meta.outputs], [[2, 2, 1], "uint8", 3]);
    assert.deepEqual([parts.train!.count, parts.validation!.count, parts.test!.count], [6, 0, 3]);
    const { x, y } = parts.train!;
    // bird is the second folder that was written, cat the first.
    const tens = [1, 0, 2];
    for (let i = 0; i < 6; i++) assert.equal(Math.floor(heldValues(x)[4 * i]! / 10), tens[y![i]!]);
    assert.deepEqual([...parts.test!.y!].sort(), [0, 1, 2]);
    assert.deepEqual([reported.warnings, reported.fractions.at(-1)], [[], 1]);
  }
});

Deno.test("a file of class names gives the outputs their order; folders are found among them", async () => {
  const names = new TextEncoder().encode("\ufefffish\r\ndog\r\ncat\r\nbird\r\n\r\n");
  const files = { ...photos(), "./names.txt": names };
  const { meta, parts } = await run(files, { classes: "./names.txt" });
  assert.deepEqual(meta.classes, ["fish", "dog", "cat", "bird"]);
  assert.equal(meta.outputs, 4);
  assert.deepEqual([...new Set(parts.train!.y!)].sort(), [1, 2, 3]);
  assert.deepEqual(
    dataOp.source({ ...params, classes: "./names.txt" }),
    ["./photos/", "./names.txt"],
  );
  const facts = dataOp.facts({}, { ...params, classes: "./names.txt" });
  assert.deepEqual(facts, { kind: "dataset", task: "classification" });
  for (
    const [text, reason] of [
      ["dog\ncat\n", /Cannot place the folder "bird" among dog, cat/],
      ["bird\ndog\ncat\nbird", /"bird": two classes are called so/],
      ["bird\n\ncat\ndog", /line 2 is empty/],
      ["", /line 1 is empty/],
    ] as const
  ) {
    const wrong = { ...photos(), "./names.txt": new TextEncoder().encode(text) };
    await assert.rejects(run(wrong, { classes: "./names.txt" }), reason);
  }
});

Deno.test("folders of parts say which pictures are measured on", async () => {
  const files = {
    ...photos("./p/train/"),
    "./p/val/cat/x.png": flat(1),
    "./p/test/dog/y.png": flat(2),
  };
  const { parts, meta } = await run(files, { from: "./p/" });
  assert.deepEqual(meta.classes, ["bird", "cat", "dog"]);
  assert.deepEqual([parts.train!.count, parts.validation!.count, parts.test!.count], [9, 1, 1]);
  assert.deepEqual([...parts.validation!.y!, ...parts.test!.y!], [1, 2]);
  const apart = { ...photos("./a/"), ...photos("./b/") };
  const given = await run(apart, { from: { train: "./a/", test: "./b/" } });
  assert.deepEqual([given.parts.train!.count, given.parts.test!.count], [9, 9]);
});

Deno.test("pictures of unlike size or colour are refused, unless they are made alike", async () => {
  const sizes = { ...photos(), "./photos/cat/3.png": flat(3, 4, 3) };
  await assert.rejects(
    run(sizes, {}),
    /Cannot join "\.\/photos\/bird\/0\.PNG" of 2×2×1 and ".*3\.png" of 3×4×1; say resize: \[height, width\]/,
  );
  const { meta } = await run(sizes, { resize: [3, 5] });
  assert.deepEqual(meta.input, [3, 5, 1]);
  const rgb = encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(12) });
  const colours = { ...photos(), "./photos/cat/3.png": rgb };
  await assert.rejects(run(colours, {}), /say color: rgb, or gray/);
  assert.deepEqual((await run(colours, { color: "rgb" })).meta.input, [2, 2, 3]);
  assert.deepEqual((await run(colours, { color: "gray" })).meta.input, [2, 2, 1]);
  const known = dataOp.facts({}, { ...params, format: "images", resize: [8, 9], color: "rgb" });
  assert.deepEqual(known, { kind: "dataset", task: "classification", input: [8, 9, 3] });
});

Deno.test("files that are no pictures of a class are left out, and that is said", async () => {
  const files = {
    ...photos(),
    "./photos/README.md": new Uint8Array(1),
    "./photos/cat/x.gif": new Uint8Array(1),
  };
  const { reported, parts } = await run(files, { format: "images" });
  assert.equal(parts.train!.count + parts.test!.count, 9);
  assert.match(reported.warnings[0]!, /^2 files are left out, .*: README\.md, cat\/x\.gif$/);
  const none = { "./photos/a.png": flat(1) };
  await assert.rejects(run(none, { format: "images" }), /Cannot find pictures to train on/);
});

Deno.test("the embedded digits are resized and coloured too, and compile knows their shape", async () => {
  const digits = { use: "digits", limit: 3, resize: [14, 14], color: "rgb" } as const;
  const all = { ...params, ...digits } as const;
  const { from: _from, task: _task, ...rest } = all;
  const facts = dataOp.facts({}, rest as never) as { input?: readonly number[] };
  assert.deepEqual(facts.input, [14, 14, 3]);
  const made = await dataOp.run({}, rest as never, runContext()) as Dataset;
  assert.deepEqual(made.meta.input, [14, 14, 3]);
});

/** Pictures enough for a file: 40 of 64×64 in each class, each with values of its own. */
const many = Object.fromEntries(
  ["a", "b"].flatMap((name, c) =>
    Array.from({ length: 40 }, (_, i) => {
      const data = Uint8Array.from({ length: 64 * 64 }, (_, at) => (at * (i + 2) + 91 * c) % 256);
      return [`./photos/${name}/${i}.png`, encodePng({ width: 64, height: 64, channels: 1, data })];
    })
  ),
);

Deno.test("a set that is more than is to be held lies in a file, with the same digests", async () => {
  const standard = {
    split: { validation: 0.1, test: 1 / 3, by: "label" },
    normalize: { use: "standard" },
  };
  const all = { ...params, ...standard } as never;
  const held = await dataOp.run({}, all, runContext({ files: many })) as Dataset;
  const memory = 8 * 64 * 1024;
  const spilling = runContext({ files: many, memory, spills: true });
  const spilled = await dataOp.run({}, all, spilling) as Dataset;
  const { train, validation, test } = spilled.parts;
  assert.deepEqual([train, validation, test].map((part) => isStored(part!.x)), [true, false, true]);
  assert.deepEqual(heldValues(train!.x), held.parts.train!.x);
  assert.deepEqual(datasetKind.encode(spilled).parts, datasetKind.encode(held).parts);
  assert.equal(spilling.reported.fractions.at(-1), 1);
  const small = runContext({ files: many, memory });
  await assert.rejects(
    async () => await dataOp.run({}, all, small),
    /^MemoryError: Cannot keep the samples: 80 pictures of 64×64×1 would take/,
  );
});

Deno.test("pictures that a limit leaves out are not decoded", async () => {
  const files = { ...photos(), "./photos/cat/0.PNG": Uint8Array.of(1) };
  await assert.rejects(run(files, {}), /Cannot read ".\/photos\/cat\/0.PNG"/);
  const split = { validation: 0, test: 0, by: "order" };
  const whole = await run(photos(), { split });
  const places = [...heldValues(whole.parts.train!.x)].filter((_, i) => i % 4 === 0);
  const limit = places.indexOf(0);
  const { parts } = await run(files, { split, limit });
  assert.deepEqual(
    heldValues(parts.train!.x),
    heldValues(whole.parts.train!.x).slice(0, 4 * limit),
  );
});

Deno.test("parts that a source has apart must be alike, each as its first picture is", async () => {
  const samples = (...x: number[]) => ({
    ...{ count: x.length, input: [1], x: Int32Array.from(x) },
    y: new Int32Array(x.length),
  });
  const files = [2, 2, 3, 3, 2].map((side, i) => ({ name: `${i}`, bytes: flat(i, side, side) }));
  const wishes = { ...params, split: { validation: 0, test: 0, by: "order" } } as const;
  const made = (loaded: object, resize?: readonly [number, number]) =>
    pictureDataset(
      { loaded: { train: samples(0, 1), ...loaded }, files },
      { ...wishes, ...resize && { resize } },
      runContext(),
    );
  const apart = { validation: samples(2, 3), test: samples(4) };
  await assert.rejects(
    made(apart),
    /^RangeError: Cannot use validation beside train: its samples are 3×3×1 uint8, those of train 2×2×1 uint8$/,
  );
  await assert.rejects(made({ test: samples(2, 3) }), /^RangeError: Cannot use test beside train/);
  const { parts } = await made(apart, [1, 1]);
  const { train, validation, test } = parts;
  const values = [train, validation, test].map((part) => [...heldValues(part!.x)].sort());
  assert.deepEqual(values, [[0, 1], [2, 3], [4]]);
});
