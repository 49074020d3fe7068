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
