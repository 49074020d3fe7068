/**
 * The safetensors format: 8 bytes with the length of a JSON header (little-endian), the header
 * `{ name: { dtype, shape, data_offsets: [begin, end] } }` with offsets into the bytes behind it, and these bytes
 * (https://huggingface.co/docs/safetensors, "Format").
 */
import { excerpt, quoted } from "../../../engine/quote.ts";
import { sizeOf } from "../../../engine/shape.ts";
import { isJsonObject } from "../json_object.ts";

/** Bytes of a number, by the format's names; numbers are little-endian. */
const SIZES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

/** The type of a tensor's numbers. */
export type Dtype = keyof typeof SIZES;

/** One tensor of a file. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** What a file holds. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The header's name for texts about the file. */
const METADATA = "__metadata__";
/** Of the header, as the reference implementation has it. */
const LONGEST_HEADER = 100_000_000;

/** The tensors of a file. Throws a RangeError that says what is wrong with it. */
export function readSafetensors(file: Uint8Array): SafetensorsFile {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = file.length < 8 ? -1 : Number(view.getBigUint64(0, true));
  if (length < 0 || length > LONGEST_HEADER || 8 + length > file.length) {
    throw new RangeError("it is no safetensors file: its length of a header cannot be");
  }
  const header = parsed(file.subarray(8, 8 + length));
  const data = file.subarray(8 + length);
  const { [METADATA]: about = {}, ...rows } = header;
  const tensors = Object.entries(rows).map(([name, row]) => [name, tensorOf(name, row, data)]);
  assertWhole(rows as Readonly<Record<string, TensorRow>>, data.length);
  return {
    tensors: new Map(tensors as [string, StoredTensor][]),
    metadata: isJsonObject(about) ? about as Record<string, string> : {},
  };
}

interface TensorRow {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly "data_offsets": readonly [number, number];
}

function parsed(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isJsonObject(header)) return header;
  } catch {
    // Said below: either way the header is not what it should be.
  }
  throw new RangeError("it is no safetensors file: its header is no JSON object");
}

function tensorOf(name: string, row: unknown, data: Uint8Array): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = (isJsonObject(row) ? row : {}) as Partial<
    TensorRow
  >;
  const whole = (value: unknown) => Number.isSafeInteger(value) && value as number >= 0;
  if (
    typeof dtype !== "string" || !Array.isArray(shape) || !shape.every(whole) ||
    !Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(whole)
  ) throw new RangeError(`its tensor ${quoted(name)} is not described as it should be`);
  if (!Object.hasOwn(SIZES, dtype)) {
    throw new RangeError(
      `its tensor ${quoted(name)} is of numbers ${excerpt(dtype)}, which cannot be read`,
    );
  }
  const [begin, end] = offsets as [number, number];
  const size = sizeOf(shape) * SIZES[dtype];
  if (end - begin !== size || end > data.length) {
    throw new RangeError(`its tensor ${quoted(name)} of ${size} bytes is not where it should be`);
  }
  return { dtype, shape, bytes: data.subarray(begin, end) };
}

/** Tensors lie side by side: no byte belongs to two of them or to none. */
function assertWhole(rows: Readonly<Record<string, TensorRow>>, length: number): void {
  const offsets = Object.values(rows).map((row) => row["data_offsets"])
    .sort(([a, b], [c, d]) => a - c || b - d);
  let at = 0;
  for (const [begin, end] of offsets) {
    if (begin !== at) throw new RangeError("its tensors overlap, or leave bytes between them");
    at = end;
  }
  if (at !== length) throw new RangeError("bytes are left over behind its tensors");
}

/** The bytes of a file: tensors in the order given; the header is padded with blanks to 8 bytes. */
export function writeSafetensors({ tensors, metadata }: SafetensorsFile): Uint8Array {
  let at = 0;
  const rows = [...tensors].map(([name, { dtype, shape, bytes }]) => {
    const row = { dtype, shape, ["data_offsets"]: [at, at += bytes.length] };
    return [name, row];
  });
  const about = Object.keys(metadata).length === 0 ? [] : [[METADATA, metadata]];
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...about, ...rows])));
  const padded = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(8 + padded + at).fill(0x20, 8, 8 + padded);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(header, 8);
  let to = 8 + padded;
  for (const { bytes } of tensors.values()) {
    file.set(bytes, to);
    to += bytes.length;
  }
  return file;
}

/** A tensor's numbers as float32; 64-bit ones are rounded. */
export function floatsOf({ dtype, bytes }: StoredTensor): Float32Array {
  // A copy begins at a multiple of every number's size.
  const { buffer } = bytes.slice();
  if (dtype === "BF16") {
    const halves = new Uint16Array(buffer);
    return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
  }
  if (dtype === "I64" || dtype === "U64") {
    const wide = dtype === "I64" ? new BigInt64Array(buffer) : new BigUint64Array(buffer);
    return Float32Array.from(wide as BigInt64Array, Number);
  }
  const values = new ARRAYS[dtype](buffer);
  return values instanceof Float32Array ? values : new Float32Array(values);
}

const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Float16Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;
