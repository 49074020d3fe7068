import assert from "node:assert/strict";
import type { Architecture } from "../../../../ops/model/model.ts";
import { cvae, vaeDecoder } from "../../../../ops/model/zoo/cvae.ts";
import { DIGITS, facts, parameters } from "./counts.ts";

Deno.test("a conditional autoencoder has the parameters and shapes that its layers add up to", () => {
  const options = { filters: [32, 16], width: 1 };
  const whole = cvae.build(DIGITS, 10, { ...options, latent: 8 });
  const encoder = (16 * 16 + 16) + (16 * 16 * 32 + 32) + 2 * (1578 * 8 + 8);
  const decoder = (18 * 1568 + 1568) + (16 * 32 * 16 + 16) + (16 * 16 + 1);
  assert.equal(parameters(whole), encoder + decoder);
  const half = vaeDecoder.build([8], 10, { ...options, image: DIGITS });
  assert.equal(parameters(half), decoder);
  const named = (of: Architecture) =>
    of.layers.map(({ name }) => name).filter((name) => name.startsWith("decoder."));
  assert.deepEqual(named(whole), named(half));
  assert.deepEqual(facts(half).layers!.at(-1)!.shape, DIGITS);
  // Dense: inputs × units; transposed: 4·4 · in · out · positions that are read.
  assert.equal(facts(half).macs, 18 * 1568 + 16 * 32 * 16 * 49 + 16 * 16 * 196);
  assert.deepEqual(vaeDecoder.build([8], 1, { ...options, image: DIGITS }).inputs.length, 1);
});

Deno.test("a decoder reads latent numbers, and nothing else", () => {
  const build = () => vaeDecoder.build([4, 4, 1], 1, { filters: [4], width: 1, image: DIGITS });
  assert.throws(build, /vae-decoder reads latent numbers \[size\]; the input is 4×4×1/);
});

Deno.test("a decoder bends every map but the last, whose values are logits of pixels", () => {
  const half = vaeDecoder.build([8], 10, { filters: [6, 4, 2], width: 1, image: [16, 24, 3] });
  const bent = half.layers.map((layer) => [
    layer.name,
    "activation" in layer ? layer.activation : undefined,
  ]);
  assert.deepEqual(bent, [
    ["decoder.joined", undefined],
    ["decoder.dense", "relu"],
    ["decoder.reshape", undefined],
    ["decoder.conv1", "relu"],
    ["decoder.conv2", "relu"],
    ["decoder.conv3", "linear"],
  ]);
  assert.deepEqual([half.head, half.outputs], ["sigmoid", ["decoder.conv3"]]);
  assert.deepEqual(facts(half).layers!.map(({ shape }) => shape).slice(2), [
    ...[[2, 3, 6], [4, 6, 4], [8, 12, 2], [16, 24, 3]],
  ]);
});
