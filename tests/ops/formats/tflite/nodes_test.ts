/** Each kind of layer that is written is computed by TensorFlow Lite as by the engine. */
import assert from "node:assert/strict";
import { coversImage, layerNodes } from "../../../../ops/formats/tflite/nodes.ts";
import type { Layer } from "../../../../ops/model/model.ts";
import { livelyModel } from "../../lively_model.ts";
import { assertComputed, networkOf, operators } from "./support/written.ts";

const window = { strides: [2, 1], padding: "same", dilations: [1, 1] } as const;
const plain = { strides: [1, 1], padding: "valid", dilations: [1, 1] } as const;
const ended = { bias: true, activation: "linear" } as const;

const image: Readonly<Record<string, object>> = {
  conv: { kind: "conv", filters: 3, kernel: [3, 2], ...window, ...ended, activation: "relu" },
  "conv with borders of its own": {
    ...{ kind: "conv", filters: 3, kernel: [3, 3], ...plain, bias: false },
    ...{ padding: [[1, 2], [0, 1]], activation: "gelu" },
  },
  "conv with dilations": {
    ...{ kind: "conv", filters: 2, kernel: [2, 2], ...plain, dilations: [2, 2], ...ended },
    activation: "leaky-relu",
  },
  depthwise: {
    ...{ kind: "depthwise", multiplier: 2, kernel: [3, 3], ...plain, ...ended },
    activation: "relu6",
  },
  "conv-transpose": {
    ...{ kind: "conv-transpose", filters: 2, kernel: [3, 3], strides: [2, 2], padding: "same" },
    ...{ bias: true, activation: "tanh" },
  },
  "conv-transpose with gaps": {
    ...{ kind: "conv-transpose", filters: 2, kernel: [1, 1], strides: [2, 2], padding: "valid" },
    ...{ bias: true, activation: "elu" },
  },
  batchnorm: { kind: "batchnorm", epsilon: 1e-3, momentum: 0.9, activation: "relu" },
  "layer-norm": { kind: "layer-norm", epsilon: 1e-3 },
  standardize: { kind: "standardize", by: "length", epsilon: 1e-3 },
  prelu: { kind: "prelu" },
  "max-pool": { kind: "max-pool", size: [2, 2], ...window },
  "average-pool": { kind: "average-pool", size: [3, 3], ...window },
  "global-average-pool": { kind: "global-average-pool" },
  "global-max-pool": { kind: "global-max-pool" },
  upsample: { kind: "upsample", size: [2, 3] },
  "resize by the nearest": { kind: "resize", size: [7, 4], by: "nearest" },
  "resize bilinearly": { kind: "resize", size: [7, 4], by: "bilinear" },
  pad: { kind: "pad", amounts: [[1, 0], [2, 1]] },
  crop: { kind: "crop", amounts: [[1, 0], [0, 2]] },
  permute: { kind: "permute", order: [2, 0, 1] },
  flatten: { kind: "flatten" },
  reshape: { kind: "reshape", shape: [10, -1] },
  split: { kind: "split", parts: 2, part: 1 },
  shuffle: { kind: "shuffle", groups: 2 },
  softmax: { kind: "softmax", log: false },
  "log-softmax": { kind: "softmax", log: true },
};

for (const [name, layer] of Object.entries(image)) {
  Deno.test(`${name}: TensorFlow Lite computes what the engine does`, async () => {
    const layers = { ...layer, name: "a", inputs: ["x"] } as unknown as Layer;
    await assertComputed(livelyModel(networkOf([5, 4, 4], layers)));
  });
}

Deno.test("rows of a sequence: a dense layer on each, the first, the last first", async () => {
  const layers = [
    { name: "d", kind: "dense", inputs: ["x"], units: 3, bias: false, activation: "sigmoid" },
    { name: "r", kind: "reverse", inputs: ["d"] },
    { name: "f", kind: "first", inputs: ["r"] },
  ] as const;
  await assertComputed(livelyModel(networkOf([4, 2], ...layers)));
});

Deno.test("values are added, multiplied and joined, one after another", async () => {
  const relu = { kind: "activation", inputs: ["x"], activation: "relu" } as const;
  const layers = [
    { ...relu, name: "r" },
    { ...relu, name: "s", activation: "relu6" },
    { name: "sum", kind: "add", inputs: ["x", "r", "s"], activation: "relu" },
    { name: "least", kind: "combine", by: "minimum", inputs: ["sum", "x", "r"] },
    { name: "product", kind: "combine", by: "product", inputs: ["least", "sum"] },
    { name: "all", kind: "concat", inputs: ["product", "x", "sum"] },
  ] as const;
  await assertComputed(livelyModel(networkOf([3, 2], ...layers)));
});

Deno.test("batch normalisation behind a convolution is folded into it", () => {
  const layers = [
    { name: "c", kind: "conv", inputs: ["x"], filters: 2, kernel: [1, 1], ...plain, ...ended },
    { name: "n", kind: "batchnorm", inputs: ["c"], epsilon: 1, momentum: 0.9, activation: "relu" },
  ] as const;
  assert.deepEqual(operators(livelyModel(networkOf([2, 2, 1], ...layers))), ["CONV_2D"]);
});

Deno.test("what the format has no operator for is refused by name", () => {
  const refused = (layer: object, why: RegExp) =>
    assert.throws(
      () =>
        layerNodes(
          { name: "a", inputs: ["x"], ...layer } as never,
          { inputs: [[4, 4, 1]] } as never,
        ),
      (error) => error instanceof RangeError && why.test(error.message),
    );
  refused({ kind: "recurrent" }, /^Cannot write "a" for TensorFlow Lite: .* kind recurrent$/);
  refused(
    { kind: "max-pool", size: [2, 2], ...plain, dilations: [2, 2] },
    /^Cannot write "a" for TensorFlow Lite: its pooling is dilated, .*; export to onnx/,
  );
  refused(
    { kind: "max-pool", size: [2, 2], ...plain, padding: [[1, 0], [0, 0]] },
    /its pooling has borders of its own/,
  );
});

Deno.test("a window is the whole image where nothing is outside of either", () => {
  assert.ok(coversImage({ ...plain, size: [4, 3] }, [4, 3, 2]));
  assert.ok(!coversImage({ ...plain, size: [4, 3] }, [4, 4, 2]));
  assert.ok(!coversImage({ ...plain, size: [4, 3] }, [5, 3, 2]));
  assert.ok(!coversImage({ ...window, size: [4, 3] }, [4, 3, 2]));
});
