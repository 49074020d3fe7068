import assert from "node:assert/strict";
import type { Model, Weight } from "../../../ops/model/model.ts";
import { assertSound, misstored, notFinite, unsoundness } from "../../../ops/model/sound.ts";
import { floatWeight } from "../../../ops/model/weights.ts";
import { livelyModel } from "../lively_model.ts";
import { layerOf, networkOf } from "./support/one_layer.ts";

const layer = layerOf("dense", { units: 2, bias: true, activation: "linear" });
const model = livelyModel(networkOf(layer, [3]));
const changed = (weights: Record<string, Weight | undefined>): Model => {
  const all = Object.entries({ ...model.weights, ...weights }).filter(([, weight]) => weight);
  return { ...model, weights: Object.fromEntries(all) as Model["weights"] };
};
const vector = (length: number, mask?: number) =>
  floatWeight(
    [length],
    new Float32Array(length),
    mask === undefined ? undefined : new Uint8Array(mask),
  );

Deno.test("a model has the weights that its layers need, in their shapes, and no others", () => {
  assert.equal(unsoundness(model), undefined);
  assert.doesNotThrow(() => assertSound(model));
  const why = (weights: Record<string, Weight | undefined>) => unsoundness(changed(weights));
  assert.equal(why({ "layer/bias": undefined }), 'weight "layer/bias" is not sound: it is missing');
  assert.match(why({ "layer/bias": vector(3) })!, /its shape is 3, its layer needs 2$/);
  assert.match(why({ "layer/gamma": vector(2) })!, /"layer\/gamma" is not sound: no layer has it/);
  assert.match(why({ "layer/bias": vector(2, 3) })!, /its mask has 3 values, not 2$/);
  assert.throws(() => assertSound(changed({ "layer/bias": undefined })), /internal: weight/);
});

Deno.test("a weight is stored as its encoding says", () => {
  const affine = (axis: number | null, scales: number): Weight => ({
    shape: [2, 3],
    encoding: {
      use: "affine",
      bits: 8,
      axis,
      symmetry: "symmetric",
      scale: new Float32Array(scales),
      zero: new Int32Array(scales),
    },
    data: new Int8Array(6),
  });
  assert.deepEqual([affine(null, 1), affine(0, 2), affine(1, 3)].map(misstored), [
    undefined,
    undefined,
    undefined,
  ]);
  assert.equal(misstored(affine(null, 2)), "1 scales and zero points are needed");
  assert.equal(misstored(affine(1, 2)), "3 scales and zero points are needed");
  const floats = floatWeight([2], new Float32Array(2));
  assert.equal(misstored({ ...floats, shape: [3] }), "3 values are needed, 2 are there");
  assert.equal(misstored({ ...floats, encoding: { use: "f16" } }), "f16 is stored as Uint16Array");
});

Deno.test("what a weight stands for is finite, however it is stored", () => {
  const why = (weight: Weight) => notFinite({ weights: { "a/kernel": weight }, preprocess: null });
  const said = 'weight "a/kernel" has a number that is not finite';
  const shape = [2];
  const affine = (scale: number): Weight => ({
    shape,
    encoding: {
      ...{ use: "affine", bits: 8, axis: null, symmetry: "symmetric" },
      ...{ scale: Float32Array.of(scale), zero: Int32Array.of(0) },
    },
    data: new Int8Array(2),
  });
  const codebook = (centroid: number): Weight => ({
    shape,
    encoding: { use: "codebook", bits: 1, centroids: Float32Array.of(0, centroid) },
    data: new Uint8Array(2),
  });
  const half = (bits: number): Weight => ({
    shape,
    encoding: { use: "f16" },
    data: Uint16Array.of(0, bits),
  });
  for (const odd of [NaN, Infinity, -Infinity]) {
    assert.equal(why(floatWeight(shape, Float32Array.of(1, odd))), said);
    assert.equal(why(affine(odd)), said);
    assert.equal(why(codebook(odd)), said);
  }
  // Infinity and a NaN of half precision; its largest number, 65 504, is one.
  assert.deepEqual([0x7c00, 0x7e01, 0xfc00, 0x7bff].map((bits) => why(half(bits))), [
    ...[said, said, said, undefined],
  ]);
  assert.equal(why(floatWeight(shape, Float32Array.of(1, 3e38))), undefined);
  assert.equal(why(affine(1)) ?? why(affine(1e36)) ?? why(codebook(1)), undefined);
  // A scale that is finite, of integers whose numbers are not: −128 times it is below the largest float.
  assert.equal(why(affine(-1.5e36)), said);
  const preprocess = { scale: [1], offset: [Infinity] };
  assert.match(notFinite({ weights: {}, preprocess })!, /^what it does to its input/);
});
