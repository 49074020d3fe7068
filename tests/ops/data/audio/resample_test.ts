import assert from "node:assert/strict";
import { resample } from "../../../../ops/data/audio/resample.ts";

const tone = (frequency: number, rate: number, seconds: number) =>
  Float64Array.from(
    { length: Math.round(rate * seconds) },
    (_, n) => Math.sin(2 * Math.PI * frequency * n / rate),
  );

/** The largest difference away from the ends, where there is silence beside the sound. */
function farthest(a: Float64Array, b: Float64Array): number {
  const edge = Math.round(a.length / 8);
  let most = 0;
  for (let i = edge; i < a.length - edge; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

for (
  const [from, to] of [
    [8000, 16_000],
    [44_100, 16_000],
    [22_050, 8000],
    [11_025, 16_001],
  ] as const
) {
  Deno.test(`a tone of ${from} Hz is the same tone at ${to} Hz`, () => {
    const frequency = Math.min(from, to) / 8;
    const found = resample(tone(frequency, from, 0.2), from, to);
    assert.equal(found.length, Math.ceil(Math.round(from * 0.2) * to / from));
    const expected = tone(frequency, to, 0.21);
    assert.ok(farthest(found, expected) < 0.01, `${farthest(found, expected)}`);
  });
}

Deno.test("what the lower rate cannot hold is gone", () => {
  const found = resample(tone(5000, 16_000, 0.2), 16_000, 8000);
  assert.ok(farthest(found, new Float64Array(found.length)) < 0.01);
});

Deno.test("the weights of the kernel are those of its formula", () => {
  // One sample of 1 at 2 Hz, asked for at 3 Hz: the kernel itself, at its own places.
  const found = resample(Float64Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), 2, 3);
  const expected = Array.from({ length: 14 }, (_, n) => {
    const t = (n * 2 / 3 - 4) * 0.99;
    if (Math.abs(t) >= 6) return 0;
    const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
    return 0.99 * sinc * Math.cos(Math.PI * t / 12) ** 2;
  });
  assert.equal(found.length, expected.length);
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(found[i]! - value) < 1e-12);
});

Deno.test("the same rate is the same sound", () => {
  const samples = tone(100, 8000, 0.01);
  assert.equal(resample(samples, 8000, 8000), samples);
});
