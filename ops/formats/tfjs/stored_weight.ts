/** How a weight stands in a layers-model's shards. */
import type { Layer, LayerOf, Weight } from "../../model/model.ts";
import { type AffineEncoding, axisIndex, decodeWeight, permuted } from "../../model/weights.ts";
import { KERAS_TRANSPOSED, KERAS_TRANSPOSED_3D } from "../keras/words.ts";
import type { StoredSmaller, StoredWeight } from "./weights_manifest.ts";

/** The layers that multiply with a kernel. */
export type WeightedLayer = LayerOf<
  "dense" | "conv" | "conv-transpose" | "depthwise" | "conv3d" | "conv3d-transpose"
>;

/** Whether weights keep their number format or are written as float32. */
export type Storage = "native" | "float32";

/** A kernel as stored; with `scales`, the layer's outputs still have to be multiplied by these, one per channel. */
interface StoredKernel extends StoredWeight {
  readonly scales?: Float32Array;
}

/** Float32 values as they stand. */
export function storedFloats(
  values: Float32Array,
  shape: readonly number[] = [values.length],
): StoredWeight {
  return { shape, bytes: bytesOf(values) };
}

/** A vector of one value, stored as one byte each. */
export function storedConstant(value: number, length: number): StoredWeight {
  return {
    shape: [length],
    bytes: new Uint8Array(length),
    quantization: smaller({ dtype: "uint8", scale: 1, min: value }),
  };
}

/**
 * A weight that no scale can be moved away from: half precision as half precision, integers with one scale as
 * integers, everything else decoded.
 */
export function storedWeight(weight: Weight, storage: Storage): StoredWeight {
  const { encoding, shape, data } = weight;
  if (storage === "float32") return storedFloats(decodeWeight(weight), shape);
  if (encoding.use === "f16") {
    return { shape, bytes: bytesOf(data), quantization: smaller({ dtype: "float16" }) };
  }
  if (encoding.use === "affine" && encoding.axis === null) {
    const [scale, zero] = [encoding.scale[0]!, encoding.zero[0]!];
    return storedIntegers(shape, Int32Array.from(data, (q) => q - zero), scale);
  }
  return storedFloats(decodeWeight(weight), shape);
}

/**
 * A layer's kernel. tfjs knows one scale per array: of integers with a scale per output channel, the bare integers
 * are stored and the scales are left to what follows the layer.
 */
export function storedKernel(
  layer: WeightedLayer | LayerOf<"embedding">,
  weight: Weight,
  storage: Storage,
): StoredKernel {
  const scales = weight.encoding.use === "affine"
    ? outputScales(layer, weight.shape, weight.encoding)
    : undefined;
  const order = orders[layer.kind as keyof typeof orders];
  const arranged = order === undefined ? weight : permuted(weight, order);
  const { encoding, shape, data } = arranged;
  if (storage === "float32" || encoding.use !== "affine" || scales === undefined) {
    return storedWeight(arranged, storage);
  }
  const channel = axisIndex(shape, encoding.axis);
  const integers = Int32Array.from(data, (q, at) => q - encoding.zero[channel(at)]!);
  return { ...storedIntegers(shape, integers, 1), scales };
}

/** Kinds whose axes Keras has in another order. */
const orders = {
  "conv-transpose": KERAS_TRANSPOSED,
  "conv3d-transpose": KERAS_TRANSPOSED_3D,
} as const;

/** Scales per output channel; undefined where one scale serves all or the axis is not an output's. */
function outputScales(
  layer: Pick<Layer, "kind">,
  shape: readonly number[],
  { axis, scale }: AffineEncoding,
): Float32Array | undefined {
  if (axis === null) return undefined;
  if (layer.kind !== "depthwise") return axis === shape.length - 1 ? scale : undefined;
  // Output channel c · multiplier + m belongs to input channel c.
  const [channels, multiplier] = shape.slice(2) as [number, number];
  if (axis !== 2 && axis !== 3) return undefined;
  return Float32Array.from(
    { length: channels * multiplier },
    (_, out) => scale[axis === 2 ? Math.floor(out / multiplier) : out % multiplier]!,
  );
}

/**
 * Integers in bytes, or in two each where they span more than 256 values. They decode to integer · scale exactly:
 * stored · scale + lowest · scale is exact in double precision and rounded once.
 */
function storedIntegers(
  shape: readonly number[],
  integers: Int32Array,
  scale: number,
): StoredWeight {
  const lowest = integers.reduce((least, q) => Math.min(least, q), 0);
  const highest = integers.reduce((most, q) => Math.max(most, q), 0);
  const [array, dtype] = highest - lowest < 256
    ? [Uint8Array, "uint8"] as const
    : [Uint16Array, "uint16"] as const;
  return {
    shape,
    bytes: bytesOf(array.from(integers.map((q) => q - lowest))),
    quantization: smaller({ dtype, scale, min: lowest * scale }),
  };
}

function smaller(stored: StoredSmaller): StoredWeight["quantization"] & object {
  return { ...stored, "original_dtype": "float32" };
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
}
