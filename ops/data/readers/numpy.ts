/**
 * NumPy's array files: `.npy` (numpy.lib.format, versions 1 to 3) and `.npz`, a zip of them. Little-endian numbers in
 * C order.
 */
import { excerpt } from "../../../engine/quote.ts";
import { MEMORY } from "../../../engine/size.ts";
import { type StoredArray, valuesIn } from "./stored_array.ts";
import { unzipped } from "./unzip.ts";

/** Values of a type from little-endian bytes. Whole numbers beyond 32 bits are refused where they are met. */
const types: Readonly<
  Record<
    string,
    { readonly bytes: number; read(view: DataView, count: number): StoredArray["data"] }
  >
> = {
  "|b1": {
    bytes: 1,
    read: (view, count) => Uint8Array.from({ length: count }, (_, i) => view.getUint8(i)),
  },
  "|u1": {
    bytes: 1,
    read: (view, count) => Uint8Array.from({ length: count }, (_, i) => view.getUint8(i)),
  },
  "|i1": { bytes: 1, read: (view, count) => whole(count, (i) => view.getInt8(i)) },
  "<i2": { bytes: 2, read: (view, count) => whole(count, (i) => view.getInt16(2 * i, true)) },
  "<u2": { bytes: 2, read: (view, count) => whole(count, (i) => view.getUint16(2 * i, true)) },
  "<i4": { bytes: 4, read: (view, count) => whole(count, (i) => view.getInt32(4 * i, true)) },
  "<u4": { bytes: 4, read: (view, count) => whole(count, (i) => view.getUint32(4 * i, true)) },
  "<i8": {
    bytes: 8,
    read: (view, count) => whole(count, (i) => Number(view.getBigInt64(8 * i, true))),
  },
  "<f2": { bytes: 2, read: (view, count) => floats(count, (i) => view.getFloat16(2 * i, true)) },
  "<f4": { bytes: 4, read: (view, count) => floats(count, (i) => view.getFloat32(4 * i, true)) },
  "<f8": { bytes: 8, read: (view, count) => floats(count, (i) => view.getFloat64(8 * i, true)) },
};

/** NumPy itself reads no header of more than 10,000 bytes unless it is told to. */
const LONGEST_HEADER = 1 << 16;

/** Reads an `.npy` file. Throws a RangeError that says what is wrong with `name`. */
export function parseNpy(bytes: Uint8Array, name: string): StoredArray {
  const wrong = (what: string) => new RangeError(`Cannot read "${name}" as npy: ${what}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, to: number) => new TextDecoder().decode(bytes.subarray(from, to));
  if (bytes.length < 12 || bytes[0] !== 0x93 || text(1, 6) !== "NUMPY") {
    throw wrong("it does not begin as one");
  }
  const first = bytes[6] === 1 ? 10 : 12;
  const start = first + (bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > LONGEST_HEADER) throw wrong(`its header has ${start} bytes, more than any needs`);
  const header = text(first, start);
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const extents = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (descr === undefined || extents === undefined) throw wrong("its header has no type or shape");
  if (/'fortran_order':\s*True/.test(header)) {
    throw wrong("its order is Fortran's: save numpy.ascontiguousarray(…) of it");
  }
  const type = types[descr];
  if (type === undefined) {
    throw wrong(`its type ${excerpt(descr)} is none of ${Object.keys(types).join(", ")}`);
  }
  const axes = extents.split(",").map((each) => each.trim()).filter((each) => each !== "");
  const odd = axes.find((each) => !/^\d{1,15}$/.test(each));
  if (odd !== undefined) throw wrong(`its shape has an extent of ${excerpt(odd)}`);
  const shape = axes.map(Number);
  if (shape.length === 0) throw wrong("it has no axis");
  const count = valuesIn(shape);
  if (bytes.length !== start + count * type.bytes) {
    throw wrong(
      `its header announces ${excerpt(shape.join("×"))} values, ${
        start + count * type.bytes
      } bytes in all, and it has ` +
        `${bytes.length}`,
    );
  }
  return { shape, data: type.read(new DataView(view.buffer, view.byteOffset + start), count) };
}

/**
 * The arrays of an `.npz` file by name. Throws a RangeError that says what is wrong with `name`, or that its arrays would
 * take more than `memory`.
 */
export function parseNpz(
  bytes: Uint8Array,
  name: string,
  memory: number = MEMORY,
): Readonly<Record<string, StoredArray>> {
  const files = unzipped(bytes, `Cannot read "${name}" as npz`, memory);
  return Object.fromEntries(
    Object.entries(files).map(([file, each]) =>
      [file.replace(/\.npy$/, ""), parseNpy(each, `${name}/${excerpt(file)}`)] as const
    ),
  );
}

function whole(count: number, value: (index: number) => number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    const found = value(i);
    if (found === (found | 0)) return found;
    throw new RangeError(`Cannot keep ${found}: whole numbers have 32 bits`);
  });
}

function floats(count: number, value: (index: number) => number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => value(i));
}
