/**
 * Another sampling rate for the same sound: band-limited interpolation by a windowed sinc (J. O. Smith, Digital Audio
 * Resampling, 2002), with the kernel that torchaudio uses by default: a Hann window over 6 zero crossings, rolling off at
 * 0.99 of the lower Nyquist frequency.
 */
import { cosPi, sinPi } from "../../../engine/tensor/scalar_math.ts";

/** Zero crossings on each side. */
const CROSSINGS = 6;
/** The cut-off, of the lower of the two Nyquist frequencies. */
const ROLLOFF = 0.99;
/** Kernels that are kept: common pairs of rates repeat after so many outputs or fewer. */
const MOST_KERNELS = 1024;

/** A kernel: the first input sample that it weighs, counted from that at or before the output's place, and weights. */
interface ResampleKernel {
  readonly first: number;
  readonly weights: Float64Array;
}

/** `samples` of `from` Hz as ⌈length · to / from⌉ samples of `to` Hz; beyond both ends there is silence. */
export function resample(samples: Float64Array, from: number, to: number): Float64Array {
  if (from === to) return samples;
  const divisor = greatestCommonDivisor(from, to);
  const [inputs, outputs] = [from / divisor, to / divisor];
  const kernels = new Map<number, ResampleKernel>();
  const resampled = new Float64Array(Math.ceil(samples.length * outputs / inputs));
  for (let n = 0; n < resampled.length; n++) {
    // The place of an output is `base` and `phase / outputs` input samples.
    const phase = n * inputs % outputs;
    const base = (n * inputs - phase) / outputs;
    const kernel = kernels.get(phase) ?? kernelOf(phase / outputs, Math.min(1, outputs / inputs));
    if (outputs <= MOST_KERNELS) kernels.set(phase, kernel);
    const { first, weights } = kernel;
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      const at = base + first + i;
      if (at >= 0 && at < samples.length) sum += weights[i]! * samples[at]!;
    }
    resampled[n] = sum;
  }
  return resampled;
}

/** For an output that lies `offset` input samples behind one; `ratio` is that of the rates, 1 at most. */
function kernelOf(offset: number, ratio: number): ResampleKernel {
  const cutoff = ratio * ROLLOFF;
  const reach = CROSSINGS / cutoff;
  const first = Math.ceil(offset - reach);
  const weights = Float64Array.from(
    { length: Math.floor(offset + reach) - first + 1 },
    (_, i) => cutoff * windowedSinc((first + i - offset) * cutoff),
  );
  return { first, weights };
}

function windowedSinc(crossings: number): number {
  const window = cosPi(crossings / CROSSINGS / 2);
  const sinc = crossings === 0 ? 1 : sinPi(crossings) / (Math.PI * crossings);
  return sinc * window * window;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
