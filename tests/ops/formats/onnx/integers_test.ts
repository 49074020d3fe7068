import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Architecture, Model } from "../../../../ops/model/model.ts";
import { fc } from "../../../deps.ts";
import { networks } from "../../prune/random_networks.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { assertNear, bothLogits, flat, samples } from "./support/both_logits.ts";
import { type Formats, quantizedNetwork, withExactScales } from "./support/quantized_network.ts";

const COUNT = 16;

function engineLogits(model: Model, x: Float32Array): Promise<Float32Array> {
  return withTensors((room) => inferLogits(room, model, { count: COUNT, x, y: null }));
}

/** Far below one step of any value between layers: the integers are the same in every sample. */
const SAME = 1e-5;

async function assertSameIntegers(model: Model, opset = 17): Promise<void> {
  const x = flat(samples(model, COUNT));
  const engine = await engineLogits(model, x);
  const { disabled, all } = await bothLogits(model, x, { opset });
  assertNear(disabled, engine, SAME);
  assertNear(all, engine, SAME);
}

for (const [name, network] of Object.entries(zooNetworks)) {
  Deno.test(`${name}: the runtime computes the engine's integers, optimized or not`, async () => {
    await assertSameIntegers(quantizedNetwork(network));
  });
}

Deno.test("the runtime computes the engine's integers in every number format, by ONNX's rules or TensorFlow's", async () => {
  const formats: readonly Formats[] = [
    { granularity: "tensor" },
    { symmetry: "asymmetric" },
    { symmetry: "asymmetric", granularity: "tensor" },
    { weightBits: 4 },
    { weightBits: 2, granularity: "tensor" },
    { activations: "symmetric" },
    { bits: 6, activations: "symmetric" },
    { bits: 4 },
    { rules: "tensorflow" },
    { fold: false },
    { exclude: ["stem", "block2.pointwise", "head.dense"] },
    { exclude: ["block1.depthwise", "block3.pointwise", "head.pool"] },
  ];
  for (const each of formats) {
    await assertSameIntegers(quantizedNetwork(zooNetworks["mobilenet-v1"]!, each));
  }
  for (const opset of [13, 22]) {
    await assertSameIntegers(quantizedNetwork(zooNetworks["resnet"]!, { bits: 6 }), opset);
  }
});

Deno.test("a layer that stays in floats between integers does so in the runtime", async () => {
  const excluded: readonly (readonly [network: string, layer: string])[] = [
    ["text-cnn", "conv1"],
    ["mlp", "dense2"],
    ["resnet", "stage1.block1.conv1"],
    ["vae-decoder", "decoder.conv1"],
  ];
  for (const [name, layer] of excluded) {
    const network = zooNetworks[name]!;
    assert.ok(network.layers.some((each) => each.name === layer), `${name} has no ${layer}`);
    await assertSameIntegers(quantizedNetwork(network, { exclude: [layer] }));
  }
});

Deno.test("the same holds for networks of any wiring", async () => {
  await fc.assert(
    fc.asyncProperty(
      networks,
      fc.constantFrom(2, 4, 8),
      fc.constantFrom(4, 6, 8),
      async (network: Architecture, weightBits, bits) => {
        await assertSameIntegers(quantizedNetwork(network, { weightBits, bits }));
      },
    ),
    { numRuns: 25, seed: 3 },
  );
});

Deno.test("values half-way between two integers round to the even one in both", async () => {
  let ties = 0;
  await fc.assert(
    fc.asyncProperty(networks, async (network: Architecture) => {
      const model = withExactScales(quantizedNetwork(network, { weightBits: 4 }));
      const x = flat(samples(model, COUNT)).map((value) => Math.round(value * 64) / 64);
      const engine = await engineLogits(model, x);
      // As the file stands: of the runtime's own integer kernels some round the sum with the zero point in it.
      assertNear((await bothLogits(model, x)).disabled, engine, SAME);
      const halfUp = {
        ...model,
        quantization: { ...model.quantization!, rules: "tensorflow" },
      } as const;
      const other = await engineLogits(halfUp, x);
      if (other.some((value, i) => Math.abs(value - engine[i]!) > 1e-3)) ties++;
    }),
    { numRuns: 25, seed: 4 },
  );
  assert.ok(ties > 10, `another rounding shows in ${ties} networks`);
});
