import assert from "node:assert/strict";
import { melSpectrogram } from "../../../../../ops/formats/keras/classes/mel_spectrogram.ts";
import { assertClose } from "../../../../close.ts";
import { assertAnswers, singles } from "../support/saved.ts";
import { lines, reading } from "./one_reading.ts";

for (const name of singles(/^MelSpectrogram/)) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

/** What is read of a layer of four samples to a window. */
function read(config: object, shape: readonly number[] = [12]) {
  const { of, added } = reading({ "fft_length": 4, ...config }, [shape]);
  melSpectrogram(of);
  const weights = (
    name: string,
  ) => [...added.find(([layer]) => layer.name === name)![1]["kernel"]!.values];
  return { of, added, weights };
}

Deno.test("Keras's presets: windows step by 512, 128 bands, decibels", () => {
  const { of, added } = reading({}, [[4096]]);
  melSpectrogram(of);
  assert.deepEqual(of.shape("a.windows"), [9, 1025]);
  assert.deepEqual(of.shape("a"), [128, 9]);
  assert.ok(lines(added).includes("a.decibels combine < a.loud a.floor.row"));
});

Deno.test("a window of four samples holds three frequencies, weighed by a Hann window", () => {
  const { weights } = read({ "num_mel_bins": 1 });
  assertClose(weights("a.real"), [0, 0, 0, 0.5, 0, -0.5, 1, -1, 1, 0.5, 0, -0.5], 1e-6);
  assertClose(weights("a.imag"), [0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0, -0.5, 0], 1e-6);
});

Deno.test("without a window all samples weigh 1; a shorter one stands in the middle", () => {
  assertClose(read({ window: null }).weights("a.real").slice(0, 3), [1, 1, 1], 1e-6);
  const short = read({ window: null, "sequence_length": 2 }).weights("a.real");
  assertClose([0, 3, 6, 9].map((at) => short[at]!), [0, 1, 1, 0], 1e-6);
  const one = read({ "sequence_length": 1 }).weights("a.real");
  assertClose([0, 3, 6, 9].map((at) => one[at]!), [0, 1, 0, 0], 1e-6);
});

Deno.test("one band is a triangle on the mel scale between the least and the most frequency", () => {
  const mel = (hertz: number) => 1127 * Math.log(1 + hertz / 700);
  const [low, high, at] = [mel(20), mel(400), mel(200)];
  const slope = Math.min(at - low, high - at) / ((high - low) / 2);
  const { weights } = read({ "num_mel_bins": 1, "sampling_rate": 800 });
  assertClose(weights("a.mel"), [0, slope, 0], 1e-6);
});

for (
  const [config, shape, said] of [
    [{}, [2], /it mirrors 2 samples at each end, and there are 2/],
    [{}, [4, 4], /it can read one row of samples alone; put a Reshape before it/],
    [{ "fft_length": 4097 }, [9000], /its fft_length is 4097, which cannot be read; 1 to 4096 can/],
    [{ "num_mel_bins": 0 }, [12], /its num_mel_bins is 0/],
    [{ "num_mel_bins": 1.5 }, [12], /its num_mel_bins is 1.5/],
    [{ "sequence_length": 5 }, [12], /its sequence_length is more than its fft_length/],
    [{ window: "kaiser" }, [12], /its window kaiser cannot be read/],
    [{ window: [1, 2] }, [12], /its window 1,2 cannot be read/],
    [{ "mag_exp": 3 }, [12], /its mag_exp is 3, which cannot be read; 1 and 2 can/],
  ] as const
) {
  Deno.test(`refused of a MelSpectrogram: ${said.source}`, () => {
    assert.throws(() => read(config, shape), said);
  });
}
