/** What a file says of integers, as the model keeps it where that is asked for: stored kernels, formats of values. */
import { quoted } from "../../../engine/quote.ts";
import type { Shape } from "../../model/layers.ts";
import type { ActivationFormat, Weight } from "../../model/model.ts";
import { UnreadableModelError } from "../format.ts";
import { type TensorTable, TYPES } from "./schema.ts";

/** What has to be taken off numbers of eight bits so that they are signed; undefined for others. */
const OFFSETS: ReadonlyMap<number, number> = new Map([[TYPES.int8, 0], [TYPES.uint8, 128]]);

const [LOW, HIGH] = [-128, 127];

/**
 * A constant's integers with their scales, as they lie; unsigned ones moved down by 128. Undefined where it is not of eight
 * bits, or has no scales.
 */
export function storedIntegers(tensor: TensorTable, data: Uint8Array): Weight | undefined {
  const { scale = [], zero = [], axis = 0 } = tensor.quantization ?? {};
  const offset = OFFSETS.get(tensor.type);
  if (offset === undefined || scale.length === 0) return undefined;
  const points = Int32Array.from(scale, (_, c) => (zero[zero.length > 1 ? c : 0] ?? 0) - offset);
  return {
    shape: tensor.shape,
    encoding: {
      use: "affine",
      bits: 8,
      axis: scale.length > 1 ? axis : null,
      symmetry: points.every((point) => point === 0) ? "symmetric" : "asymmetric",
      scale: Float32Array.from(scale),
      zero: points,
    },
    data: offset === 0 ? Int8Array.from(data) : Int8Array.from(data, (q) => q - offset),
  };
}

/**
 * A kernel of a depthwise convolution, [1, h, w, C · M], as ours: [h, w, C, M]. Undefined where several outputs of a channel
 * have scales of their own: ours have one for each channel.
 */
export function depthwiseIntegers(
  stored: Weight | undefined,
  shape: Shape,
): Weight | undefined {
  if (stored?.encoding.use !== "affine") return undefined;
  const { encoding } = stored;
  if (encoding.axis === null) return { ...stored, shape };
  return shape[3] === 1 ? { ...stored, shape, encoding: { ...encoding, axis: 2 } } : undefined;
}

/**
 * The integer format of a value between layers; undefined for floats. Throws an UnreadableModelError for a scale or a zero
 * point that no value can have.
 */
export function formatOfTensor(tensor: TensorTable): ActivationFormat | undefined {
  const offset = OFFSETS.get(tensor.type);
  const { scale: scales = [], zero: zeros = [] } = tensor.quantization ?? {};
  const [scale] = scales;
  if (offset === undefined || scale === undefined) return undefined;
  const zero = (zeros[0] ?? 0) - offset;
  if (scale > 0 && Number.isFinite(scale) && zero >= LOW && zero <= HIGH) {
    return { bits: 8, scale, zero, minimum: LOW, maximum: HIGH };
  }
  throw new UnreadableModelError(
    `Cannot read the model: ${quoted(tensor.name)} has scale ${scale} and zero point ${
      zeros[0] ?? 0
    }`,
  );
}

/** Whether two values have the same integers. */
export const sameFormat = (a: ActivationFormat, b: ActivationFormat): boolean =>
  a.scale === b.scale && a.zero === b.zero;
