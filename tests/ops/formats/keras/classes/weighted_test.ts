import assert from "node:assert/strict";
import {
  convolution,
  dense,
  depthwise,
  einsumDense,
  separable as separably,
  transposed as transposedly,
} from "../../../../../ops/formats/keras/classes/weighted.ts";
import type { FileWeight } from "../../../../../ops/formats/keras/assembly.ts";
import { lines, reading, weight } from "./one_reading.ts";
import { assertAnswers, singles } from "../support/saved.ts";

Deno.test("a transposed kernel's last axes change places", () => {
  const kernel = weight([1, 1, 2, 3], 1, 2, 3, 4, 5, 6);
  const { of, added } = reading({ filters: 2, "kernel_size": 1, "use_bias": false }, [[4, 4, 3]], {
    kernel,
  });
  transposedly(2, of);
  const [, weights] = added[0] as [unknown, { kernel: FileWeight }];
  assert.deepEqual(weights.kernel, weight([1, 1, 3, 2], 1, 4, 2, 5, 3, 6));
});

Deno.test("a separable convolution is two layers, its multiplier taken from the kernel", () => {
  const { of, added } = reading({ filters: 3, "kernel_size": 1, "use_bias": false }, [[4, 4, 1]], {
    "depthwise_kernel": weight([1, 1, 1, 2], 1, 2),
    "pointwise_kernel": weight([1, 1, 2, 3], 1, 2, 3, 4, 5, 6),
  });
  assert.equal(separably(2, of), "a.pointwise");
  const [depthwise, pointwise] = added.map(([layer]) => layer) as Record<string, unknown>[];
  assert.deepEqual([depthwise!.name, depthwise!.multiplier, depthwise!.bias], [
    "a.depthwise",
    2,
    false,
  ]);
  assert.deepEqual([pointwise!.inputs, pointwise!.kernel, pointwise!.filters], [["a.depthwise"], [
    1,
    1,
  ], 3]);
});

Deno.test("groups that do not divide channels and missing kernels are refused", () => {
  const read = (config: object) =>
    convolution(2, reading({ filters: 1, "kernel_size": 1, ...config }, [[4, 4, 1]], {}).of);
  assert.throws(() => read({ "use_bias": false }), /the file has no weight `kernel` for it/);
});

Deno.test("a convolution that is separable or transposed has a bias where nothing is said", () => {
  const bias = weight([3], 7, 8, 9);
  const separable = reading({ filters: 3, "kernel_size": 1 }, [[4, 4, 1]], {
    "depthwise_kernel": weight([1, 1, 1, 2], 1, 2),
    "pointwise_kernel": weight([1, 1, 2, 3], 1, 2, 3, 4, 5, 6),
    bias,
  });
  separably(2, separable.of);
  const window = { strides: [1, 1], padding: "valid", dilations: [1, 1], activation: "linear" };
  assert.deepEqual(separable.added, [
    [{
      ...{ name: "a.depthwise", kind: "depthwise", inputs: ["x0"], kernel: [1, 1], multiplier: 2 },
      ...window,
      bias: false,
    }, { kernel: weight([1, 1, 1, 2], 1, 2) }],
    [{
      ...{ name: "a.pointwise", kind: "conv", inputs: ["a.depthwise"], filters: 3, kernel: [1, 1] },
      ...window,
      bias: true,
    }, { kernel: weight([1, 1, 2, 3], 1, 2, 3, 4, 5, 6), bias }],
  ]);
  const kernel = weight([1, 1, 1, 1], 1);
  const transposed = (config: object) => {
    const of = { filters: 1, "kernel_size": 1, ...config };
    const { added, of: one } = reading(of, [[4, 4, 1]], { kernel, bias: weight([1], 5) });
    transposedly(2, one);
    return added[0]![1];
  };
  assert.deepEqual(transposed({}), { kernel, bias: weight([1], 5) });
  assert.deepEqual(transposed({ "use_bias": false }), { kernel });
  for (const rate of [[1, 2], [2, 1], 2]) {
    assert.throws(() => transposed({ "dilation_rate": rate }), {
      message: 'Cannot read layer "a" (Layer): it is dilated',
    });
  }
  assert.throws(() => transposed({ "output_padding": 1 }), {
    message: 'Cannot read layer "a" (Layer): its output_padding is given',
  });
});

