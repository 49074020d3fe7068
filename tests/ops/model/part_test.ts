import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { type Model, structureOf } from "../../../ops/model/model.ts";
import { part } from "../../../ops/model/part.ts";
import { partOf } from "../../../ops/model/part_of.ts";
import { assertSound } from "../../../ops/model/sound.ts";
import { cvae, vaeDecoder } from "../../../ops/model/zoo/cvae.ts";
import { integerRunner } from "../../../ops/model/integers/integer.ts";
import { quantizedNetwork } from "../formats/onnx/support/quantized_network.ts";
import { livelyModel, noise } from "../lively_model.ts";
import { plainLogits, plainValues } from "../plain_forward.ts";
import { recordingContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { assertClose } from "../../close.ts";

refuseLeaks(true);

const image = [8, 8, 1];
const whole: Model = {
  ...livelyModel(cvae.build(image, 4, { latent: 3, filters: [6, 4], width: 1 })),
  preprocess: { scale: [1 / 255], offset: [0] },
  classes: ["a", "b", "c", "d"],
  learned: true,
};
const take = (model: Model, layers: readonly string[]) =>
  part.run({ model }, { layers }, recordingContext().context) as Promise<Model>;

Deno.test("a decoder alone makes of the latent what the whole makes", async () => {
  const decoder = await take(whole, ["decoder"]);
  assertSound(decoder);
  assert.deepEqual(decoder.inputs, [{ name: "latent", shape: [3] }, { name: "label", shape: [4] }]);
  assert.deepEqual([decoder.preprocess, decoder.head, decoder.learned], [null, "sigmoid", true]);
  assert.deepEqual(decoder.classes, whole.classes);
  const student = vaeDecoder.build([3], 4, { filters: [6, 4], width: 1, image });
  assert.deepEqual(
    decoder.layers.map(({ name, kind }) => [name, kind]),
    student.layers.map(({ name, kind }) => [name, kind]),
  );
  const x = noise(whole);
  const values = plainValues(whole, x);
  assertClose(plainLogits(decoder, [values.latent!, x[1]!]), plainLogits(whole, x), 1e-12);
});

Deno.test("an encoder keeps the preprocessing and loses the head", async () => {
  const encoder = await take(whole, [
    "encoder.conv*",
    "encoder.flatten",
    "encoder.joined",
    "encoder.mean",
  ]);
  assertSound(encoder);
  assert.deepEqual(encoder.inputs, whole.inputs);
  assert.deepEqual([encoder.preprocess, encoder.head], [whole.preprocess, "none"]);
  const x = noise(whole);
  assertClose(plainLogits(encoder, x), [...plainValues(whole, x)["encoder.mean"]!.data], 1e-12);
});

Deno.test("facts are those of the part", async () => {
  const facts = part.facts({ model: modelFacts(structureOf(whole), whole) }, {
    layers: ["decoder"],
  });
  const decoder = await take(whole, ["decoder"]);
  assert.deepEqual(facts, modelFacts(structureOf(decoder), decoder));
});

Deno.test("a quantized network's part computes with its integers", async () => {
  const model = quantizedNetwork(zooNetworks.cvae!);
  const decoder = partOf(
    model,
    model.layers.map(({ name }) => name).filter((name) => name.startsWith("decoder.")),
  );
  assertSound(decoder);
  const latent = Float32Array.of(0.1, -0.2, 0.3);
  await withTensors((room) => {
    const x = room.tensor(latent, [1, 3]);
    const runner = integerRunner(room, decoder);
    const found = runner.run([x]);
    assert.equal(found.size, 64);
    assert.deepEqual(Object.keys(decoder.quantization!.activations)[0], "latent");
    x.dispose();
    found.dispose();
    runner.dispose();
  });
});

Deno.test("layers that give several values, or none, are no part", async () => {
  await assert.rejects(
    () => take(whole, ["encoder"]),
    /these layers give 2: encoder.mean, encoder.variance/,
  );
  await assert.rejects(() => take(whole, ["nowhere"]), /these selectors name no layer/);
});
