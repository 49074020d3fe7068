/** The reader of the Keras layer that makes of samples what an ear hears: power of each window in bands of the mel scale. */
import { excerpt } from "../../../../engine/quote.ts";
import { cosPi, log, sinPi } from "../../../../engine/tensor/scalar_math.ts";
import type { FileWeight, Reading } from "../assembly.ts";
import type { Config } from "../config.ts";
import { type Chain, chainOf } from "./chain.ts";

/** Fields of a window, of the weight of its middle and of what is taken off beside it. */
const windows: Readonly<Record<string, readonly [middle: number, beside: number]>> = {
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
};

/**
 * `MelSpectrogram`: samples mirrored at both ends, windows of them by sines and cosines, power summed in triangles over
 * the mel scale (HTK), and decibels of it: [bands, windows]. Keras takes `top_db` from the loudest band of a batch, this
 * from the loudest of each sample, as Keras answers one sample alone.
 */
export function melSpectrogram(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  if (shape!.length !== 1) {
    throw config.wrong("it can read one row of samples alone; put a Reshape before it");
  }
  const length = countOf(config, "fft_length", 2048);
  const [samples] = shape as readonly [number];
  const border = Math.floor(length / 2);
  if (samples <= border) {
    throw config.wrong(`it mirrors ${border} samples at each end, and there are ${samples}`);
  }
  const power = powerOf(reading, mirrored(chainOf(reading), samples, border), length);
  const [frames, bins] = power.shape as readonly [number, number];
  const bands = countOf(config, "num_mel_bins", 128);
  const units = { kind: "dense", units: bands, bias: false, activation: "linear" } as const;
  const kernel = melWeights(config, bins, bands);
  const mel = power.then("mel", units, { weights: { kernel } });
  const scaled = config.flag("power_to_db", true)
    ? decibels(config, reading, mel, frames * bands)
    : mel;
  return scaled.then("", { kind: "permute", order: [1, 0] }).last;
}

/** The most frequencies and bands: weights are made of them that no file holds. */
const MOST = 4096;

function countOf(config: Config, field: string, preset: number): number {
  const count = config.number(field, preset);
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  throw config.wrong(`its ${field} is ${count}, which cannot be read; 1 to ${MOST} can`);
}

/** So many samples more at each end, those within in the reverse order; the first and the last stand once. */
function mirrored(chain: Chain, samples: number, border: number): Chain {
  if (border === 0) return chain;
  const turned = chain.as("column", [samples, 1]).then("turned", { kind: "reverse" })
    .as("turned.pixels", [samples, 1, 1]);
  const far = samples - 1 - border;
  const side = (name: string, first: number, last: number) =>
    turned.then(`${name}.cut`, { kind: "crop", amounts: [[first, last], [0, 0]] })
      .as(name, [border]);
  const [before, after] = [side("before", far, 1), side("after", 1, far)];
  return before.then("mirrored", { kind: "concat" }, { others: [chain.last, after.last] });
}

/** Power of each frequency in each window, to the exponent that the layer is told: [windows, frequencies]. */
function powerOf(reading: Reading, samples: Chain, length: number): Chain {
  const { config } = reading;
  const frequencies = Math.floor(length / 2) + 1;
  const window = windowOf(config, length);
  const image = samples.as("samples", [...samples.shape, 1, 1]);
  const squared = (name: string, wave: (turns: number) => number) => {
    const values = new Float32Array(length * frequencies);
    for (const [at, weight] of window.entries()) {
      for (let k = 0; k < frequencies; k++) {
        values[at * frequencies + k] = weight * wave(2 * (at * k % length) / length);
      }
    }
    const part = image.then(name, {
      kind: "conv",
      filters: frequencies,
      kernel: [length, 1],
      dilations: [1, 1],
      strides: [config.number("sequence_stride", 512), 1],
      padding: "valid",
      bias: false,
      activation: "linear",
    }, { weights: { kernel: { shape: [length, 1, 1, frequencies], values } } });
    return part.then(`${name}.square`, { kind: "combine", by: "product" }, { others: [part.last] });
  };
  const sum = squared("real", cosPi).then("power", { kind: "combine", by: "sum" }, {
    others: [squared("imag", sinPi).last],
  });
  const exponent = config.number("mag_exp", 2);
  if (exponent !== 1 && exponent !== 2) {
    throw config.wrong(`its mag_exp is ${exponent}, which cannot be read; 1 and 2 can`);
  }
  const found = exponent === 2
    ? sum
    : sum.then("magnitude", { kind: "function", function: "root", parameters: [0] });
  return found.as("windows", [sum.shape[0]!, frequencies]);
}

/** The window in the middle of what is transformed, zeros at both sides. */
function windowOf(config: Config, length: number): Float64Array {
  const own = countOf(config, "sequence_length", length);
  if (own > length) throw config.wrong("its sequence_length is more than its fft_length");
  const given = config.raw("window");
  const name = given === undefined ? "hann" : given;
  const shape = typeof name === "string" && Object.hasOwn(windows, name)
    ? windows[name]!
    : undefined;
  if (shape === undefined && name !== null) {
    throw config.wrong(`its window ${excerpt(String(name))} cannot be read`);
  }
  const [middle, beside] = shape ?? [1, 0];
  const window = new Float64Array(length);
  // Periodic: its last value is not its first.
  const even = 1 - own % 2;
  const start = Math.floor((length - own) / 2);
  for (let at = 0; at < own; at++) {
    window[start + at] = own === 1 ? 1 : middle - beside * cosPi(2 * at / (own + even - 1));
  }
  return window;
}

const mel = (hertz: number) => 1127 * log(1 + hertz / 700);

/** Triangles over the frequencies, whose corners lie evenly on the mel scale: [frequencies, bands]. */
function melWeights(config: Config, bins: number, bands: number): FileWeight {
  const rate = config.number("sampling_rate", 16000);
  const low = mel(config.number("min_freq", 20));
  const high = mel(config.number("max_freq", Math.trunc(rate / 2)));
  const step = (high - low) / (bands + 1);
  const values = new Float32Array(bins * bands);
  // The first frequency, 0, is in no band.
  for (let bin = 1; bin < bins; bin++) {
    const at = mel(rate / 2 * bin / (bins - 1));
    for (let band = 0; band < bands; band++) {
      const rising = (at - low) / step - band;
      values[bin * bands + band] = Math.max(0, Math.min(rising, 2 - rising));
    }
  }
  return { shape: [bins, bands], values };
}

/** 10 log₁₀ of power beside that of reference, and none so far below the loudest of the sample. */
function decibels(config: Config, reading: Reading, chain: Chain, size: number): Chain {
  const least = config.number("min_power", 1e-10);
  const reference = Math.max(Math.abs(config.number("ref_power", 1)), least);
  const ten = 10 / Math.LN10;
  const loud = chain.then("log", { kind: "function", function: "logarithm", parameters: [least] })
    .then("loud", {
      kind: "function",
      function: "scale",
      parameters: [ten, -ten * log(reference)],
    });
  const floor = chainOf(reading, loud.last).as("pixels", [size, 1, 1])
    .then("loudest", { kind: "global-max-pool" })
    .then("floor", {
      kind: "function",
      function: "scale",
      parameters: [1, -config.number("top_db", 80)],
    })
    .as("floor.row", [1, 1]);
  return loud.then("decibels", { kind: "combine", by: "maximum" }, { others: [floor.last] });
}
