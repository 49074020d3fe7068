/** How recordings become numbers: the `audio` field of a data set. */
import { Choice, type Static, Type } from "../../../engine/field.ts";
import { ParameterError } from "../../../engine/op.ts";
import { RATES } from "./decode_wave.ts";

const bands = Type.Integer({
  minimum: 1,
  maximum: 512,
  default: 40,
  description: "The bands of the mel scale, triangles that overlap by half",
});

/** The field. */
export const audioField = Type.Object({
  features: Choice({
    mel: Type.Object({ bands }, { description: "The logarithm of the power in each mel band" }),
    mfcc: Type.Object({
      bands,
      coefficients: Type.Integer({
        minimum: 1,
        maximum: 512,
        default: 13,
        description:
          "How many coefficients are kept, from the first; at most as many as there are bands",
      }),
    }, { description: "Mel-frequency cepstral coefficients: the cosine transform of `mel`" }),
  }, {
    default: { use: "mel" },
    description: "What is computed of each window: one row of the sample",
  }),
  rate: Type.Integer({
    minimum: RATES.least,
    maximum: RATES.most,
    default: 16_000,
    description: "Samples a second that every recording is brought to, Hz",
  }),
  seconds: Type.Number({
    exclusiveMinimum: 0,
    maximum: 3600,
    default: 1,
    description:
      "The length of a sample: longer recordings are cut at the end, shorter padded with silence",
  }),
  window: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10_000,
    default: 30,
    description: "The length of a window, ms",
  }),
  hop: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10_000,
    default: 20,
    description: "From the start of one window to that of the next, ms",
  }),
  low: Type.Number({
    minimum: 0,
    maximum: RATES.most / 2,
    default: 20,
    description: "Where the lowest band begins, Hz",
  }),
  high: Type.Optional(Type.Number({
    exclusiveMinimum: 0,
    maximum: RATES.most / 2,
    description: "Where the highest band ends, Hz; half of `rate` where absent",
  })),
}, {
  description:
    "The way in which a recording becomes a picture of its sound, of windows by bands or coefficients",
});

/** The field, normalised. */
export type AudioParams = Static<typeof audioField>;

/** What is meant where a recipe says nothing of it. */
export const USUAL_AUDIO: AudioParams = {
  features: { use: "mel", bands: 40 },
  rate: 16_000,
  seconds: 1,
  window: 30,
  hop: 20,
  low: 20,
};

/** Sizes in samples. */
interface AudioSizes {
  /** Of a recording. */
  readonly length: number;
  readonly window: number;
  readonly hop: number;
  /** Of the Fourier transform: the next power of two from a window on. */
  readonly transform: number;
  /** How many windows there are. */
  readonly windows: number;
  /** Numbers of each. */
  readonly width: number;
}

/** The sizes that parameters mean. Throws a ParameterError where they do not fit each other. */
export function audioSizes(params: AudioParams): AudioSizes {
  const { features, rate, seconds, low, high = rate / 2 } = params;
  const [length, window, hop] = [seconds, params.window / 1000, params.hop / 1000].map((time) =>
    Math.round(rate * time)
  ) as [number, number, number];
  if (window < 2) {
    throw unfit("window", `a window of ${params.window} ms at ${rate} Hz has no 2 samples`);
  }
  if (hop < 1) throw unfit("hop", `${params.hop} ms at ${rate} Hz are no sample`);
  if (window > length) {
    throw unfit(
      "window",
      `a window of ${params.window} ms is longer than a sample of ${seconds} s`,
    );
  }
  const width = features.use === "mfcc" ? features.coefficients : features.bands;
  if (width > features.bands) {
    throw unfit("features.coefficients", `${features.bands} bands have no ${width} coefficients`);
  }
  if (high > rate / 2) throw unfit("high", `${rate} Hz hold nothing above ${rate / 2} Hz`);
  if (high <= low) throw unfit("low", `the bands end at ${high} Hz and cannot begin at ${low} Hz`);
  return {
    length,
    window,
    hop,
    width,
    transform: powerOfTwo(window),
    windows: 1 + Math.floor((length - window) / hop),
  };
}

/** The least power of two that is no less than a number. */
function powerOfTwo(least: number): number {
  let power = 1;
  while (power < least) power *= 2;
  return power;
}

function unfit(field: string, message: string): ParameterError {
  return new ParameterError("out-of-range", `audio.${field}`, message);
}

/** The shape of a sample: windows, bands or coefficients, one channel. */
export function audioShape(params: AudioParams): readonly number[] {
  const { windows, width } = audioSizes(params);
  return [windows, width, 1];
}
