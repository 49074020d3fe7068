import assert from "node:assert/strict";
import {
  batchNormalization,
  groupNormalization,
  layerNormalization,
  normalization,
  rescaling,
  rmsNormalization,
  unitNormalization,
} from "../../../../../ops/formats/keras/classes/norms.ts";
import { lines, reading, weight } from "./one_reading.ts";
import { assertAnswers, singles } from "../support/saved.ts";

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

Deno.test("another axis is turned to the end for a batch normalisation", () => {
  const { of, added } = reading({ axis: 1, scale: false, center: false }, [[2, 4]], statistics);
  assert.equal(batchNormalization(of), "a");
  assert.deepEqual(lines(added), [
    "a.turned permute < x0",
    "a.norm batchnorm < a.turned",
    "a permute < a.norm",
  ]);
  assert.throws(() => batchNormalization(reading({}, [[2]], {}).of), /no weight `gamma` for it/);
  for (const axis of [0, 3, -3, 1.5]) {
    assert.throws(
      () => batchNormalization(reading({ axis }, [[4, 2]], statistics).of),
      /its axis is/,
    );
  }
});

Deno.test("arithmetic on the model's input is its preprocessing", () => {
  const { of, added, prepared } = reading({ scale: [0.5, 2] }, [[4, 2]], {});
  assert.equal(rescaling(of), "x0");
  assert.deepEqual([added, prepared], [[], [{ scale: [0.5, 2], offset: [0] }]]);
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
  const unit = reading({}, [[4, 2]], {});
  assert.equal(unitNormalization(unit.of), "a");
  assert.deepEqual(lines(unit.added), ["a standardize < x0"]);
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

Deno.test("layers are normalised along their last axes, each value with a gamma of its own", () => {
  const whole = { gamma: weight([2, 2], 1, 2, 3, 4), beta: weight([2, 2], 5, 6, 7, 8) };
  const { of, added } = reading({ axis: [1, 2] }, [[2, 2]], whole);
  assert.equal(layerNormalization(of), "a.axes");
  assert.deepEqual(lines(added), [
    "a.row reshape < x0",
    "a layer-norm < a.row",
    "a.axes reshape < a",
  ]);
  assert.deepEqual(added[1]![1], {
    gamma: weight([4], 1, 2, 3, 4),
    beta: weight([4], 5, 6, 7, 8),
  });
  assert.throws(
    () => layerNormalization(reading({ axis: 1 }, [[4, 2]], given).of),
    /only the last axes can be normalized/,
  );
});

Deno.test("inside a model a scale is a layer: one number a function, more a convolution of one pixel", () => {
  const one = reading({ scale: 2, offset: 1 }, [[4, 2]], {}, { first: false });
  rescaling(one.of);
  assert.deepEqual(lines(one.added), ["a function < x0"]);
  const each = reading({ scale: [2, 3] }, [[4, 2]], {}, { first: false });
  assert.equal(rescaling(each.of), "a.shaped");
  assert.deepEqual(each.added[1]![1], {
    kernel: weight([1, 1, 2, 1], 2, 3),
    bias: weight([2], 0, 0),
  });
});

Deno.test("what was learned of the input before is its preprocessing", () => {
  const { of, prepared } = reading({ mean: [1, 2], variance: [4, 0.25] }, [[3, 2]]);
  assert.equal(normalization(of), "x0");
  assert.deepEqual(prepared, [{ scale: [0.5, 2], offset: [-0.5, -4] }]);
  assert.throws(() => normalization(reading({}, [[2]]).of), /no mean and variance for it/);
  const three = { mean: [1, 2, 3], variance: [1, 2, 3] };
  assert.throws(() => normalization(reading(three, [[2]]).of), /only the last axis/);
});

Deno.test("groups that do not divide channels, and other axes, are refused", () => {
  assert.throws(
    () => groupNormalization(reading({ groups: 3 }, [[2, 4]]).of),
    /its 3 groups do not/,
  );
  assert.throws(() => groupNormalization(reading({ axis: 1 }, [[2, 4]]).of), /only the last axis/);
  assert.throws(() => rmsNormalization(reading({ axis: 1 }, [[2, 4]]).of), /only the last axis/);
  assert.throws(() => unitNormalization(reading({ axis: 1 }, [[2, 4]]).of), /only the last axes/);
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

for (const name of singles(/^(BatchN|LayerN|GroupN|RMSN|UnitN|Normalization|Rescaling)/)) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}
