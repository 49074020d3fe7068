import assert from "node:assert/strict";
import { canonicalBytes, type Digest, digestOf } from "../../../engine/digest.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelBytes, modelKind, modelOfBytes } from "../../../ops/model/kind.ts";
import type { Model, Weight } from "../../../ops/model/model.ts";
import { floatWeight } from "../../../ops/model/weights.ts";
import { cnn } from "../../../ops/model/zoo/cnn.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";

const fresh = (seed = 0) => initialModel(mlp.build([3], 2, { hidden: [4], dropout: 0 }), seed);
const digest = (model: Model) => digestOf(canonicalBytes(modelKind.encode(model).manifest));

async function again(model: Model): Promise<Model> {
  const { manifest, blobs } = modelKind.encode(model);
  const read = (name: Digest) => Promise.resolve(blobs.get(name)!);
  return await modelKind.decode(JSON.parse(JSON.stringify(manifest)), read);
}

const quantized: Weight = {
  shape: [3, 4],
  encoding: {
    use: "affine",
    bits: 8,
    axis: 1,
    symmetry: "symmetric",
    scale: Float32Array.of(1, 2, 3, 4),
    zero: new Int32Array(4),
  },
  data: new Int8Array(12).fill(-127),
};
const coded: Weight = {
  shape: [4, 2],
  encoding: { use: "codebook", bits: 1, centroids: Float32Array.of(0, 1) },
  data: new Uint8Array(8).fill(1),
  mask: new Uint8Array(8).fill(1),
};

Deno.test("a model of every encoding comes back as it went", async () => {
  const model: Model = {
    ...fresh(),
    weights: {
      ...fresh().weights,
      "dense1/kernel": quantized,
      "head.dense/kernel": coded,
      "head.dense/bias": { shape: [2], encoding: { use: "f16" }, data: Uint16Array.of(1, 2) },
    },
    preprocess: { scale: [0.5], offset: [0] },
    classes: ["no", "yes"],
    established: { zeros: true, channels: { dense1: 4 }, format: "int8" },
    learned: true,
    quantization: {
      rules: "onnx",
      activations: { input: { bits: 8, scale: 0.25, zero: 3, minimum: -128, maximum: 127 } },
    },
  };
  assert.deepEqual(await again(model), model);
});

Deno.test("a model's digest depends on its content, not on the order it was put together in", async () => {
  const model = fresh();
  const shuffled = Object.fromEntries(Object.entries(model.weights).reverse());
  assert.equal(digest({ ...model, weights: shuffled }), digest(model));
  assert.equal(digest(await again(model)), digest(model));
  assert.notEqual(digest(fresh(1)), digest(model));
});

Deno.test("models share the blobs of what they share", () => {
  const model = initialModel(
    cnn.build([28, 28, 1], 10, { filters: [4], dense: [128], dropout: 0 }),
    0,
  );
  const bias = floatWeight([10], new Float32Array(10).fill(1));
  const other = { ...model, weights: { ...model.weights, "head.dense/bias": bias } };
  const [one, two] = [modelKind.encode(model).blobs, modelKind.encode(other).blobs];
  const shared = [...one.keys()].filter((name) => two.has(name));
  // dense1's kernel, 784 × 128 floats, is the one array above the pack's limit.
  assert.deepEqual(shared.map((name) => one.get(name)!.length), [784 * 128 * 4]);
});

Deno.test("a model whose weights do not fit its layers is refused", () => {
  const model = fresh();
  const withKernel = (weight: Weight | undefined) => {
    const { "dense1/kernel": _kernel, ...rest } = model.weights;
    return {
      ...model,
      weights: weight === undefined ? rest : { ...rest, "dense1/kernel": weight },
    };
  };
  const refused = (broken: Model, reason: RegExp) =>
    assert.throws(() => modelKind.encode(broken), reason);
  refused(withKernel(undefined), /"dense1\/kernel" is not sound: it is missing/);
  refused(withKernel(floatWeight([4, 3], new Float32Array(12))), /is 4×3, its layer needs 3×4/);
  refused(
    withKernel({ ...quantized, data: new Float32Array(12) }),
    /affine is stored as Int8Array/,
  );
  refused(withKernel(floatWeight([3, 4], new Float32Array(12).fill(NaN))), /artifacts are finite/);
  const extra = { ...model.weights, "dense9/bias": floatWeight([1], new Float32Array(1)) };
  refused({ ...model, weights: extra }, /"dense9\/bias" is not sound: no layer has it/);
});

Deno.test("what was established is asked of what comes after", () => {
  const promised: Model = { ...fresh(), established: { channels: { dense1: 3 } } };
  assert.match(modelKind.holds!(promised, promised)!, /pruning had left 3/);
  assert.equal(modelKind.holds!(fresh(), fresh()), undefined);
});

Deno.test("as one run of bytes a model comes back, wherever the bytes lie", async () => {
  const model: Model = {
    ...fresh(),
    weights: { ...fresh().weights, "dense1/kernel": quantized, "head.dense/kernel": coded },
  };
  const bytes = modelBytes(model);
  assert.equal(digest(await modelOfBytes(bytes)), digest(model));
  const within = new Uint8Array(bytes.length + 7);
  within.set(bytes, 5);
  const view = within.subarray(5, 5 + bytes.length);
  assert.equal(digest(await modelOfBytes(view)), digest(model));
});
