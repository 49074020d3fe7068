import assert from "node:assert/strict";
import type { Reading } from "../../../../../ops/formats/keras/assembly.ts";
import { configOf } from "../../../../../ops/formats/keras/config.ts";
import {
  conv2d,
  conv2dTranspose,
  separableConv2d,
  windowOf,
} from "../../../../../ops/formats/keras/classes/weighted.ts";
import type { FileWeight } from "../../../../../ops/formats/keras/assembly.ts";

/** A reading of one layer with this config, and what it adds. */
function reading(
  config: object,
  inputs: readonly (readonly number[])[],
  weights: Readonly<Record<string, FileWeight>>,
) {
  const added: [layer: unknown, weights: object][] = [];
  const prepared: unknown[] = [];
  const of = {
    name: "a",
    config: configOf("a", "Layer", config as never),
    inputs: inputs.map((_, i) => `x${i}`),
    shapes: inputs,
    first: true,
    leaves: false,
    weight: (name: string) => weights[name],
    add: (layer: unknown, weights: object) => void added.push([layer, weights]),
    preprocess: (found: unknown) => void prepared.push(found),
    head: () => {},
    fuse: () => false,
    input: () => {},
  } as unknown as Reading;
  return { of, added, prepared };
}
const weight = (shape: readonly number[], ...values: number[]): FileWeight => ({
  shape,
  values: Float32Array.from(values),
});

Deno.test("a window is Keras's where nothing is said: valid, one by one", () => {
  const window = (config: object) => windowOf(configOf("a", "Conv2D", config as never));
  assert.deepEqual(window({}), { strides: [1, 1], padding: "valid", dilations: [1, 1] });
  assert.deepEqual(window({ strides: [2, 1], padding: "same", "dilation_rate": 3 }), {
    strides: [2, 1],
    padding: "same",
    dilations: [3, 3],
  });
  assert.throws(() => window({ padding: "causal" }), /its padding is causal/);
  assert.throws(
    () => window({ "data_format": "channels_first" }),
    /only data_format channels_last/,
  );
});

Deno.test("a transposed kernel's last axes change places", () => {
  const kernel = weight([1, 1, 2, 3], 1, 2, 3, 4, 5, 6);
  const { of, added } = reading({ filters: 2, "kernel_size": 1, "use_bias": false }, [[4, 4, 3]], {
    kernel,
  });
  conv2dTranspose(of);
  const [, weights] = added[0] as [unknown, { kernel: FileWeight }];
  assert.deepEqual(weights.kernel, weight([1, 1, 3, 2], 1, 4, 2, 5, 3, 6));
});

Deno.test("a separable convolution is two layers, its multiplier taken from the kernel", () => {
  const { of, added } = reading({ filters: 3, "kernel_size": 1, "use_bias": false }, [[4, 4, 1]], {
    "depthwise_kernel": weight([1, 1, 1, 2], 1, 2),
    "pointwise_kernel": weight([1, 1, 2, 3], 1, 2, 3, 4, 5, 6),
  });
  assert.equal(separableConv2d(of), "a.pointwise");
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

Deno.test("grouped convolutions and missing kernels are refused", () => {
  const read = (config: object) =>
    conv2d(reading({ filters: 1, "kernel_size": 1, ...config }, [[4, 4, 1]], {}).of);
  assert.throws(() => read({ groups: 2 }), /grouped convolutions cannot be read/);
  assert.throws(() => read({ "use_bias": false }), /the file has no weight `kernel` for it/);
});

Deno.test("a convolution that is separable or transposed has a bias where nothing is said", () => {
  const bias = weight([3], 7, 8, 9);
  const separable = reading({ filters: 3, "kernel_size": 1 }, [[4, 4, 1]], {
    "depthwise_kernel": weight([1, 1, 1, 2], 1, 2),
    "pointwise_kernel": weight([1, 1, 2, 3], 1, 2, 3, 4, 5, 6),
    bias,
  });
  separableConv2d(separable.of);
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
    conv2dTranspose(one);
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
