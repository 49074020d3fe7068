import assert from "node:assert/strict";
import type { Reading } from "../../../../../ops/formats/keras/assembly.ts";
import { configOf } from "../../../../../ops/formats/keras/config.ts";
import {
  batchNormalization,
  layerNormalization,
  rescaling,
} from "../../../../../ops/formats/keras/classes/norms.ts";
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

const statistics = { "moving_mean": weight([2], 3, 4), "moving_variance": weight([2], 5, 6) };

Deno.test("a gamma or beta that the layer goes without is 1 or 0", () => {
  const { of, added } = reading(
    { scale: false, center: false, epsilon: 0.5 },
    [[4, 2]],
    statistics,
  );
  assert.equal(batchNormalization(of), "a");
  const [layer, weights] = added[0]!;
  assert.deepEqual(layer, {
    name: "a",
    kind: "batchnorm",
    inputs: ["x0"],
    epsilon: 0.5,
    momentum: 0.99,
    activation: "linear",
  });
  assert.deepEqual(weights, {
    gamma: weight([2], 1, 1),
    beta: weight([2], 0, 0),
    mean: statistics["moving_mean"],
    variance: statistics["moving_variance"],
  });
});

Deno.test("only the last axis is normalised", () => {
  const wrong = (read: typeof batchNormalization, axis: unknown) =>
    assert.throws(() => read(reading({ axis }, [[4, 2]], statistics).of), /only the last axis/);
  wrong(batchNormalization, 1);
  wrong(layerNormalization, [1, 2]);
  assert.throws(() => batchNormalization(reading({}, [[2]], {}).of), /no weight `gamma` for it/);
});

Deno.test("arithmetic on the model's input is its preprocessing", () => {
  const { of, added, prepared } = reading({ scale: [0.5, 2] }, [[4, 2]], {});
  assert.equal(rescaling(of), "x0");
  assert.deepEqual([added, prepared], [[], [{ scale: [0.5, 2], offset: [0] }]]);
  const behind = { ...of, first: false };
  assert.throws(() => rescaling(behind), /only directly behind the input/);
  const named = reading({ epsilon: 0 }, [[2]], {
    ...statistics,
    gamma: weight([2], 7, 8),
    beta: weight([2], 1, 2),
  });
  assert.equal(batchNormalization({ ...named.of, name: "preprocess" }), "x0");
  assert.deepEqual(named.prepared, [{ scale: [7, 8], offset: [1, 2] }]);
});

const given = { gamma: weight([2], 7, 8), beta: weight([2], 1, 2), ...statistics };
const affine = { gamma: given.gamma, beta: given.beta };

Deno.test("where a config says nothing a normalisation has its gamma and beta, and Keras's constants", () => {
  const batch = reading({}, [[4, 2]], given);
  assert.equal(batchNormalization(batch.of), "a");
  const kept = { name: "a", inputs: ["x0"] };
  assert.deepEqual(batch.added, [[
    { ...kept, kind: "batchnorm", epsilon: 0.001, momentum: 0.99, activation: "linear" },
    {
      ...affine,
      mean: statistics["moving_mean"],
      variance: statistics["moving_variance"],
    },
  ]]);
  const layer = reading({}, [[4, 2]], given);
  assert.equal(layerNormalization(layer.of), "a");
  assert.deepEqual(layer.added, [[{ ...kept, kind: "layer-norm", epsilon: 0.001 }, affine]]);
});

Deno.test("what a config says of a normalisation is taken, gamma and beta each by itself", () => {
  const batch = reading({ axis: [2], epsilon: 0.5, momentum: 0.25, scale: false }, [[4, 2]], given);
  batchNormalization(batch.of);
  const [layer, weights] = batch.added[0]! as [Record<string, unknown>, Record<string, unknown>];
  assert.deepEqual([layer!.epsilon, layer!.momentum], [0.5, 0.25]);
  assert.deepEqual([weights!.gamma, weights!.beta], [weight([2], 1, 1), given.beta]);
  for (const axis of [-1, 2, [2], [-1]]) {
    const without = reading({ axis, epsilon: 0.5, scale: false, center: false }, [[4, 2]], {});
    layerNormalization(without.of);
    assert.deepEqual(without.added, [[
      { name: "a", kind: "layer-norm", inputs: ["x0"], epsilon: 0.5 },
      { gamma: weight([2], 1, 1), beta: weight([2], 0, 0) },
    ]]);
  }
});

Deno.test("a normalisation over another axis, or over several, is refused", () => {
  const message = 'Cannot read layer "a" (Layer): only the last axis can be normalized';
  for (const axis of [1, 0, -2, 3, [1], [2, -1], [-1, 1]]) {
    assert.throws(() => layerNormalization(reading({ axis }, [[4, 2]], given).of), { message });
  }
  for (const axis of [1, 0, -2, 3, [1]]) {
    assert.throws(() => batchNormalization(reading({ axis }, [[4, 2]], given).of), { message });
  }
  assert.throws(() => rescaling({ ...reading({}, [[2]], {}).of, first: false }), {
    message: 'Cannot read layer "a" (Layer): it can be read only directly behind the input',
  });
});

Deno.test("only a normalisation of that name, first and without an epsilon, prepares the input", () => {
  const kinds = (name: string, first: boolean, epsilon: number) => {
    const { of, added, prepared } = reading({ epsilon }, [[2]], given);
    const value = batchNormalization({ ...of, name, first });
    return [value, added.length, prepared.length];
  };
  assert.deepEqual(kinds("preprocess", true, 0), ["x0", 0, 1]);
  assert.deepEqual(kinds("preprocess", true, 0.001), ["preprocess", 1, 0]);
  assert.deepEqual(kinds("preprocess", false, 0), ["preprocess", 1, 0]);
  assert.deepEqual(kinds("other", true, 0), ["other", 1, 0]);
});
