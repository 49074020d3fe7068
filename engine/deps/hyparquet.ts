/** hyparquet: Parquet files in plain JavaScript, Snappy included. */
import {
  parquetMetadata,
  parquetRead,
  parquetSchema,
  snappyUncompress,
} from "npm:hyparquet@1.31.5";

export { parquetMetadata, parquetRead, parquetSchema, snappyUncompress };
