/** gzip and zip in plain JavaScript: the same bytes on every machine, which zlib's own versions do not promise. */
export { deflateSync, gzipSync, inflateSync, unzipSync } from "npm:fflate@0.8.2";
