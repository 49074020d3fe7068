import assert from "node:assert/strict";
import { kerasNodes } from "../../../../ops/formats/tfjs/keras_nodes.ts";
import type { Layer } from "../../../../ops/model/model.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";

const source = (shape: readonly number[], inputs: readonly (readonly number[])[] = [shape]) => ({
  storage: "float32" as const,
  shape,
  inputs,
  weight: () => floatWeight([1], Float32Array.of(1)),
});
const rows = (layer: object, ...of: Parameters<typeof source>) =>
  kerasNodes({ name: "a", inputs: ["x"], ...layer } as unknown as Layer, source(...of))
    .map(({ suffix, className, config }) => [suffix, className, config]);

Deno.test("channels are split and shuffled by moves that Keras has", () => {
  assert.deepEqual(rows({ kind: "split", parts: 2, part: 1 }, [4, 4, 3]), [
    [".rows", "Permute", { dims: [3, 1, 2] }],
    [".cut", "Cropping2D", { cropping: [[3, 0], [0, 0]] }],
    ["", "Permute", { dims: [2, 3, 1] }],
  ]);
  assert.deepEqual(rows({ kind: "shuffle", groups: 2 }, [4, 5, 6]), [
    [".grouped", "Reshape", { "target_shape": [4, 5, 2, 3] }],
    [".turned", "Permute", { dims: [1, 2, 4, 3] }],
    ["", "Reshape", { "target_shape": [4, 5, 6] }],
  ]);
});

Deno.test("explicit zeros around a convolution are a layer before it; one around a pool cannot be written", () => {
  const window = { kernel: [3, 3], strides: [1, 1], padding: [[1, 0], [0, 1]], dilations: [1, 1] };
  const conv = { kind: "conv", filters: 1, ...window, bias: false, activation: "linear" };
  const [zeros, layer] = rows(conv, [4, 4, 1]);
  assert.deepEqual(zeros, [".zeros", "ZeroPadding2D", { padding: [[1, 0], [0, 1]] }]);
  assert.deepEqual((layer![2] as { padding: string }).padding, "valid");
  assert.throws(
    () => rows({ kind: "max-pool", size: [2, 2], ...window }, [4, 4, 1]),
    /Cannot write "a" for tfjs: its pooling ignores explicit padding/,
  );
});

Deno.test("an activation that Keras cannot name is a layer behind, another one inside", () => {
  const dense = { kind: "dense", units: 1, bias: true };
  assert.deepEqual(rows({ ...dense, activation: "relu" }, [1]).map(([suffix]) => suffix), [""]);
  assert.deepEqual(
    rows({ ...dense, activation: "leaky-relu" }, [1]).map((row) => row.slice(0, 2)),
    [
      ["", "Dense"],
      [".activation", "LeakyReLU"],
    ],
  );
  assert.deepEqual(rows({ kind: "sample" }, [1]), []);
});
