import assert from "node:assert/strict";
import { activatedExpected, expectedRelu } from "../../../../ops/model/kinds/expected.ts";

Deno.test("what relu makes of a normal value, on average", () => {
  // E[max(0, x)] = μ Φ(μ / σ) + σ φ(μ / σ): φ(0) = 0.39894228; 0.5 · 0.69146246 + 0.35206533; −0.30853754 + 2 ·
  // 0.35206533.
  for (
    const [mean, deviation, expected] of [[0, 1, 0.39894228], [0.5, 1, 0.69779656], [
      -1,
      2,
      0.39559311,
    ]] as const
  ) {
    assert.ok(Math.abs(expectedRelu(mean, deviation) - expected) < 5e-9);
  }
  assert.equal(expectedRelu(-3, 0), 0);
  assert.equal(expectedRelu(3, 0), 3);
});

Deno.test("what an activation makes of normal values: only what has a closed form", () => {
  const normal = { mean: Float64Array.of(0.5), deviation: Float64Array.of(1) };
  assert.deepEqual(activatedExpected(normal, "linear"), normal);
  const [relu] = activatedExpected(normal, "relu")!.mean;
  assert.ok(Math.abs(relu! - 0.69779656) < 5e-9);
  // Of N(6, 1) cut at 6: 6 − E[max(0, 6 − x)] = 6 − φ(0), and what lies below 0 is below 1e-9.
  const [relu6] =
    activatedExpected({ mean: Float64Array.of(6), deviation: Float64Array.of(1) }, "relu6")!
      .mean;
  assert.ok(Math.abs(relu6! - (6 - 0.39894228)) < 1e-8);
  assert.equal(activatedExpected(normal, "tanh"), undefined);
  const plain = { mean: Float64Array.of(2) };
  assert.deepEqual(activatedExpected(plain, "linear"), plain);
  assert.equal(activatedExpected(plain, "relu"), undefined);
});
