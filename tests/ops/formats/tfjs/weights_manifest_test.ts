import assert from "node:assert/strict";
import { UnreadableModelError } from "../../../../ops/formats/format.ts";
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

/** What is said of weights: the sentence, and whether what can be read is added. */
function said(work: () => unknown) {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof UnreadableModelError, String(error));
    return [error.message, error.hint.readable ?? false];
  }
}

Deno.test("every sentence about a manifest, and whether it goes on with what can be read", () => {
  const of = (weightsManifest: unknown) => said(() => weightGroups({ weightsManifest }));
  const cannot = "Cannot read the model: ";
  for (const manifest of [undefined, null, {}, [1], [{ paths: [], weights: [] }, null]]) {
    assert.deepEqual(of(manifest), [`${cannot}its weightsManifest is missing`, true]);
  }
  const list = [`${cannot}a group of its weightsManifest has no list of paths or of weights`, true];
  for (
    const each of [{}, { paths: "a", weights: [] }, { paths: [1], weights: [] }, { paths: [] }, {
      paths: ["a"],
      weights: [1],
    }, { weights: [] }]
  ) {
    assert.deepEqual(of([each]), list, JSON.stringify(each));
  }
  assert.deepEqual(of([{ paths: ["a", "b"], weights: [] }, { paths: ["b"], weights: [] }]), [
    `${cannot}its weightsManifest names "b" twice`,
    true,
  ]);
  const spec = (weight: object) => of([{ paths: [], weights: [weight] }]);
  assert.deepEqual(spec({ shape: [] }), [`${cannot}one of its weights has no name`, false]);
  const x = { name: "x", shape: [0, 2], dtype: "float32" };
  assert.equal(spec(x), undefined);
  assert.equal(spec({ ...x, quantization: null }), undefined);
  const wrong = (why: string) => [`Cannot read weight "x": ${why}`, true];
  assert.deepEqual(spec({ ...x, shape: [1.5] }), wrong("its shape is [1.5]"));
  assert.deepEqual(spec({ ...x, shape: 2 }), wrong("its shape is 2"));
  assert.deepEqual(spec({ ...x, dtype: null }), wrong("its type is null"));
  const smaller = (quantization: unknown) => spec({ ...x, quantization });
  assert.equal(smaller({ dtype: "uint8", scale: 1, min: 0 }), undefined);
  assert.equal(smaller({ dtype: "float16" }), undefined);
  for (
    const odd of [1, [], {}, { dtype: 8 }, { dtype: "uint8", min: "0" }, {
      dtype: "uint8",
      scale: null,
    }]
  ) {
    assert.deepEqual(smaller(odd), wrong(`its quantization is ${JSON.stringify(odd)}`));
  }
});

Deno.test("every sentence about the bytes of weights", () => {
  const x = { name: "x", shape: [1], dtype: "float32" };
  const of = (weights: readonly object[], paths = ["a"]) =>
    said(() => readWeights([{ paths, weights }] as never, () => new Uint8Array(4)));
  assert.equal(of([x]), undefined);
  assert.deepEqual(of([{ ...x, shape: [0] }, { ...x, shape: [0] }]), [
    'Cannot read weight "x": the file has two of this name',
    false,
  ]);
  for (const dtype of ["string", "toString"]) {
    assert.deepEqual(of([{ ...x, dtype }]), [
      `Cannot read weight "x": its type is ${dtype}`,
      false,
    ]);
  }
  assert.deepEqual(of([x, { ...x, name: "y" }]), [
    'Cannot read weight "y": a has 4 bytes, it ends at 8',
    false,
  ]);
  assert.equal(of([x, { ...x, name: "y" }], ["a", "b"]), undefined);
});

Deno.test("stored numbers are scaled and moved where both are said", () => {
  const values = (quantization: object) => {
    const groups = [{
      paths: ["a"],
      weights: [{ name: "x", shape: [2], dtype: "float32", quantization }],
    }];
    return [...readWeights(groups as never, () => Uint8Array.of(0, 200)).get("x")!.values];
  };
  assert.deepEqual(values({ dtype: "uint8", scale: 0.5, min: -1 }), [-1, 99]);
  assert.deepEqual(values({ dtype: "uint8", scale: 0.5 }), [0, 200]);
  assert.deepEqual(values({ dtype: "uint8", min: 1 }), [0, 200]);
});

Deno.test("a model without weights has one empty shard, and one that just fits has one", () => {
  assert.deepEqual(Object.keys(writeShards([], 5).shards), ["group1-shard1of1.bin"]);
  const stored = { shape: [5], bytes: new Uint8Array(5) };
  const names = (size: number) => Object.keys(writeShards([["x", stored]], size).shards);
  assert.deepEqual(names(5), ["group1-shard1of1.bin"]);
  assert.deepEqual(names(4), ["group1-shard1of2.bin", "group1-shard2of2.bin"]);
});
