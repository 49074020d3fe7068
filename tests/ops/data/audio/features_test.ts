import assert from "node:assert/strict";
import { type AudioParams, audioShape } from "../../../../ops/data/audio/audio_fields.ts";
import { audioFeatures } from "../../../../ops/data/audio/features.ts";
import tensorflow from "../../../fixtures/audio/tf_features.json" with { type: "json" };

const signal = Float64Array.from(tensorflow.signal, (value) => value / 32_768);
const common = { rate: 8000, seconds: 0.5, low: 20 } as const;

const cases: Readonly<Record<"mel" | "narrow" | "mfcc", AudioParams>> = {
  mel: { ...common, window: 30, hop: 20, features: { use: "mel", bands: 20 } },
  narrow: {
    ...{ ...common, window: 12.5, hop: 12.5, low: 125, high: 3800 },
    features: { use: "mel", bands: 12 },
  },
  mfcc: { ...common, window: 32, hop: 25, features: { use: "mfcc", bands: 26, coefficients: 10 } },
};

for (const [name, params] of Object.entries(cases)) {
  Deno.test(`features of a rising tone, a click and silence are TensorFlow's: ${name}`, () => {
    const expected: readonly (readonly number[])[] = tensorflow[name as keyof typeof cases];
    const found = audioFeatures(params)(signal);
    assert.deepEqual(audioShape(params), [expected.length, expected[0]!.length, 1]);
    assert.equal(found.length, expected.flat().length);
    for (const [i, value] of expected.flat().entries()) {
      assert.ok(Math.abs(found[i]! - value) < 2e-4, `${name} ${i}: ${found[i]} ${value}`);
    }
  });
}

Deno.test("what is behind the length of a sample is left out, and what is missing is silence", () => {
  const params: AudioParams = { ...cases.mel, seconds: 0.25 };
  const features = audioFeatures(params);
  assert.deepEqual(features(signal), features(signal.slice(0, 2000)));
  const silent = Math.fround(Math.log(1e-6));
  const short = features(new Float64Array(3).fill(0.5));
  assert.equal(short.at(-1), silent);
  assert.notEqual(short[0], silent);
});

Deno.test("a band between two frequencies of the transform hears nothing", () => {
  const features = audioFeatures({
    ...cases.narrow,
    low: 20,
    features: { use: "mel", bands: 128 },
  });
  const found = features(signal);
  assert.ok(found.includes(Math.fround(Math.log(1e-6))));
  assert.ok(found.every(Number.isFinite));
});
