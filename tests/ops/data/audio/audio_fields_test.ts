import assert from "node:assert/strict";
import { ParameterError } from "../../../../engine/op.ts";
import {
  type AudioParams,
  audioShape,
  audioSizes,
  USUAL_AUDIO,
} from "../../../../ops/data/audio/audio_fields.ts";

Deno.test("sizes are those of the times at the rate", () => {
  assert.deepEqual(audioSizes(USUAL_AUDIO), {
    length: 16_000,
    window: 480,
    hop: 320,
    width: 40,
    transform: 512,
    windows: 49,
  });
  const mfcc = { use: "mfcc", bands: 40, coefficients: 10 } as const;
  // The keyword spotting of MLPerf Tiny: 49 × 10.
  assert.deepEqual(audioShape({ ...USUAL_AUDIO, features: mfcc }), [49, 10, 1]);
  assert.deepEqual(audioShape({ ...USUAL_AUDIO, window: 1000 }), [1, 40, 1]);
  assert.equal(audioSizes({ ...USUAL_AUDIO, window: 32 }).transform, 512);
});

Deno.test("what does not fit is named with its field", () => {
  const cases: readonly (readonly [Partial<AudioParams>, string, RegExp])[] = [
    [{ window: 0.09 }, "audio.window", /no 2 samples/],
    [{ hop: 0.01 }, "audio.hop", /are no sample/],
    [{ window: 1001 }, "audio.window", /longer than a sample of 1 s/],
    [
      { features: { use: "mfcc", bands: 12, coefficients: 13 } },
      "audio.features.coefficients",
      /no 13/,
    ],
    [{ high: 8001 }, "audio.high", /16000 Hz hold nothing above 8000 Hz/],
    [{ high: 20 }, "audio.low", /end at 20 Hz and cannot begin at 20 Hz/],
  ];
  for (const [wrong, path, message] of cases) {
    assert.throws(() => audioSizes({ ...USUAL_AUDIO, ...wrong }), (error) => {
      assert.ok(error instanceof ParameterError);
      assert.equal(error.path, path);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.equal(audioSizes({ ...USUAL_AUDIO, high: 8000 }).width, 40);
});
