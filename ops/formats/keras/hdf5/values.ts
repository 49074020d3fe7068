/** Values in an HDF5 file: arrays of numbers in datasets, numbers and texts in attributes. */
import { sizeOf } from "../../../../engine/shape.ts";
import type { FileWeight } from "../assembly.ts";
import type { FileBytes } from "./file_bytes.ts";
import { bytesInPieces } from "./chunks.ts";
import { MESSAGE, type Message, messageOf } from "./objects.ts";

/** Classes of data, as the specification numbers them. */
const CLASS = { integer: 0, float: 1, text: 3, enumeration: 8, variable: 9 } as const;

/** A type of data. */
interface Hdf5Type {
  readonly class: number;
  /** Bytes of one value. */
  readonly size: number;
  readonly bits: number;
  /** Of floats, the bits of the exponent. */
  readonly exponent: number;
}

/** No array has more axes. */
const MOST_AXES = 32;

/** The numbers of a dataset as float32. Throws a RangeError where they are none, or lie in pieces of a form that is not known. */
export function arrayOf(file: FileBytes, messages: readonly Message[], name: string): FileWeight {
  const wrong = (why: string) => file.wrong(`the array "${name}" in it ${why}`);
  const [space, type, layout] = [MESSAGE.dataspace, MESSAGE.datatype, MESSAGE.layout]
    .map((each) => messageOf(messages, each));
  if (space === undefined || type === undefined || layout === undefined) {
    throw wrong("is none");
  }
  if ([space, type, layout].some(({ shared }) => shared)) throw wrong("shares its type");
  const shape = shapeAt(file, space.at);
  const data = typeAt(file, type.at);
  const decode = decoderOf(data);
  if (decode === undefined) throw wrong("holds no numbers that can be read");
  const form = file.u8(layout.at + 1);
  const version = file.u8(layout.at);
  if (version === 3 && form === 2) {
    const filters = messageOf(messages, MESSAGE.filters);
    const whole = bytesInPieces(file, { shape, size: data.size, layout, filters, wrong });
    return { shape, values: decode(whole.buffer as ArrayBuffer) };
  }
  if (version < 3 || version > 4 || form > 1) {
    throw wrong("lies in pieces of a later form; save the model again without compression");
  }
  const size = sizeOf(shape) * data.size;
  const start = form === 0 ? layout.at + 4 : file.address(layout.at + 2);
  if (start === undefined && size > 0) throw wrong("is not there");
  // A copy begins where any element may.
  const bytes = file.slice(start ?? 0, size).slice();
  return { shape, values: decode(bytes.buffer as ArrayBuffer) };
}

/** The texts of an attribute; undefined where the object has none of this name that are texts. */
export function textsOf(
  file: FileBytes,
  messages: readonly Message[],
  name: string,
): readonly string[] | undefined {
  for (const { type, at, shared } of messages) {
    if (type !== MESSAGE.attribute || shared) continue;
    const found = attributeAt(file, at);
    if (found.name === name) return textsIn(file, found);
  }
  const dense = messageOf(messages, MESSAGE.attributeInfo);
  if (dense === undefined) return undefined;
  const indexed = (file.u8(dense.at + 1) & 1) !== 0;
  if (file.address(dense.at + (indexed ? 4 : 2)) === undefined) return undefined;
  throw file.wrong("a group in it keeps its attributes in a heap, which cannot be read");
}

interface Hdf5Attribute {
  readonly name: string;
  readonly type: Hdf5Type;
  readonly count: number;
  /** Where its values are. */
  readonly at: number;
}

/** An attribute message: the sizes of name, type and extents, then these, padded in the first version. */
function attributeAt(file: FileBytes, at: number): Hdf5Attribute {
  const version = file.u8(at);
  const [nameSize, typeSize, spaceSize] = [2, 4, 6].map((offset) => file.u16(at + offset)) as [
    number,
    number,
    number,
  ];
  const padded = (size: number) => version === 1 ? Math.ceil(size / 8) * 8 : size;
  const name = at + (version === 3 ? 9 : 8);
  const type = name + padded(nameSize);
  const space = type + padded(typeSize);
  return {
    name: file.text(name, nameSize),
    type: typeAt(file, type),
    count: sizeOf(shapeAt(file, space)),
    at: space + padded(spaceSize),
  };
}

