/**
 * What a TensorFlow Lite file says of itself: the description of its root, and the metadata that TensorFlow Lite Support
 * writes into a buffer of it (`metadata_schema.fbs`): name, version, author, licence.
 */
import { type Said, said } from "../../../../engine/quote.ts";
import { decodeRoot } from "../flatbuffer.ts";
import type { TableSchema } from "../schema.ts";

/** The fields of the root that are read here: its metadata are names of buffers. */
const root: TableSchema = {
  description: [3, "string"],
  buffers: [4, { tables: { data: [0, "bytes"] } }],
  metadata: [6, { tables: { name: [0, "string"], buffer: [1, "uint32"] } }],
};

/** The root of the metadata. */
const metadata: TableSchema = {
  name: [0, "string"],
  description: [1, "string"],
  version: [2, "string"],
  author: [4, "string"],
  license: [5, "string"],
};

/** The name of the buffer that holds them. */
const METADATA = "TFLITE_METADATA";

interface RootTable {
  readonly description: string;
  readonly buffers: readonly { readonly data?: Uint8Array }[];
  readonly metadata: readonly { readonly name: string; readonly buffer: number }[];
}

/** What a file says; parts that are damaged say nothing, as no answer depends on them. */
export function saidIn(bytes: Uint8Array): Said {
  const file = decoded(bytes, root) as unknown as Partial<RootTable>;
  const place = file.metadata?.find(({ name }) => name === METADATA)?.buffer;
  const own = place === undefined ? undefined : file.buffers?.[place]?.data;
  const told = own === undefined ? {} : decoded(own, metadata);
  // Nearly every file has the converter's "MLIR Converted." there: what its author says goes before.
  const description = told.description || file.description;
  return said(Object.entries({ ...told, description }));
}

function decoded(bytes: Uint8Array, table: TableSchema): Readonly<Record<string, unknown>> {
  try {
    return decodeRoot(bytes, table);
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}
