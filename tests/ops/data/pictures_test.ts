import assert from "node:assert/strict";
import { type Dataset, datasetKind, type Meta } from "../../../ops/data/dataset.ts";
import { describeManifest } from "../../../ops/data/describe.ts";
import { picturesOf } from "../../../ops/data/pictures.ts";

const meta = (input: number[], type: Meta["type"] = "uint8"): Meta => ({
  input,
  type,
  task: "classification",
  classes: [],
  outputs: 2,
  normalize: { scale: [1], offset: [0] },
});
const bytes = Uint8Array.from({ length: 12 }, (_, at) => at);

Deno.test("pictures are the samples asked for, one below the other", () => {
  const part = { count: 3, x: bytes, y: null };
  assert.deepEqual(picturesOf(meta([2, 2, 1]), part, [2, 0]), {
    width: 2,
    height: 2,
    channels: 1,
    pixels: Uint8Array.of(8, 9, 10, 11, 0, 1, 2, 3),
  });
  assert.equal(picturesOf(meta([1, 4]), part, [1])!.channels, 1);
  assert.equal(picturesOf(meta([2, 2, 1]), part, [3])!.pixels.length, 0, "there is no such sample");
});

Deno.test("floats are shown from the least to the greatest of their picture", () => {
  const part = { count: 1, x: Float32Array.of(-1, 0, 1, 1), y: null };
  assert.deepEqual([...picturesOf(meta([2, 2, 1], "float32"), part, [0])!.pixels], [
    0,
    128,
    255,
    255,
  ]);
});

Deno.test("rows of tables, tokens and odd channels are no pictures", () => {
  const part = { count: 1, x: bytes, y: null };
  assert.equal(picturesOf(meta([12]), part, [0]), undefined);
  assert.equal(picturesOf(meta([2, 3, 2]), part, [0]), undefined);
  assert.equal(
    picturesOf(meta([3, 4], "int32"), { count: 1, x: new Int32Array(12), y: null }, [0]),
    undefined,
  );
});

Deno.test("of a data set only the part asked for is read for pictures", async () => {
  const part = { count: 3, x: bytes, y: Int32Array.of(0, 1, 0) };
  const value: Dataset = { meta: meta([2, 2, 1]), parts: { train: part, test: part } };
  const { manifest, blobs } = datasetKind.encode({
    ...value,
    parts: { ...value.parts, train: { ...part, x: bytes.map((byte) => 99 - byte) } },
  });
  const read: string[] = [];
  const pictures = await datasetKind.pictures!(
    manifest,
    (digest) => {
      read.push(digest);
      return Promise.resolve(blobs.get(digest)!);
    },
    "test",
    [1],
  );
  assert.deepEqual(pictures?.pixels, Uint8Array.of(4, 5, 6, 7));
  assert.equal(new Set(read).size, 1);
});

Deno.test("a manifest in words: how many, how stored, how normalised", () => {
  const normalize = { scale: [1 / 255, 2], offset: [0, -0.5] };
  assert.deepEqual(
    describeManifest(
      { meta: { ...meta([2]), normalize }, parts: { test: { count: 20 }, train: { count: 70 } } },
      ["train", "validation", "test"],
    ),
    {
      samples: "70 train, 20 test",
      stored: "uint8",
      normalisation: "value × 0.003922; value × 2 − 0.5",
    },
  );
});
