/**
 * Trees of tables as FlatBuffers and back, by the tables of a schema. Of a file that is read no offset is believed: what
 * points outside it is refused, and shared parts are not unfolded to more than a few times its size.
 */
import { Builder, type FlatBuilder } from "../../../engine/deps/flatbuffers.ts";
import { UnreadableModelError } from "../format.ts";
import { OPTION_TABLES } from "./operators.ts";
import {
  modelTable,
  OPERATOR_SLOTS,
  operatorTable,
  OPTIONS_SLOT,
  type Scalar,
  type TableSchema,
  type TfliteFile,
} from "./schema.ts";

type TableTree = Readonly<Record<string, unknown>>;

/** What the bytes of such a file have at 4. */
export const IDENTIFIER = "TFL3";

/** Bytes of tables start at such places, as the schema asks for buffers. */
const ALIGNMENT = 16;

/** A file's bytes. */
export function encodeFile(file: TfliteFile): Uint8Array {
  const builder = new Builder(1024);
  builder.finish(encodeTable(builder, modelTable, file as unknown as TableTree), IDENTIFIER);
  return builder.asUint8Array().slice();
}

/** Number of slots of a table. */
const slotsOf = (table: TableSchema): number =>
  table === operatorTable
    ? OPERATOR_SLOTS
    : Object.values(table).reduce((most, [slot]) => Math.max(most, slot + 1), 0);

function encodeTable(builder: FlatBuilder, schema: TableSchema, tree: TableTree): number {
  // What a table points to stands in the file before the table begins.
  const offsets = new Map<number, number>();
  for (const [name, [slot, type]] of Object.entries(schema)) {
    const value = tree[name];
    if (value === undefined || typeof type === "string" && type in SCALARS) continue;
    offsets.set(slot, encodePart(builder, type as PointedType, value));
  }
  const options = schema === operatorTable ? tree.options as TableTree | undefined : undefined;
  if (options !== undefined) {
    const table = OPTION_TABLES.get(tree.optionsType as number)!;
    offsets.set(OPTIONS_SLOT, encodeTable(builder, table, options));
  }
  builder.startObject(slotsOf(schema));
  for (const [slot, offset] of offsets) builder.addFieldOffset(slot, offset, 0);
  for (const [name, [slot, type, absent = 0]] of Object.entries(schema)) {
    const value = tree[name];
    if (value === undefined || offsets.has(slot)) continue;
    SCALARS[type as Scalar].add(builder, slot, Number(value), absent);
  }
  return builder.endObject();
}

type PointedType = Exclude<TableSchema[string][1], Scalar>;

function encodePart(builder: FlatBuilder, type: PointedType, value: unknown): number {
  if (type === "string") return builder.createString(value as string);
  if (type === "bytes") {
    const bytes = value as Uint8Array;
    builder.prep(ALIGNMENT, bytes.length);
    return builder.createByteVector(bytes);
  }
  if ("table" in type) return encodeTable(builder, type.table, value as TableTree);
  if ("tables" in type) {
    const offsets = (value as readonly TableTree[]).map((each) =>
      encodeTable(builder, type.tables, each)
    );
    builder.startVector(4, offsets.length, 4);
    for (const offset of offsets.toReversed()) builder.addOffset(offset);
    return builder.endVector();
  }
  const { bytes, push } = SCALARS[type.vector];
  const values = value as readonly number[];
  builder.startVector(bytes, values.length, bytes);
  for (const each of values.toReversed()) push(builder, each);
  return builder.endVector();
}

/** How numbers of a width are written and read. */
const SCALARS: {
  readonly [S in Scalar]: {
    readonly bytes: number;
    add(builder: FlatBuilder, slot: number, value: number, absent: number): void;
    push(builder: FlatBuilder, value: number): void;
    read(view: DataView, at: number): number | boolean;
  };
} = {
  bool: {
    bytes: 1,
    add: (builder, slot, value) => builder.addFieldInt8(slot, value, 0),
    push: (builder, value) => builder.addInt8(value),
    read: (view, at) => view.getUint8(at) !== 0,
  },
  int8: {
    bytes: 1,
    add: (builder, slot, value, absent) => builder.addFieldInt8(slot, value, absent),
    push: (builder, value) => builder.addInt8(value),
    read: (view, at) => view.getInt8(at),
  },
  uint8: {
    bytes: 1,
    add: (builder, slot, value, absent) => builder.addFieldInt8(slot, value, absent),
    push: (builder, value) => builder.addInt8(value),
    read: (view, at) => view.getUint8(at),
  },
  int32: {
    bytes: 4,
    add: (builder, slot, value, absent) => builder.addFieldInt32(slot, value, absent),
    push: (builder, value) => builder.addInt32(value),
    read: (view, at) => view.getInt32(at, true),
  },
  uint32: {
    bytes: 4,
    add: (builder, slot, value, absent) => builder.addFieldInt32(slot, value, absent),
    push: (builder, value) => builder.addInt32(value),
    read: (view, at) => view.getUint32(at, true),
  },
  float32: {
    bytes: 4,
    add: (builder, slot, value, absent) => builder.addFieldFloat32(slot, value, absent),
    push: (builder, value) => builder.addFloat32(value),
    read: (view, at) => view.getFloat32(at, true),
  },
  int64: {
    bytes: 8,
    add: (builder, slot, value) => builder.addFieldInt64(slot, BigInt(value), 0n),
    push: (builder, value) => builder.addInt64(BigInt(value)),
    read: (view, at) => Number(view.getBigInt64(at, true)),
  },
};

