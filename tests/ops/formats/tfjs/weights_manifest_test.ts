import assert from "node:assert/strict";
import {
  readWeights,
  type WeightGroup,
  weightGroups,
  writeShards,
} from "../../../../ops/formats/tfjs/weights_manifest.ts";

const group = (...weights: object[]) => [{ paths: ["a"], weights }] as unknown as WeightGroup[];

Deno.test("weights lie one after another in the joined shards, decoded as they are stored", () => {
  const groups = [{
    paths: ["a", "b"],
    weights: [
      { name: "x", shape: [1], dtype: "float32" },
      {
        name: "y",
        shape: [2],
        dtype: "float32",
        quantization: { dtype: "uint8", scale: 0.5, min: -1 },
      },
      { name: "z", shape: [1], dtype: "float32", quantization: { dtype: "float16" } },
    ],
  }] as unknown as WeightGroup[];
  const shards: Record<string, Uint8Array> = {
    a: new Uint8Array(Float32Array.of(2.5).buffer).subarray(0, 3),
    b: Uint8Array.of(new Uint8Array(Float32Array.of(2.5).buffer)[3]!, 0, 4, 0, 0xc0),
  };
  const weights = readWeights(groups, (path) => shards[path]!);
  assert.deepEqual([...weights].map(([name, { values }]) => [name, ...values]), [
    ["x", 2.5],
    ["y", -1, 1],
    ["z", -2],
  ]);
});

Deno.test("weights that are not there, twice there or of no known type are refused", () => {
  const read = (...weights: object[]) => readWeights(group(...weights), () => new Uint8Array(4));
  const x = { name: "x", shape: [1], dtype: "float32" };
  assert.throws(() => read(x, { ...x, name: "y" }), /weight "y": a has 4 bytes, it ends at 8/);
  assert.throws(() => read({ ...x, shape: [0] }, { ...x, shape: [0] }), /two of this name/);
  assert.throws(() => read({ ...x, dtype: "string" }), /its type is string/);
});

Deno.test("a manifest that is damaged is refused", () => {
  const refused = (weightsManifest: unknown, message: RegExp) =>
    assert.throws(() => weightGroups({ weightsManifest }), message);
  refused(undefined, /weightsManifest is missing/);
  refused([{ paths: "a", weights: [] }], /no list of paths or of weights/);
  refused([{ paths: ["a", "b", "a"], weights: [] }], /names "a" twice/);
  const spec = (weight: object) => [{ paths: [], weights: [weight] }];
  refused(spec({}), /one of its weights has no name/);
  refused(spec({ name: "x", shape: [-1] }), /weight "x": its shape is \[-1\]/);
  refused(spec({ name: "x", shape: [], dtype: 3 }), /its type is 3/);
  const scale = { dtype: "uint8", scale: "1" };
  refused(
    spec({ name: "x", shape: [], dtype: "float32", quantization: scale }),
    /its quantization is/,
  );
});

Deno.test("shards are the bytes of all weights, cut at a size, and their manifest is read again", () => {
  const bytes = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
  const stored = { shape: [3], bytes };
  const { manifest, shards } = writeShards([["x", stored]], 5);
  assert.deepEqual(Object.entries(shards).map(([name, { length }]) => [name, length]), [
    ["group1-shard1of3.bin", 5],
    ["group1-shard2of3.bin", 5],
    ["group1-shard3of3.bin", 2],
  ]);
  const groups = weightGroups({ weightsManifest: manifest });
  assert.deepEqual([...readWeights(groups, (path) => shards[path]!).get("x")!.values], [1, 2, 3]);
  assert.deepEqual(Object.keys(writeShards([], 5).shards), ["group1-shard1of1.bin"]);
});
