import assert from "node:assert/strict";
import { stftSpectrogram } from "../../../../../ops/formats/keras/classes/spectrograms.ts";
import { assertAnswers, singles } from "../support/saved.ts";
import { lines, reading, weight } from "./one_reading.ts";

for (const name of singles(/^STFTSpectrogram/)) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

Deno.test("windows step by half of their length; the last layer is called as the file's", () => {
  const kernel = weight([4, 1, 3], ...Array(12).fill(1));
  const { of, added } = reading({ mode: "real", "frame_length": 4 }, [[9, 2]], {
    "real_kernel": kernel,
  });
  assert.equal(stftSpectrogram(of), "a");
  assert.deepEqual(lines(added), [
    "a.samples reshape < x0",
    "a.real conv < a.samples",
    "a.rows reshape < a.real",
    "a reshape < a.rows",
  ]);
  assert.deepEqual((added[1]![0] as { strides?: unknown }).strides, [2, 1]);
  assert.deepEqual(of.shape("a"), [3, 6]);
});

Deno.test("a spectrogram of mode angle is refused", () => {
  const { of } = reading({ mode: "angle" }, [[9, 2]]);
  assert.throws(() => stftSpectrogram(of), /its mode angle cannot be read/);
});