function textsIn(file: FileBytes, { type, count, at }: Hdf5Attribute): string[] | undefined {
  const { size } = type;
  // Every text has bytes of its own there, or an address.
  if (size * count > file.bytes.length) throw file.damaged();
  const each = (read: (at: number) => string) =>
    Array.from({ length: count }, (_, i) => read(at + size * i));
  if (type.class === CLASS.text && size > 0) return each((at) => file.text(at, size));
  if (type.class === CLASS.variable && (type.bits & 15) === 1) {
    return each((at) => heapText(file, at));
  }
  return count === 0 ? [] : undefined;
}

/** A text of any length: its size, the heap that holds it, its number there. */
function heapText(file: FileBytes, at: number): string {
  const size = file.u32(at);
  if (size === 0) return "";
  const [heap, number] = [file.u64(at + 4), file.u32(at + 12)];
  file.expect(heap, "GCOL");
  const end = heap + file.u64(heap + 8);
  for (let object = heap + 16; object + 16 <= end;) {
    const [index, length] = [file.u16(object), file.u64(object + 8)];
    if (index === number && size <= length) return file.text(object + 16, size);
    if (index === 0) break;
    object += 16 + Math.ceil(length / 8) * 8;
  }
  throw file.damaged();
}

/** A dataspace message: a scalar has no axes, and what is null has no value. */
function shapeAt(file: FileBytes, at: number): readonly number[] {
  const [version, axes] = [file.u8(at), file.u8(at + 1)];
  if (axes > MOST_AXES || version < 1 || version > 2) throw file.damaged();
  if (version === 2 && file.u8(at + 3) === 2) return [0];
  const first = at + (version === 1 ? 8 : 4);
  return Array.from({ length: axes }, (_, axis) => file.u64(first + 8 * axis));
}

function typeAt(file: FileBytes, at: number): Hdf5Type {
  const kind = file.u8(at) & 15;
  // Of an enumeration, the type of its numbers follows.
  if (kind === CLASS.enumeration) return typeAt(file, at + 8);
  return {
    class: kind,
    bits: file.u8(at + 1),
    size: file.u32(at + 4),
    exponent: kind === CLASS.float ? file.u8(at + 13) : 0,
  };
}

/** What makes float32 of bytes of a type; undefined where it is none of numbers, low byte first. */
function decoderOf(type: Hdf5Type): ((bytes: ArrayBuffer) => Float32Array) | undefined {
  if ((type.bits & 1) !== 0) return undefined;
  if (type.class === CLASS.float) return floats[`${type.size}/${type.exponent}`];
  const signed = (type.bits & 8) !== 0 ? "i" : "u";
  return type.class === CLASS.integer ? integers[`${signed}${type.size}`] : undefined;
}

type Decoders = Readonly<Record<string, (bytes: ArrayBuffer) => Float32Array>>;

/** By bytes and bits of the exponent. */
const floats: Decoders = {
  "2/5": (bytes) => Float32Array.from(new Float16Array(bytes)),
  "2/8": (bytes) => bfloats(new Uint16Array(bytes)),
  "4/8": (bytes) => new Float32Array(bytes),
  "8/11": (bytes) => Float32Array.from(new Float64Array(bytes)),
};

const integers: Decoders = {
  i1: (bytes) => Float32Array.from(new Int8Array(bytes)),
  i2: (bytes) => Float32Array.from(new Int16Array(bytes)),
  i4: (bytes) => Float32Array.from(new Int32Array(bytes)),
  i8: (bytes) => Float32Array.from(new BigInt64Array(bytes), Number),
  u1: (bytes) => Float32Array.from(new Uint8Array(bytes)),
  u2: (bytes) => Float32Array.from(new Uint16Array(bytes)),
  u4: (bytes) => Float32Array.from(new Uint32Array(bytes)),
  u8: (bytes) => Float32Array.from(new BigUint64Array(bytes), Number),
};

/** The upper half of float32 each. */
function bfloats(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}
