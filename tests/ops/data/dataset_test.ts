import assert from "node:assert/strict";
import type { Digest } from "../../../engine/digest.ts";
import { type Dataset, datasetInput, datasetKind } from "../../../ops/data/dataset.ts";

const made = (testPixel = 9): Dataset => ({
  meta: {
    input: [2],
    type: "uint8",
    task: "classification",
    classes: ["a", "b"],
    outputs: 2,
    normalize: { scale: [1], offset: [0] },
  },
  parts: {
    train: { count: 2, x: Uint8Array.of(1, 2, 3, 4), y: Int32Array.of(0, 1) },
    validation: { count: 0, x: new Uint8Array(), y: new Int32Array() },
    test: { count: 1, x: Uint8Array.of(testPixel, 8), y: Int32Array.of(1) },
  },
});

Deno.test("a data set is read again as it was written", async () => {
  const { manifest, blobs } = datasetKind.encode(made());
  assert.deepEqual(
    await datasetKind.decode(manifest, (digest) => Promise.resolve(blobs.get(digest)!)),
    made(),
  );
});

Deno.test("only the parts asked for are read, meta always", async () => {
  const { manifest, blobs } = datasetKind.encode(made());
  const read: Digest[] = [];
  const decoded = await datasetKind.decode(manifest, (digest) => {
    read.push(digest);
    return Promise.resolve(blobs.get(digest)!);
  }, ["meta", "test"]);
  assert.deepEqual(Object.keys(decoded.parts), ["test"]);
  assert.deepEqual(decoded.meta, made().meta);
  assert.equal(read.length, 1);
});

Deno.test("changing the test samples changes the digest of the test part and no other", () => {
  const [before, after] = [datasetKind.encode(made()), datasetKind.encode(made(10))];
  for (const name of ["meta", "train", "validation"]) {
    assert.equal(before.parts[name], after.parts[name]);
  }
  assert.notEqual(before.parts.test, after.parts.test);
});

Deno.test("targets and unlabelled samples travel too", async () => {
  const { meta } = made();
  const value: Dataset = {
    meta,
    parts: {
      train: { count: 1, x: Float32Array.of(0.5, 1), y: Float32Array.of(1, 2) },
      test: { count: 1, x: Int32Array.of(-1, 1), y: null },
    },
  };
  const { manifest, blobs } = datasetKind.encode(value);
  assert.deepEqual(
    await datasetKind.decode(manifest, (digest) => Promise.resolve(blobs.get(digest)!)),
    value,
  );
});

Deno.test("NaN in a sample is refused", () => {
  const { meta } = made();
  const value: Dataset = {
    meta,
    parts: { train: { count: 1, x: Float32Array.of(NaN, 1), y: null } },
  };
  assert.throws(() => datasetKind.encode(value), RangeError);
});

Deno.test("who reads a part reads meta, and who reads none reads nothing", () => {
  const input = datasetInput(
    "samples",
    (params: { many: boolean }) => params.many ? ["train", "validation"] : [],
  );
  assert.deepEqual(input.parts!({ many: true }), ["meta", "train", "validation"]);
  assert.deepEqual(input.parts!({ many: false }), []);
  assert.deepEqual(datasetInput("shapes", ["meta"]).parts!({}), ["meta"]);
});
