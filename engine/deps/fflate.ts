/** gzip and zip in plain JavaScript: the same bytes on every machine, which zlib's own versions do not promise. */
import type * as fflate from "npm:fflate@0.8.2";

const specifier = "npm:fflate@0.8.2";

export const { deflateSync, gzipSync, inflateSync, unzipSync }: typeof fflate = await import(
  specifier
);
