/** The reader of the Keras layer that makes a spectrogram of samples: convolutions with sines and cosines. */
import { excerpt } from "../../../../engine/quote.ts";
import type { Reading } from "../assembly.ts";
import { type Chain, chainOf } from "./chain.ts";
import { needed } from "./weighted.ts";
import { channelsLast } from "./windows.ts";

/** Keras's epsilon: no root and no logarithm is taken of less. */
const LEAST = 1e-7;

/** What a mode is made of; an angle cannot be read. */
const MODES: ReadonlySet<string> = new Set("log magnitude psd real imag stft".split(" "));

/** `STFTSpectrogram`: both parts of what each window holds of each frequency, or how much of it, or that's logarithm. */
export function stftSpectrogram(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  channelsLast(config);
  const mode = config.text("mode", "log");
  if (!MODES.has(mode)) throw config.wrong(`its mode ${excerpt(mode)} cannot be read`);
  const [samples, channels] = shape as readonly [number, number];
  const frame = config.number("frame_length", 256);
  const image = chainOf(reading).as("samples", [samples, channels, 1]);
  const part = (name: "real" | "imag") => {
    const { shape, values } = needed(reading, `${name}_kernel`);
    const frequencies = shape.at(-1)!;
    return image.then(name, {
      kind: "conv",
      filters: frequencies,
      kernel: [frame, 1],
      dilations: [1, 1],
      strides: [config.number("frame_step", Math.floor(frame / 2)), 1],
      padding: config.text("padding", "valid") as "valid",
      bias: false,
      activation: "linear",
    }, { weights: { kernel: { shape: [frame, 1, 1, frequencies], values } } });
  };
  return arranged(reading, valueOf(part, mode)).last;
}

/** What a mode makes of the parts: [windows, channels, frequencies]. */
function valueOf(part: (name: "real" | "imag") => Chain, mode: string): Chain {
  if (mode === "real" || mode === "imag") return part(mode);
  const [real, imag] = [part("real"), part("imag")];
  if (mode === "stft") return real.then("parts", { kind: "concat" }, { others: [imag.last] });
  const square = (chain: Chain, name: string) =>
    chain.then(name, { kind: "combine", by: "product" }, { others: [chain.last] });
  const power = square(real, "real.square").then("power", { kind: "combine", by: "sum" }, {
    others: [square(imag, "imag.square").last],
  });
  if (mode === "psd") return doubled(power);
  const magnitude = power
    .then("magnitude", { kind: "function", function: "root", parameters: [LEAST] });
  if (mode === "magnitude") return magnitude;
  return magnitude.then("log", { kind: "function", function: "logarithm", parameters: [LEAST] });
}

/** Power of all frequencies but the first and the last counts twice: they stand for those below 0 too. */
function doubled(power: Chain): Chain {
  const inner = power.transposed("inner.turned", [0, 2, 1])
    .then("inner", { kind: "crop", amounts: [[0, 0], [1, 1]] })
    .then("inner.padded", { kind: "pad", amounts: [[0, 0], [1, 1]] })
    .transposed("inner.back", [0, 2, 1]);
  return power.then("density", { kind: "combine", by: "sum" }, { others: [inner.last] });
}

/** Rows of a window for each, or with `expand_dims` images of frequencies and channels. */
function arranged({ config, name }: Reading, chain: Chain): Chain {
  const [windows, channels, frequencies] = chain.shape as readonly [number, number, number];
  if (config.flag("expand_dims", false)) {
    return named(chain.transposed("image", [0, 2, 1]), name);
  }
  return named(chain.as("rows", [windows, channels * frequencies]), name);
}

/** The chain ends in a layer that is called as the file's is. */
function named(chain: Chain, name: string): Chain {
  if (chain.last === name) return chain;
  return chain.then("", { kind: "reshape", shape: [...chain.shape] });
}
