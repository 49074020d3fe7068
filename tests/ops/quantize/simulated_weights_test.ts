/** Weights as they will be read once they are integers: against the integers that they become. */
import assert from "node:assert/strict";
import { type Scalar, withTensors } from "../../../engine/tensor/mod.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { quantizedWeight, type WeightFormat } from "../../../ops/model/integers/weight_format.ts";
import type { ActivationFormat, LayerOf } from "../../../ops/model/model.ts";
import { decodeWeight, floatWeight } from "../../../ops/model/weights.ts";
import { type SimulatedLayer, simulatedWeights } from "../../../ops/quantize/simulated_weights.ts";
import { fc } from "../../deps.ts";
import { assertClose } from "../../close.ts";

refuseLeaks(true);

const layer: LayerOf<"dense"> = {
  name: "a",
  kind: "dense",
  inputs: ["input"],
  units: 3,
  bias: true,
  activation: "linear",
};
const int4: WeightFormat = { bits: 4, axis: 1, symmetry: "symmetric", rules: "onnx" };
const plain: SimulatedLayer = { layer, norm: undefined, format: int4, scales: undefined };

type Values = Readonly<Record<string, readonly number[] | Float32Array>>;

/** What replaces a 4 × 3 kernel and what belongs to it. */
function simulated(how: SimulatedLayer, values: Values, input?: ActivationFormat) {
  return withTensors((room) => {
    const weights = Object.fromEntries(
      Object.entries(values).map(([name, each]) => {
        const shape = name.endsWith("/kernel") ? [4, each.length / 4] : [each.length];
        return [name, room.tensor(Float32Array.from(each), shape)];
      }),
    );
    const found = room.tf.tidy(() => {
      const result = simulatedWeights(room, how, weights, input);
      return Object.fromEntries(
        Object.entries(result).map(([name, tensor]) => [name, room.values(tensor).slice()]),
      );
    });
    for (const tensor of Object.values(weights)) tensor.dispose();
    return found;
  });
}

const kernel = stream(3, "kernel").normals(0, 12);
const bias = [0.3, -0.2, 0.7];

Deno.test("a kernel is what its integers decode to, by channel or as a whole, symmetric or not", async () => {
  const formats = fc.record({
    bits: fc.integer({ min: 2, max: 8 }),
    axis: fc.constantFrom(1, null),
    symmetry: fc.constantFrom("symmetric" as const, "asymmetric" as const),
    seed: fc.nat(1000),
  });
  await fc.assert(
    fc.asyncProperty(formats, async ({ seed, ...rest }) => {
      const format = { ...rest, rules: "onnx" } as const;
      const values = stream(seed, "w").normals(0, 12);
      const found = await simulated({ ...plain, format }, { "a/kernel": values });
      const stored = decodeWeight(quantizedWeight(floatWeight([4, 3], values), format));
      assertClose(found["a/kernel"]!, stored, 1e-5);
      assert.deepEqual(Object.keys(found), ["a/kernel"]);
    }),
    { numRuns: 25, seed: 5 },
  );
});

const grid: ActivationFormat = { bits: 8, scale: 0.25, zero: 3, minimum: -128, maximum: 127 };

Deno.test("a bias is rounded to the worth of the sums it is added to, where inputs are integers", async () => {
  const values = { "a/kernel": kernel, "a/bias": bias };
  const found = await simulated(plain, values, grid);
  const { encoding } = quantizedWeight(floatWeight([4, 3], kernel), int4);
  assert.ok(encoding.use === "affine");
  const units = [...encoding.scale].map((scale) => 0.25 * scale);
  assertClose(found["a/bias"]!, bias.map((b, c) => Math.round(b / units[c]!) * units[c]!));
  assert.ok(found["a/bias"]!.some((b, c) => Math.abs(b - bias[c]!) > 1e-4), "it was off the grid");
  assert.deepEqual(Object.keys(await simulated(plain, values)), ["a/kernel"]);
});

Deno.test("a scale is no finer than what lets the bias fit", async () => {
  const coarse = { ...grid, scale: 2 ** -30 };
  const found = await simulated(plain, { "a/kernel": [...kernel], "a/bias": [8, 0, 0] }, coarse);
  // Scale 8 in the first channel: normal draws are 0 beside it.
  assert.deepEqual([0, 3, 6, 9].map((at) => Math.abs(found["a/kernel"]![at]!)), [0, 0, 0, 0]);
  assertClose([found["a/bias"]![0]!], [8], 1e-5);
});

const norm: LayerOf<"batchnorm"> = {
  name: "n",
  kind: "batchnorm",
  inputs: ["a"],
  epsilon: 0,
  momentum: 0.9,
  activation: "linear",
};
const statistics = {
  "n/gamma": [2, 0, -3],
  "n/beta": [0.1, 0.2, 0.3],
  "n/mean": [0, 1, 2],
  "n/variance": [4, 1, 9],
};

Deno.test("behind a batchnorm the grid is that of the folded kernel, and its factor is divided out again", async () => {
  const values = { "a/kernel": kernel, "a/bias": bias, ...statistics };
  const found = await simulated({ ...plain, norm }, values, grid);
  // γ/σ is 1, 0 and −1; a channel that nothing passes is rounded as it is.
  const factor = [1, 1, -1];
  const folded = kernel.map((w, i) => w * factor[i % 3]!);
  const stored = decodeWeight(quantizedWeight(floatWeight([4, 3], folded), int4));
  assertClose(found["a/kernel"]!, stored.map((w, i) => w / factor[i % 3]!), 1e-5);
  assert.deepEqual(Object.keys(found), ["a/kernel"], "the bias is folded when training is over");
});

