import assert from "node:assert/strict";
import { dcganDiscriminator, dcganGenerator } from "../../../../ops/model/zoo/dcgan.ts";
import { DIGITS, facts, parameters, trained } from "./counts.ts";

Deno.test("DCGAN's two networks have the parameters that their layers add up to", () => {
  const generator = dcganGenerator.build([16], 10, { filters: [64, 32], width: 1, image: DIGITS });
  const norms = 4 * (64 + 32);
  assert.equal(trained(generator) + norms / 2, parameters(generator));
  assert.equal(parameters(generator), 26 * 3136 + 16 * 64 * 32 + (16 * 32 + 1) + norms);
  const discriminator = dcganDiscriminator.build(DIGITS, 10, { filters: [32, 64], width: 1 });
  const label = 10 * 784 + 784;
  const convolutions = (16 * 2 * 32 + 32) + 16 * 32 * 64 + 4 * 64;
  assert.equal(parameters(discriminator), label + convolutions + 3136 + 1);
  assert.deepEqual(facts(discriminator).layers!.at(-1)!.shape, [1]);
});

Deno.test("a generator bends by relu and ends in pixels between −1 and 1", () => {
  const { layers, family, head, inputs } = dcganGenerator.build([16], 10, {
    ...{ filters: [8, 4], width: 1, image: [8, 12, 3] },
  });
  const bent = layers.map((layer) => [
    layer.name,
    "activation" in layer ? layer.activation : undefined,
  ]);
  assert.deepEqual(bent, [
    ...[["joined", undefined], ["project", "linear"], ["reshape", undefined]],
    ...[["project.norm", "relu"], ["conv1", "linear"], ["conv1.norm", "relu"], ["conv2", "tanh"]],
  ]);
  assert.deepEqual([family, head], ["dcgan-generator", "none"]);
  assert.deepEqual(inputs, [{ name: "input", shape: [16] }, { name: "label", shape: [10] }]);
});

Deno.test("a discriminator normalises all convolutions but the first, and sees the class as a channel", () => {
  const build = (classes: number) =>
    dcganDiscriminator.build([8, 12, 3], classes, { filters: [4, 8], width: 1 });
  const bent = build(1).layers.map((layer) => [
    layer.name,
    "activation" in layer ? layer.activation : undefined,
  ]);
  assert.deepEqual(bent, [
    ...[["conv1", "leaky-relu"], ["conv2", "linear"], ["conv2.norm", "leaky-relu"]],
    ...[["head.flatten", undefined], ["head.dense", "linear"]],
  ]);
  const told = build(5);
  assert.deepEqual([told.family, told.head], ["dcgan-discriminator", "sigmoid"]);
  const joined = facts(told).layers!.find(({ name }) => name === "joined")!;
  assert.deepEqual(joined.shape, [8, 12, 4]);
});
