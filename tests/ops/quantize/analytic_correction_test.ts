import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { ParameterError } from "../../../engine/op.ts";
import { forward } from "../../../ops/model/forward.ts";
import { weightTensors } from "../../../ops/model/infer.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { type Model, structureOf } from "../../../ops/model/model.ts";
import { decodeWeight, floatWeight } from "../../../ops/model/weights.ts";
import { correctionOf } from "../../../ops/quantize/bias_correction.ts";
import { expectedValues } from "../../../ops/quantize/analytic_correction.ts";
import type { IntegerParams } from "../../../ops/quantize/fields.ts";
import { quantize } from "../../../ops/quantize/quantize.ts";
import { livelyModel } from "../lively_model.ts";
import { runContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";

refuseLeaks(true);

const weightsAlone = {
  scheme: "int4",
  granularity: "tensor",
  symmetry: "symmetric",
  activations: { use: "none" },
  calibrate: { use: "minmax", samples: 64 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "analytic",
  rules: "onnx",
} as const satisfies IntegerParams;

Deno.test("the correction takes back (Ŵ − W) E[x]", () => {
  const layer = {
    name: "d",
    kind: "dense",
    inputs: ["x"],
    units: 1,
    bias: true,
    activation: "linear",
  } as const;
  const lost = Float32Array.of(0.3 - 0.25, -0.52 + 0.5);
  const [correction] = correctionOf(layer, [2, 1], lost, Float64Array.of(2, 1));
  assert.ok(Math.abs(correction! - 0.08) < 1e-7);
});

/** Nearly normal values: sums of twelve uniform ones, less six. */
function normal(count: number): Float32Array {
  const draws = stream(3, "normal");
  return Float32Array.from(
    { length: count },
    (_, i) => [...draws.uniforms(i, 12)].reduce((sum, u) => sum + u, -6),
  );
}

/** Input → batchnorm with `activation` → dense, on inputs whose channels are standard normal. */
function normed(activation: "relu" | "relu6" | "linear"): Model {
  const channels = 4;
  const vector = (...values: number[]) => floatWeight([channels], Float32Array.from(values));
  return {
    family: "loaded",
    inputs: [{ name: "input", shape: [channels] }],
    layers: [
      {
        name: "norm",
        kind: "batchnorm",
        inputs: ["input"],
        epsilon: 0.001,
        momentum: 0.9,
        activation,
      },
      {
        name: "dense",
        kind: "dense",
        inputs: ["norm"],
        units: 3,
        bias: false,
        activation: "linear",
      },
    ],
    outputs: ["dense"],
    head: "none",
    weights: {
      "norm/gamma": vector(1, 2, -0.5, 3),
      "norm/beta": vector(0.5, -1, 0.25, 4),
      "norm/mean": vector(0, 0, 0, 0),
      "norm/variance": vector(0.999, 0.999, 0.999, 0.999),
      "dense/kernel": floatWeight(
        [channels, 3],
        stream(4, "kernel").uniforms(0, 12).map((u) => u - 0.5),
      ),
    },
    preprocess: null,
    classes: [],
    established: {},
    learned: true,
    quantization: null,
  };
}

/** Means over rows of what a model's layer gives on standard normal inputs. */
function meansOf(model: Model, rows: number): Promise<number[]> {
  return withTensors((room) => {
    const { weights, dispose } = weightTensors(room, model);
    const x = room.tensor(normal(rows * 4), [rows, 4]);
    const means = room.tf.tidy(() => {
      const { outputs } = forward(room, { ...model, weights }, [x], { training: false });
      return [...room.values(room.tf.mean(outputs[0]!, 0))];
    });
    x.dispose();
    dispose();
    return means;
  });
}

for (const activation of ["linear", "relu", "relu6"] as const) {
  Deno.test(`after the correction normal inputs give what they gave on average: ${activation}`, async () => {
    const model = normed(activation);
    const run = async (correction: "none" | "analytic") =>
      await quantize.run(
        { model, data: undefined as never },
        { ...weightsAlone, "bias_correction": correction },
        runContext(),
      );
    const exact = await meansOf(model, 20_000);
    const error = async (of: Model) =>
      (await meansOf(of, 20_000)).reduce((sum, mean, c) => sum + Math.abs(mean - exact[c]!), 0);
    const [before, after] = [await error(await run("none")), await error(await run("analytic"))];
    assert.ok(before > 0.02, `before ${before}`);
    // What is left is the sampling error of 20 000 rows, and that sums of twelve are nearly normal.
    assert.ok(after < before / 10, `after ${after}, before ${before}`);
  });
}

Deno.test("what no batchnorm foretells stays as it is, and is named", async () => {
  const model = livelyModel(zooNetworks["mobilenet-v1"]!);
  const expected = expectedValues(model);
  assert.equal(expected.has("input"), false);
  const context = runContext();
  const result = await quantize.run(
    { model, data: undefined as never },
    weightsAlone,
    context,
  );
  const stem = model.layers.find(({ inputs }) => inputs[0] === "input")!.name;
  const sentence = (names: string) =>
    `The biases of ${names} are not corrected: what they read comes from no batch normalisation; ` +
    "bias_correction: measured looks at samples";
  assert.deepEqual(context.reported.warnings, [sentence(stem)]);
  const warned = async (of: Model, changed: object) => {
    const { reported, ...rest } = runContext();
    await quantize.run(
      { model: of, data: undefined as never },
      { ...weightsAlone, ...changed },
      rest,
    );
    return reported.warnings;
  };
  assert.deepEqual(await warned(model, { exclude: [stem] }), []);
  const bare = livelyModel(zooNetworks["mlp"]!);
  assert.deepEqual(await warned(bare, {}), [sentence("dense1, dense2, head.dense")]);
  const plain = await quantize.run(
    { model, data: undefined as never },
    { ...weightsAlone, "bias_correction": "none" },
    runContext(),
  );
  const bias = (of: Model, layer: string) => decodeWeight(of.weights[`${layer}/bias`]!);
  assert.deepEqual(bias(result, stem), bias(plain, stem));
  assert.notDeepEqual(bias(result, "block1.depthwise"), bias(plain, "block1.depthwise"));
  // Before it has run, its structure is known: every rounded layer has a bias.
  const facts = quantize.facts({ model: modelFacts(structureOf(model), model) }, weightsAlone);
  assert.deepEqual(
    (facts as { parameters?: number }).parameters,
    modelFacts(structureOf(result), result).parameters,
  );
});

Deno.test("it reads no data, and does not follow equalization", () => {
  assert.deepEqual(quantize.inputs.data.parts!(weightsAlone), []);
  const model = livelyModel(zooNetworks["mobilenet-v1"]!);
  assert.throws(
    () =>
      quantize.facts({ model: modelFacts(structureOf(model), model) }, {
        ...weightsAlone,
        equalize: "cross-layer",
      }),
    (error) => error instanceof ParameterError && error.path === "bias_correction",
  );
});
