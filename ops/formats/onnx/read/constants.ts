/** Tensors of an ONNX file whose numbers are known: initializers, constants, and what is computed of those alone. */
import { DataType, type TensorProto } from "../../../../engine/deps/onnx_buf.ts";
import { given } from "../../../../engine/given.ts";
import { quoted } from "../../../../engine/quote.ts";
import { sizeOf } from "../../../../engine/shape.ts";
import { UnreadableModelError } from "../../format.ts";
import { externalBytes, type FilesBeside } from "./external_data.ts";

/** Numbers as they are kept: whole ones of 64 bits as float64. */
export type Numbers = Float32Array | Float64Array | Int8Array | Uint8Array;

/** A tensor with known numbers. */
export interface Known {
  readonly use: "constant";
  readonly shape: readonly number[];
  /** All of them, row-major; of a uniform tensor its one number. */
  readonly values: Numbers;
  readonly uniform?: true;
}

/** A tensor out of numbers. */
export const constant = (shape: readonly number[], values: Numbers): Known => ({
  use: "constant",
  shape,
  values,
});

/** So many equal numbers are written out at most where nobody asks for them. */
const FEW = 64;

/** A tensor that holds one number everywhere, however large it is. */
export function uniform(shape: readonly number[], value: number): Known {
  const size = sizeOf(shape);
  if (size <= FEW) return constant(shape, new Float64Array(Math.max(0, size)).fill(value));
  return { ...constant(shape, Float64Array.of(value)), uniform: true };
}

/** The number that is everywhere in a tensor; undefined where there are several. */
export function soleNumber({ values }: Known): number | undefined {
  const [first] = values;
  return values.every((value) => value === first) ? first : undefined;
}

/** Its numbers as float32. Throws a RangeError for a uniform tensor, whose size has no bound. */
export function floats({ values, uniform, shape }: Known): Float32Array {
  if (uniform) {
    if (sizeOf(shape) > LARGEST_UNIFORM) {
      throw new RangeError(`Cannot read the model: it repeats a number ${sizeOf(shape)} times`);
    }
    return new Float32Array(sizeOf(shape)).fill(values[0]!);
  }
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** So many equal numbers are written out at most. */
const LARGEST_UNIFORM = 1 << 20;

/** No tensor has more axes: runtimes know eight at most. */
export const MOST_AXES = 16;

/** How numbers lie in `raw_data`. */
const raw: { readonly [T in DataType]?: (bytes: Uint8Array) => Numbers } = {
  [DataType.FLOAT]: (bytes) => new Float32Array(bytes.slice().buffer),
  [DataType.DOUBLE]: (bytes) => Float32Array.from(new Float64Array(bytes.slice().buffer)),
  [DataType.FLOAT16]: (bytes) => Float32Array.from(new Float16Array(bytes.slice().buffer)),
  [DataType.BFLOAT16]: (bytes) =>
    new Float32Array(
      Uint32Array.from(new Uint16Array(bytes.slice().buffer), (bits) => bits << 16).buffer,
    ),
  [DataType.INT64]: (bytes) =>
    Float64Array.from(new BigInt64Array(bytes.slice().buffer) as never, Number),
  [DataType.INT32]: (bytes) => Float64Array.from(new Int32Array(bytes.slice().buffer)),
  [DataType.INT8]: (bytes) => new Int8Array(bytes.slice().buffer),
  [DataType.UINT8]: (bytes) => Uint8Array.from(bytes),
  [DataType.BOOL]: (bytes) => Uint8Array.from(bytes),
};

/** The numbers of a tensor. Throws an UnreadableModelError that names it where they are of no type that is known. */
export function constantOf(
  tensor: TensorProto,
  name: string,
  beside: FilesBeside = new Map(),
): Known {
  const wrong = (what: string, help?: string) =>
    new UnreadableModelError(`Cannot read tensor ${quoted(name)}: ${what}`, given({ help }));
  const shape = tensor.dims.map(Number);
  if (shape.length > MOST_AXES) throw wrong(`it has ${shape.length} axes, more than ${MOST_AXES}`);
  const type = tensor.dataType as DataType;
  const read = raw[type];
  if (read === undefined) {
    throw wrong(`its numbers are of type ${DataType[type] ?? type}, which is not read`);
  }
  const bytes = tensor.externalData.length > 0
    ? externalBytes(tensor, name, beside)
    : tensor.rawData;
  const values = bytes.length > 0 ? rawNumbers(bytes, type, read) : listed(tensor);
  if (values?.length !== sizeOf(shape) || shape.some((extent) => !(extent >= 0))) {
    throw wrong(`it should have ${shape.join("×")} numbers; the file is damaged`);
  }
  return constant(shape, values);
}

const WIDTHS: { readonly [T in DataType]?: number } = {
  [DataType.FLOAT]: 4,
  [DataType.DOUBLE]: 8,
  [DataType.FLOAT16]: 2,
  [DataType.BFLOAT16]: 2,
  [DataType.INT64]: 8,
  [DataType.INT32]: 4,
};

function rawNumbers(bytes: Uint8Array, type: DataType, read: (bytes: Uint8Array) => Numbers) {
  return bytes.length % (WIDTHS[type] ?? 1) === 0 ? read(bytes) : undefined;
}

/** Numbers in the fields that are for one type each. */
function listed(tensor: TensorProto): Numbers {
  switch (tensor.dataType as DataType) {
    case DataType.FLOAT:
      return Float32Array.from(tensor.floatData);
    case DataType.DOUBLE:
      return Float32Array.from(tensor.doubleData);
    case DataType.INT64:
      return Float64Array.from(tensor.int64Data, Number);
    case DataType.FLOAT16:
      return Float32Array.from(new Float16Array(Uint16Array.from(tensor.int32Data).buffer));
    case DataType.INT8:
      return Int8Array.from(tensor.int32Data);
    case DataType.UINT8:
    case DataType.BOOL:
      return Uint8Array.from(tensor.int32Data);
    default:
      return Float64Array.from(tensor.int32Data);
  }
}
