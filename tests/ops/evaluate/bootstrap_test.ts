import assert from "node:assert/strict";
import { bootstrapInterval, isResampled } from "../../../ops/evaluate/bootstrap.ts";

/** The share of the first `hits` of some samples. */
const shareOf = (hits: number) => (weights: Uint32Array) => {
  const all = weights.reduce((sum, each) => sum + each, 0);
  return weights.subarray(0, hits).reduce((sum, each) => sum + each, 0) / all;
};

Deno.test("as many samples are drawn as there are, each time others", () => {
  const seen = new Set<string>();
  bootstrapInterval(10, (weights) => {
    assert.equal(weights.reduce((sum, each) => sum + each, 0), 10);
    seen.add(weights.join());
    return 0;
  });
  assert.equal(seen.size, 200);
});

Deno.test("the interval of a fraction is near that of its normal approximation, and the same each time", () => {
  const [low, high] = bootstrapInterval(1000, shareOf(300))!;
  const half = 1.96 * Math.sqrt(0.3 * 0.7 / 1000);
  assert.ok(Math.abs(low - (0.3 - half)) < 0.008, String(low));
  assert.ok(Math.abs(high - (0.3 + half)) < 0.008, String(high));
  assert.deepEqual(bootstrapInterval(1000, shareOf(300)), [low, high]);
});

Deno.test("percentiles are interpolated between neighbours: of 0 to 199 they are 4.975 and 194.025", () => {
  let draw = 0;
  const [low, high] = bootstrapInterval(1, () => draw++)!;
  assert.ok(Math.abs(low - 4.975) < 1e-9 && Math.abs(high - 194.025) < 1e-9, `${low} ${high}`);
});

Deno.test("draws of which the figure says nothing are left out; of none of them there is no interval", () => {
  let draw = 0;
  assert.deepEqual(bootstrapInterval(3, () => draw++ % 2 === 0 ? 7 : undefined), [7, 7]);
  assert.equal(bootstrapInterval(3, () => undefined), undefined);
});

Deno.test("where it would take long no interval is computed", () => {
  assert.equal(isResampled(5_000_000, 1), true);
  assert.equal(isResampled(5_000_001, 1), false);
  assert.equal(isResampled(50_000, 1000), false);
});