Deno.test("with one scale for all a batchnorm's factors decide what is small", async () => {
  const whole = { ...plain, norm, format: { ...int4, axis: null } };
  const large = { ...statistics, "n/gamma": [200, 1, -3] };
  const found = await simulated(whole, { "a/kernel": kernel, ...large });
  const factor = [100, 1, -1];
  const folded = kernel.map((w, i) => w * factor[i % 3]!);
  const stored = decodeWeight(quantizedWeight(floatWeight([4, 3], folded), whole.format));
  assertClose(found["a/kernel"]!, stored.map((w, i) => w / factor[i % 3]!), 1e-4);
  assert.ok([1, 4, 7, 10].every((at) => found["a/kernel"]![at] === 0));
});

Deno.test("learned scales are the grid", async () => {
  const learned = { ...plain, scales: "a/scale" };
  const scales = [0.5, 0.25, 1];
  const values = Float32Array.of(0.6, 0.6, 0.6, -9, 9, 0.4, 0, 1.1, 2.3, 1, 1, -20);
  const found = await simulated(learned, { "a/kernel": values, "a/scale": scales });
  assertClose(found["a/kernel"]!, [0.5, 0.5, 1, -3.5, 1.75, 0, 0, 1, 2, 1, 1, -7]);
});

Deno.test("the gradient passes inside the clip range and stops beyond it", async () => {
  const gradient = await withTensors((room) => {
    const w = room.tensor(Float32Array.of(0.6, 9, -9, 0), [4, 1]);
    const s = room.tensor(Float32Array.of(0.5), [1]);
    const how = { ...plain, scales: "a/scale" };
    const { value, gradients } = room.valueAndGradients(() => {
      const weights = { "a/kernel": w, "a/scale": s };
      return room.tf.sum(simulatedWeights(room, how, weights, undefined)["a/kernel"]!) as Scalar;
    }, [w]);
    const found = [...room.values(gradients[0]!)];
    for (const each of [w, s, value, ...gradients]) each!.dispose();
    return found;
  });
  assert.deepEqual(gradient, [1, 0, 0, 1]);
});

Deno.test("a factor is γ/√(σ²+ε), and the bias that has to fit is the folded one", async () => {
  const values = {
    "a/kernel": kernel,
    "n/gamma": [3, 1, -2],
    "n/beta": [1, 0.25, 0],
    "n/mean": [1, 0.5, 3],
    "n/variance": [3.5, 0.5, 8.5],
  };
  const factor = [1.5, 1, -2 / 3];
  const folded = kernel.map((w, i) => w * factor[i % 3]!);
  const how = { ...plain, norm: { ...norm, epsilon: 0.5 }, format: { ...int4, axis: null } };
  const whole = await simulated(how, values);
  const stored = decodeWeight(quantizedWeight(floatWeight([4, 3], folded), how.format));
  assertClose(whole["a/kernel"]!, stored.map((w, i) => w / factor[i % 3]!), 1e-5);
  // An input scale of 2⁻³⁰ makes each scale at least the folded bias: β + (b − μ) · factor.
  const coarse = { ...grid, scale: 2 ** -30 };
  for (const [own, floor] of [[[3, 0, 0], [4, 0.25, 2]], [undefined, [0.5, 0.25, 2]]] as const) {
    const byChannel = { ...how, format: int4 };
    const found = await simulated(byChannel, { ...values, ...own && { "a/bias": own } }, coarse);
    const rounded = quantizedWeight(floatWeight([4, 3], folded), int4, Float64Array.from(floor));
    assertClose(found["a/kernel"]!, decodeWeight(rounded).map((w, i) => w / factor[i % 3]!), 1e-5);
  }
});

Deno.test("learned scales are no finer either than what lets the bias fit", async () => {
  const learned = { ...plain, scales: "a/scale" };
  const values = { "a/kernel": [...kernel], "a/bias": [8, 0, 0], "a/scale": [0.5, 0.5, 0.5] };
  const found = await simulated(learned, values, { ...grid, scale: 2 ** -30 });
  assert.deepEqual([0, 3, 6, 9].map((at) => Math.abs(found["a/kernel"]![at]!)), [0, 0, 0, 0]);
  assert.ok([1, 4, 7, 10].some((at) => found["a/kernel"]![at] !== 0));
});

Deno.test("a bias is rounded around 0", async () => {
  const whole = { ...plain, format: { ...int4, bits: 8, axis: null } };
  // The kernel's scale is 1, so the bias is in quarters.
  const values = { "a/kernel": Array(12).fill(127), "a/bias": [0.3, -0.2, 0] };
  const found = await simulated(whole, values, grid);
  assertClose(found["a/bias"]!, [0.25, -0.25, 0]);
});

Deno.test("a bias beyond 2²⁴ steps keeps its last bit", async () => {
  const whole = { ...plain, format: { ...int4, bits: 8, axis: null } };
  // In quarters 16777218: one more, or one less, is no float32.
  const values = { "a/kernel": Array(12).fill(127), "a/bias": [4194304.5, 0, 0] };
  assert.equal((await simulated(whole, values, grid))["a/bias"]![0], 4194304.5);
});
