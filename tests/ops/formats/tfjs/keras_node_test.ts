import assert from "node:assert/strict";
import { node, scaleNode } from "../../../../ops/formats/tfjs/keras_node.ts";

const floats = (bytes: Uint8Array) => [...new Float32Array(bytes.slice().buffer)];

Deno.test("a scale and a shift are a batch normalisation of mean 0, variance 1 and no epsilon", () => {
  const { suffix, className, config, weights } = scaleNode(
    ".scale",
    Float32Array.of(2, 3),
    Float32Array.of(-1, 0),
  );
  assert.deepEqual([suffix, className, config], [".scale", "BatchNormalization", {
    axis: -1,
    epsilon: 0,
  }]);
  assert.deepEqual(Object.keys(weights!), ["gamma", "beta", "moving_mean", "moving_variance"]);
  assert.deepEqual([floats(weights!.gamma!.bytes), floats(weights!.beta!.bytes)], [[2, 3], [
    -1,
    0,
  ]]);
  assert.deepEqual(
    [weights!["moving_mean"]!.quantization!.min, weights!["moving_variance"]!.quantization!.min],
    [0, 1],
  );
});

Deno.test("a node reads the one before it where it does not say", () => {
  assert.deepEqual(node(".a", "Add"), { suffix: ".a", className: "Add", config: {} });
  assert.deepEqual(node("", "Add", {}, [0, ".a"]).reads, [0, ".a"]);
});
