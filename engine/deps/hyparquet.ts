/** hyparquet: Parquet files in plain JavaScript, Snappy included. */
import type * as hyparquet from "npm:hyparquet@1.31.5";

const specifier = "npm:hyparquet@1.31.5";

export const { parquetMetadata, parquetRead, parquetSchema, snappyUncompress }: typeof hyparquet =
  await import(specifier);