Deno.test("each group reads its part of the channels; one channel in each is a layer of its own", () => {
  const kernel = weight([1, 1, 2, 4], 1, 2, 3, 4, 5, 6, 7, 8);
  const config = { filters: 4, "kernel_size": 1, groups: 2 };
  const bias = weight([4], 1, 2, 3, 4);
  const { of, added } = reading(config, [[3, 3, 4]], { kernel, bias });
  assert.equal(convolution(2, of), "a");
  assert.deepEqual(lines(added), [
    "a.part1 split < x0",
    "a.group1 conv < a.part1",
    "a.part2 split < x0",
    "a.group2 conv < a.part2",
    "a concat < a.group1 a.group2",
  ]);
  assert.deepEqual(added[3]![1], {
    kernel: weight([1, 1, 2, 2], 3, 4, 7, 8),
    bias: weight([2], 3, 4),
  });
  const alone = reading({ ...config, "use_bias": false }, [[3, 3, 2]], {
    kernel: weight([1, 1, 1, 4], 1, 2, 3, 4),
  });
  convolution(2, alone.of);
  assert.deepEqual(lines(alone.added), ["a depthwise < x0"]);
  assert.deepEqual(alone.added[0]![1], { kernel: weight([1, 1, 2, 2], 1, 2, 3, 4) });
  const odd = reading({ ...config, groups: 3 }, [[3, 3, 4]], { kernel, bias });
  assert.throws(() => convolution(2, odd.of), /its 3 groups do not divide its channels/);
});

Deno.test("a convolution over rows is one over an image with a single column", () => {
  const kernel = weight([3, 1, 1], 1, 2, 3);
  const config = { filters: 1, "kernel_size": 3, padding: "causal", "use_bias": false };
  const { of, added } = reading(config, [[5, 1]], { kernel });
  assert.equal(convolution(1, of), "a.rows");
  assert.deepEqual(lines(added), [
    "a.image reshape < x0",
    "a conv < a.image",
    "a.rows reshape < a",
  ]);
  const [layer, weights] = added[1]!;
  assert.deepEqual((layer as { padding: unknown }).padding, [[2, 0], [0, 0]]);
  assert.deepEqual(weights, { kernel: weight([3, 1, 1, 1], 1, 2, 3) });
  const alone = reading({ "kernel_size": 3, "use_bias": false }, [[5, 1]], { kernel });
  depthwise(1, alone.of);
  assert.deepEqual(lines(alone.added)[1], "a depthwise < a.image");
});

Deno.test("an ending that a layer cannot compute itself stands behind it", () => {
  const kernel = weight([1, 1], 1);
  const read = (config: object, more = {}) => {
    const of = { units: 1, "use_bias": false, ...config };
    const { of: one, added, heads } = reading(of, [[1]], { kernel }, more);
    return [dense(one), ...lines(added), ...heads];
  };
  assert.deepEqual(read({ activation: "relu" }), ["a", "a dense < x0"]);
  assert.deepEqual(read({ activation: "swish" }), [
    "a.activation",
    "a dense < x0",
    "a.activation function < a",
  ]);
  assert.deepEqual(read({ activation: "softmax" }, { leaves: true }), [
    "a",
    "a dense < x0",
    "softmax",
  ]);
});

Deno.test("an equation that sums over what it reads last is a dense layer between shapes", () => {
  const read = (equation: string, more: object = {}) => {
    const { of, added } = reading({ equation, ...more }, [[2, 3]], {
      kernel: weight([3, 2, 2], ...Array(12).keys()),
      bias: weight([2, 2], 1, 2, 3, 4),
    });
    einsumDense(of);
    return added.map((
      [layer, weights],
    ) => [layer.kind, weights.kernel?.shape, weights.bias?.shape]);
  };
  assert.deepEqual(read("abc,cde->abde", { "bias_axes": "de" }), [
    ["dense", [3, 4], [4]],
    ["reshape", undefined, undefined],
  ]);
  assert.deepEqual(read("...c,cde->...de")[0], ["dense", [3, 4], undefined]);
  for (const equation of ["abc,abd->acd", "abc,cde->adeb", "", "ab"]) {
    assert.throws(() => read(equation), /its equation ".*" cannot be read/, equation);
  }
});

for (
  const name of singles(/^(Dense|EinsumDense|Conv1D|Conv2D|DepthwiseConv|SeparableConv|SpectralN)/)
) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}
