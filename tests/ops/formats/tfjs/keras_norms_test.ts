import assert from "node:assert/strict";
import type { Reading } from "../../../../ops/formats/tfjs/assembly.ts";
import { configOf } from "../../../../ops/formats/tfjs/config.ts";
import {
  batchNormalization,
  layerNormalization,
  rescaling,
} from "../../../../ops/formats/tfjs/keras_norms.ts";
import type { FileWeight } from "../../../../ops/formats/tfjs/weights_manifest.ts";

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
