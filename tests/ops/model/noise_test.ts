import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import type { Layer } from "../../../ops/model/model.ts";
import { noiseOf } from "../../../ops/model/noise.ts";

const input = { name: "input", shape: [50] };
const embedding = (vocabulary: number, reads = "input"): Layer => ({
  ...{ name: "embedding", kind: "embedding", inputs: [reads], vocabulary, size: 2 },
});

Deno.test("a model of numbers sees uniform noise, each input its own", () => {
  for (const block of [0, 1]) {
    const noise = noiseOf({ layers: [] }, input, 3, block);
    assert.deepEqual(noise, stream(0, "noise").uniforms(block, 150));
  }
});

Deno.test("a model of tokens sees every number of its table but padding, and no others", () => {
  const seen = new Set(noiseOf({ layers: [embedding(7)] }, input, 20, 0));
  assert.deepEqual([...seen].sort(), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(new Set(noiseOf({ layers: [embedding(1)] }, input, 1, 0)), new Set([0]));
});

Deno.test("an input that no table reads is no text, though another is", () => {
  const noise = noiseOf({ layers: [embedding(7, "other")] }, input, 1, 0);
  assert.ok(noise.some((value) => !Number.isInteger(value)));
});
