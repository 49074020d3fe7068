/** hyparquet: Parquet files in plain JavaScript, Snappy included. */
import {
  parquetMetadata,
  parquetReadObjects,
  parquetSchema,
  snappyUncompress,
} from "npm:hyparquet@1.31.5";

export { parquetMetadata, parquetReadObjects, parquetSchema, snappyUncompress };
