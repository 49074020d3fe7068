/** The constants of a file as reals: floats, half precision, integers by their scales. */
import { quoted } from "../../../engine/quote.ts";
import { sizeOf } from "../../../engine/shape.ts";
import type { Shape } from "../../model/layers.ts";
import type { Weight } from "../../model/model.ts";
import { axisIndex } from "../../model/weights.ts";
import { UnreadableModelError } from "../format.ts";
import { storedIntegers } from "./kept_integers.ts";
import { type TensorTable, type TensorType, TYPES } from "./schema.ts";

/** A constant as reals. */
export interface FileConstant {
  readonly shape: Shape;
  readonly values: Float32Array;
  /** The integers that these are the values of. */
  readonly stored?: Weight | undefined;
}

/** The type of a tensor's numbers; undefined for one that is not read. */
export function typeNamed(type: number): TensorType | undefined {
  return (Object.keys(TYPES) as TensorType[]).find((name) => TYPES[name] === type);
}

const READ: {
  readonly [T in TensorType]?: readonly [bytes: number, (view: DataView, at: number) => number];
} = {
  float32: [4, (view, at) => view.getFloat32(at, true)],
  float16: [2, (view, at) => view.getFloat16(at, true)],
  int32: [4, (view, at) => view.getInt32(at, true)],
  int64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  uint8: [1, (view, at) => view.getUint8(at)],
  int8: [1, (view, at) => view.getInt8(at)],
};

/**
 * The reals of a constant: as stored, or scale · (q − zero) where it has scales. Throws an UnreadableModelError where its
 * numbers are not as many as its shape says, or of a type that is not read.
 */
export function constantOf(tensor: TensorTable, data: Uint8Array): FileConstant {
  const { shape, quantization } = tensor;
  const wrong = (why: string) =>
    new UnreadableModelError(`Cannot read the constant ${quoted(tensor.name)}: ${why}`);
  const read = READ[typeNamed(tensor.type) ?? "bool"];
  if (read === undefined) {
    throw wrong("its numbers are neither float32, float16, int8, uint8, int32 nor int64");
  }
  const [bytes, number] = read;
  const count = sizeOf(shape);
  if (shape.some((extent) => extent < 1) || count * bytes !== data.length) {
    throw wrong(
      `its shape is ${shape.join("×") || "that of one number"}, and it has ${data.length} bytes`,
    );
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = number(view, i * bytes);
  const { scale = [], zero = [], axis = 0 } = quantization ?? {};
  if (scale.length === 0) return { shape, values };
  const each = scale.length > 1;
  if (each && (shape[axis] !== scale.length) || zero.length > 1 && zero.length !== scale.length) {
    throw wrong(`${scale.length} scales do not fit its axis ${axis}`);
  }
  const channel = axisIndex(shape, each ? axis : null);
  for (let i = 0; i < count; i++) {
    const c = channel(i);
    values[i] = scale[c]! * (values[i]! - (zero[zero.length > 1 ? c : 0] ?? 0));
  }
  return { shape, values, stored: storedIntegers(tensor, data) };
}
