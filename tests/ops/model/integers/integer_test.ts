import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import type { Architecture, Model } from "../../../../ops/model/model.ts";
import { assertSound } from "../../../../ops/model/sound.ts";
import type { IntegerParams } from "../../../../ops/quantize/fields.ts";
import { integerRunner } from "../../../../ops/model/integers/integer.ts";
import { quantized } from "../../../../ops/quantize/quantized.ts";
import { fc } from "../../../deps.ts";
import { livelyModel, noise } from "../../lively_model.ts";
import { noiseData } from "../../noise_data.ts";
import { plainLogits } from "../../plain_forward.ts";
import { networks } from "../../prune/random_networks.ts";
import { recordingContext } from "../../run_context.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { plainIntegerLogits } from "../../quantize/plain_integer.ts";

refuseLeaks(true);

const int8: IntegerParams = {
  scheme: "int8",
  granularity: "channel",
  symmetry: "symmetric",
  activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
  calibrate: { use: "mse", samples: 100 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
};

const quantize = (model: Model, changed: Partial<IntegerParams> = {}): Promise<Model> =>
  quantized(model, noiseData(model, 100), { ...int8, ...changed }, recordingContext().context);

async function integerLogits(model: Model, count: number): Promise<number[][]> {
  const width = plainLogits(model, noise(model)).length;
  const samples = Array.from({ length: count }, (_, i) => noise(model, 5, i)[0]!);
  const flat = Float32Array.from(samples.flatMap(({ data }) => [...data]));
  const values = await withTensors((room) => {
    const x = room.tensor(flat, [count, ...model.inputs[0]!.shape]);
    const runner = integerRunner(room, model);
    const logits = runner.run([x]);
    const result = room.values(logits);
    x.dispose();
    logits.dispose();
    runner.dispose();
    return result;
  });
  return samples.map((_, i) => [...values.slice(i * width, (i + 1) * width)]);
}

/** Equal but for float32 noise, which is far below one step of any value between layers. */
function assertEqualLogits(is: readonly number[], expected: readonly number[]): void {
  const size = Math.max(...expected.map(Math.abs));
  is.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) <= 1e-5 * size, `${is} ${expected}`)
  );
}

async function assertAsPlain(model: Model, changed: Partial<IntegerParams> = {}): Promise<Model> {
  const integers = await quantize(model, changed);
  assertSound(integers);
  for (const [i, logits] of (await integerLogits(integers, 4)).entries()) {
    assertEqualLogits(logits, plainIntegerLogits(integers, noise(model, 5, i)[0]!));
  }
  return integers;
}

for (const [name, network] of Object.entries(zooNetworks)) {
  Deno.test(`${name}: integers are those that big integers and plain loops give`, async () => {
    const model = livelyModel(network);
    const integers = await assertAsPlain(model);
    // And they are near the float model.
    for (const [i, logits] of (await integerLogits(integers, 4)).entries()) {
      const exact = plainLogits(model, noise(model, 5, i));
      const size = Math.max(...exact.map(Math.abs));
      logits.forEach((value, c) => assert.ok(Math.abs(value - exact[c]!) < 0.1 * size));
    }
  });
}

Deno.test("in every number format the integers are those that plain loops give", async () => {
  const model = livelyModel(zooNetworks["mobilenet-v1"]!);
  const symmetric = { use: "int6", granularity: "tensor", symmetry: "symmetric" } as const;
  await assertAsPlain(model, { scheme: "int4", granularity: "tensor" });
  await assertAsPlain(model, { symmetry: "asymmetric", calibrate: { use: "minmax", samples: 64 } });
  await assertAsPlain(model, { activations: symmetric });
  await assertAsPlain(model, { fold: "none" });
  await assertAsPlain(model, { exclude: ["stem", "block2"] });
  await assertAsPlain(model, { "per_layer": [{ layers: ["block1"], scheme: "float32" }] });
});

Deno.test("in networks of any wiring the integers are those that plain loops give", async () => {
  await fc.assert(
    fc.asyncProperty(networks, async (network: Architecture) => {
      await assertAsPlain(livelyModel(network), { calibrate: { use: "minmax", samples: 64 } });
    }),
    { numRuns: 25, seed: 11 },
  );
});

Deno.test("rows of a batch do not depend on each other", async () => {
  const integers = await quantize(livelyModel(zooNetworks["resnet"]!));
  const [three, one] = [await integerLogits(integers, 3), await integerLogits(integers, 1)];
  assert.deepEqual(three[0], one[0]);
});
