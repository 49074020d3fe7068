/**
 * The IDX format of the MNIST files (yann.lecun.com/exdb/mnist): two zero bytes, a type, the number of axes, each
 * extent as a big-endian 32-bit integer, then the values, row-major and big-endian.
 */
import { excerpt } from "../../../engine/quote.ts";
import { defineDataFormat } from "./data_format.ts";
import { eachPart, readFile } from "./read_file.ts";
import { type StoredArray, valuesIn } from "./stored_array.ts";

export const idx = defineDataFormat({
  name: "idx",
  suffixes: [],
  inFolder: ["-images[-.]idx\\d-ubyte", "-labels[-.]idx\\d-ubyte"],
  example: "train-images-idx3-ubyte with train-labels-idx1-ubyte (IDX)",
  read: async (parts, { task }, context) =>
    await eachPart(parts, async ([inputs, labels, ...more]) => {
      if (labels === undefined || more.length > 0) {
        throw new RangeError(
          `Cannot read "${inputs}" as IDX alone: samples and labels are two files, { inputs: …, labels: … }`,
        );
      }
      const { pairOf } = await import("./array_pair.ts");
      const read = async (name: string) => parseIdx(await readFile(context, name), name);
      return pairOf(await read(inputs!), await read(labels), { inputs: inputs!, labels }, task);
    }),
});

type ElementType = {
  readonly bytes: number;
  read(view: DataView, count: number): StoredArray["data"];
};

const types: Readonly<Record<number, ElementType>> = {
  0x08: {
    bytes: 1,
    read: (view, count) => new Uint8Array(view.buffer, view.byteOffset, count).slice(),
  },
  0x09: { bytes: 1, read: (view, count) => ints(count, (i) => view.getInt8(i)) },
  0x0b: { bytes: 2, read: (view, count) => ints(count, (i) => view.getInt16(2 * i)) },
  0x0c: { bytes: 4, read: (view, count) => ints(count, (i) => view.getInt32(4 * i)) },
  0x0d: { bytes: 4, read: (view, count) => floats(count, (i) => view.getFloat32(4 * i)) },
  0x0e: { bytes: 8, read: (view, count) => floats(count, (i) => view.getFloat64(8 * i)) },
};

/** Whether bytes begin as an IDX file does. */
export function isIdx(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2]! in types;
}

/** Reads an IDX file. Throws a RangeError that says what is wrong with `name`. */
export function parseIdx(bytes: Uint8Array, name: string): StoredArray {
  const wrong = (what: string) => new RangeError(`Cannot read "${name}" as IDX: ${what}`);
  if (bytes.length < 4) throw wrong(`it has ${bytes.length} bytes, a header has at least 4`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 0) throw wrong("it does not begin with two zero bytes");
  const type = types[bytes[2]!];
  if (type === undefined) {
    throw wrong(`its type 0x${bytes[2]!.toString(16).padStart(2, "0")} is none of the six`);
  }
  const axes = bytes[3]!;
  const start = 4 + 4 * axes;
  if (axes === 0) throw wrong("it has no axis");
  if (bytes.length < start) throw wrong(`it ends inside its header of ${start} bytes`);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = valuesIn(shape);
  const expected = start + count * type.bytes;
  if (bytes.length !== expected) {
    throw wrong(
      `its header announces ${
        excerpt(shape.join("×"))
      } values, ${expected} bytes in all, and it has ${bytes.length}`,
    );
  }
  return { shape, data: type.read(new DataView(view.buffer, view.byteOffset + start), count) };
}

function ints(count: number, value: (index: number) => number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => value(i));
}

function floats(count: number, value: (index: number) => number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => value(i));
}
