/** Models of several inputs: the first reads the sample, others what it is. */
import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { encodeOnnx } from "../../../../ops/formats/onnx/encode.ts";
import { onnxLogits } from "../../../../ops/formats/onnx/run_onnx.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { inferenceModel } from "../../../../ops/formats/inference_model.ts";
import { conditionRows } from "../../../../ops/model/feed.ts";
import { forward } from "../../../../ops/model/forward.ts";
import { inferLogits, weightTensors } from "../../../../ops/model/infer.ts";
import { modelFacts } from "../../../../ops/model/layers.ts";
import type { Architecture, Layer } from "../../../../ops/model/model.ts";
import { assertSound } from "../../../../ops/model/sound.ts";
import { countParameters } from "../../../../ops/model/weights.ts";
import { assertNear } from "../../formats/onnx/support/both_logits.ts";
import { livelyModel } from "../../lively_model.ts";
import { plainLogits } from "../../plain_forward.ts";
import { assertClose } from "../../../close.ts";
import { filesIn, modelOf, testWith } from "../support/test_data.ts";

refuseLeaks(true);

const sigmoid = (values: Float32Array) => values.map((value) => 1 / (1 + Math.exp(-value)));

testWith(
  "doodlenet-and-cvae/cvae-quickdraw",
  "a decoder of two inputs has its parameters and draws what stock tfjs does, from its file and from ours",
  async (path) => {
    const files = filesIn(path);
    const model = modelOf(files);
    assert.equal(countParameters(model), 62_721);
    assert.equal(modelFacts(model, model).parameters, 62_721);
    assert.deepEqual([model.head, model.inputs.map(({ shape }) => shape)], ["sigmoid", [[16], [
      51,
    ]]]);
    const x = stream(0, "latent").normals(0, 4 * 16);
    const y = Int32Array.of(1, 7, 50, 0);
    const conditions = [{ x: conditionRows(model.inputs[1]!, y, [0, 1, 2, 3]), shape: [51] }];
    const samples = { x, shape: [16], conditions };
    const written = encodeTfjs(model, { storage: "float32", shard: 1 << 22 });
    const { ours, stock, again } = await withTensors(async (room) => ({
      ours: await inferLogits(room, model, { count: 4, x, y }),
      stock: await stockLogits(room, files, { ...samples, headed: false }),
      again: await stockLogits(room, written, { ...samples, headed: true }),
    }));
    assert.equal(ours.length, 4 * 28 * 28);
    assertClose(sigmoid(ours), stock, 1e-5);
    assertNear(again, ours, 1e-5);
    const onnx = encodeOnnx(model, { form: "qdq", opset: 17 });
    assertNear(await onnxLogits(onnx, model, x, { conditions }), ours, 1e-5);
  },
);

/** Mean, log-variance, a draw, a layer behind it; and a condition. */
const sampling: Architecture = {
  family: "loaded",
  inputs: [{ name: "x", shape: [3] }, { name: "label", shape: [2] }],
  layers: [
    dense("mean", ["x"], 2),
    dense("variance", ["x"], 2),
    { name: "z", kind: "sample", inputs: ["mean", "variance"] },
    { name: "joined", kind: "concat", inputs: ["z", "label"] },
    dense("out", ["joined"], 4),
  ],
  outputs: ["out"],
  head: "none",
};

function dense(name: string, inputs: readonly string[], units: number): Layer {
  return { name, kind: "dense", inputs, units, bias: true, activation: "linear" };
}

Deno.test("a sampling layer gives μ + e^(log σ² / 2) ε while training, μ in inference and where it is frozen", async () => {
  const model = livelyModel(sampling);
  await withTensors((room) => {
    const { weights, dispose } = weightTensors(room, model);
    room.tf.tidy(() => {
      const x = [
        room.tensor(Float32Array.of(1, -2, 0.5), [1, 3]),
        room.tensor(Float32Array.of(0, 1), [1, 2]),
      ];
      const noise = (layer: string, shape: readonly number[]) => {
        assert.deepEqual([layer, shape], ["z", [1, 2]]);
        return room.tensor(Float32Array.of(2, -1), [1, 2]);
      };
      const run = (training: boolean, frozen: readonly string[] = []) => {
        const taps = ["mean", "variance", "z"];
        const options = { training, noise, taps, frozen: new Set(frozen) };
        const read = (tensor: Tensor) => [...room.values(tensor)];
        const seen = forward(room, { ...sampling, weights }, x, options).taps;
        return [read(seen.mean!), read(seen.variance!), read(seen.z!)] as const;
      };
      const [mean, variance, z] = run(true);
      const by = (k: 0 | 1, epsilon: number) => mean[k]! + Math.exp(variance[k]! / 2) * epsilon;
      assertClose(z, [by(0, 2), by(1, -1)], 1e-5);
      for (const [mean, , z] of [run(false), run(true, ["z"])]) assert.deepEqual(z, mean);
    });
    dispose();
  });
});

Deno.test("exports hold the mean alone, and compute what inference does", async () => {
  const model = livelyModel(sampling);
  const lean = inferenceModel(model);
  assertSound(lean);
  assert.deepEqual(lean.layers.map(({ name }) => name), ["mean", "joined", "out"]);
  assert.equal(inferenceModel(lean), lean);
  const values = [Float32Array.of(0.5, 1, -1), Float32Array.of(1, 0)] as const;
  const plain = model.inputs.map(({ shape }, i) => ({
    shape,
    data: Float64Array.from(values[i]!),
  }));
  const expected = plainLogits(model, plain);
  const conditions = [{ x: values[1], shape: [2] }];
  const files = encodeTfjs(model, { storage: "float32", shard: 1 << 22 });
  const samples = { x: values[0], shape: [3], conditions, headed: false };
  assertNear(await withTensors((room) => stockLogits(room, files, samples)), expected, 1e-5);
  const onnx = encodeOnnx(model, { form: "qdq", opset: 17 });
  assertNear(await onnxLogits(onnx, model, values[0], { conditions }), expected, 1e-5);
});

Deno.test("labels that a condition cannot say are refused", async () => {
  const model = livelyModel(sampling);
  const run = (y: Int32Array | null) =>
    withTensors((room) => inferLogits(room, model, { count: 1, x: new Float32Array(3), y }));
  await assert.rejects(() => run(null), /input "label" reads classes, and the samples have none/);
  await assert.rejects(
    () => run(Int32Array.of(2)),
    /"label" knows 2 classes, a sample is of class 2/,
  );
});
