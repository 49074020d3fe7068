/**
 * What models of sound see: mel spectrograms and cepstral coefficients. Windows, mel bands and coefficients are those of
 * TensorFlow's `tf.signal` (`stft` without padding, `linear_to_mel_weight_matrix`,
 * `mfccs_from_log_mel_spectrograms`), computed in double precision.
 */
import { cosPi, log } from "../../../engine/tensor/scalar_math.ts";
import { type AudioParams, audioSizes } from "./audio_fields.ts";
import { powerSpectrum } from "./fourier.ts";

/** Silence has a logarithm: this is added to every power. */
const FLOOR = 1e-6;

/**
 * A function from the samples of a recording at `rate` to its features [windows × width]. Recordings are cut at the end
 * or padded with silence to `seconds`. Each window x[n] of N samples is weighed by the periodic Hann window
 * ½ − ½ cos 2πn/N, and M_b = ln(Σ w_b[k] |X[k]|² + 10⁻⁶) over the bands b. With `mfcc`, the coefficients are
 * C_c = √(2/B) Σ_b M_b cos(π c (b + ½) / B) (Davis and Mermelstein 1980, eq. 1). Throws a
 * ParameterError where the parameters do not fit each other.
 */
export function audioFeatures(params: AudioParams): (samples: Float64Array) => Float32Array {
  const { features } = params;
  const sizes = audioSizes(params);
  const { length, window, hop, windows, width, transform } = sizes;
  const hann = Float64Array.from({ length: window }, (_, n) => 0.5 - 0.5 * cosPi(2 * n / window));
  const spectrum = powerSpectrum(transform);
  const bands = melBands(params, transform);
  const cosines = features.use === "mfcc" ? cosineRows(features.coefficients, features.bands) : [];
  return (samples) => {
    const padded = new Float64Array(length);
    padded.set(samples.subarray(0, length));
    const values = new Float32Array(windows * width);
    const frame = new Float64Array(transform);
    for (let row = 0; row < windows; row++) {
      for (let n = 0; n < window; n++) frame[n] = padded[row * hop + n]! * hann[n]!;
      const power = spectrum(frame);
      const mel = bands.map(({ first, weights }) => {
        let sum = FLOOR;
        weights.forEach((weight, k) => sum += weight * power[first + k]!);
        return log(sum);
      });
      const numbers = features.use === "mel"
        ? mel
        : cosines.map((cosine) => mel.reduce((sum, value, b) => sum + value * cosine[b]!, 0));
      values.set(numbers, row * width);
    }
    return values;
  };
}

/** The weights of a band, from the first frequency of the transform that it weighs. */
interface Band {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * Triangles on the mel scale 1127 ln(1 + f/700) (O'Shaughnessy 1987), evenly spaced from `low` to `high`, of height 1; the
 * constant part (0 Hz) is in none.
 */
function melBands(
  { features, rate, low, high = rate / 2 }: AudioParams,
  transform: number,
): readonly Band[] {
  const mel = (frequency: number): number => 1127 * log(1 + frequency / 700);
  const [least, most] = [mel(low), mel(high)];
  const edge = (i: number): number => least + (most - least) * i / (features.bands + 1);
  const heard = Array.from({ length: transform / 2 }, (_, k) => mel((k + 1) * rate / transform));
  return Array.from({ length: features.bands }, (_, b) => {
    const [left, center, right] = [edge(b), edge(b + 1), edge(b + 2)];
    const weights = heard.map((at) =>
      Math.max(0, Math.min((at - left) / (center - left), (right - at) / (right - center)))
    );
    const first = weights.findIndex((weight) => weight > 0);
    // Narrow bands may lie between two frequencies, and have no weights then.
    if (first < 0) return { first: 0, weights: [] };
    const last = weights.findLastIndex((weight) => weight > 0);
    return { first: first + 1, weights: weights.slice(first, last + 1) };
  });
}

function cosineRows(coefficients: number, bands: number): readonly Float64Array[] {
  const scale = Math.sqrt(2 / bands);
  return Array.from(
    { length: coefficients },
    (_, c) => Float64Array.from({ length: bands }, (_, b) => scale * cosPi(c * (b + 0.5) / bands)),
  );
}