/** What may be unfolded of a file, as a multiple of its bytes: writers share little. */
const UNFOLDED = 8;

/** A file as a tree. Throws an UnreadableModelError where it is cut off or points outside itself. */
export function decodeFile(bytes: Uint8Array, file: string): TfliteFile {
  try {
    return decodeRoot(bytes, modelTable) as unknown as TfliteFile;
  } catch (error) {
    // What DataView throws beyond its end.
    if (!(error instanceof RangeError)) throw error;
    throw new UnreadableModelError(
      `${file} is damaged: a part of its model lies outside the file`,
    );
  }
}

/** What bytes hold of a root table. Throws a RangeError where they are cut off, or point outside themselves. */
export function decodeRoot(bytes: Uint8Array, schema: TableSchema): TableTree {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reading: FlatbufferReader = { bytes, view, left: UNFOLDED * bytes.length };
  return decodeTable(reading, schema, followed(reading, 0));
}

interface FlatbufferReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes that may still be unfolded. */
  left: number;
}

/** Where the offset at a place leads. */
const followed = ({ view }: FlatbufferReader, at: number): number => at + view.getUint32(at, true);

function decodeTable(reading: FlatbufferReader, schema: TableSchema, at: number): TableTree {
  const { view } = reading;
  spend(reading, 4);
  const slots = at - view.getInt32(at, true);
  const size = view.getUint16(slots, true);
  /** Where a field stands; undefined where it is absent. */
  const place = (slot: number): number | undefined => {
    const entry = 4 + 2 * slot;
    const offset = entry + 2 > size ? 0 : view.getUint16(slots + entry, true);
    return offset === 0 ? undefined : at + offset;
  };
  const tree: Record<string, unknown> = {};
  for (const [name, [slot, type, absent = 0]] of Object.entries(schema)) {
    const where = place(slot);
    if (typeof type === "string" && type in SCALARS) {
      tree[name] = where === undefined
        ? type === "bool" ? absent !== 0 : absent
        : SCALARS[type as Scalar].read(view, where);
    } else if (where !== undefined) {
      tree[name] = decodePart(reading, type as PointedType, followed(reading, where));
    } else if (typeof type !== "string" && !("table" in type)) tree[name] = [];
    else if (type === "string") tree[name] = "";
  }
  // Operators alone have options, and a type of them.
  const [options, where] = [OPTION_TABLES.get(tree.optionsType as number), place(OPTIONS_SLOT)];
  if (options === undefined || where === undefined) return tree;
  return { ...tree, options: decodeTable(reading, options, followed(reading, where)) };
}

function decodePart(reading: FlatbufferReader, type: PointedType, at: number): unknown {
  const { view, bytes } = reading;
  if (typeof type === "object" && "table" in type) return decodeTable(reading, type.table, at);
  const count = view.getUint32(at, true);
  const from = at + 4;
  const width = typeof type === "string" ? 1 : "tables" in type ? 4 : SCALARS[type.vector].bytes;
  if (from + count * width > bytes.length) throw new RangeError("beyond the end");
  if (type === "bytes") return bytes.subarray(from, from + count);
  spend(reading, count * width);
  if (type === "string") return new TextDecoder().decode(bytes.subarray(from, from + count));
  return Array.from({ length: count }, (_, i) => {
    const each = from + i * width;
    return "tables" in type
      ? decodeTable(reading, type.tables, followed(reading, each))
      : SCALARS[type.vector].read(view, each);
  });
}

function spend(reading: FlatbufferReader, bytes: number): void {
  reading.left -= bytes;
  if (reading.left < 0) throw new RangeError("unfolded without end");
}
