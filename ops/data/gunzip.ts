/** Files that may be gzipped. */

/** A file's content: unpacked if it begins as gzip does, else as it is. Throws a RangeError naming the file. */
export async function gunzipped(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const copy = new Uint8Array(bytes);
  const stream = new Blob([copy]).stream().pipeThrough(new DecompressionStream("gzip"));
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    throw new RangeError(`Cannot unpack "${name}": its gzip data are damaged or cut off`, {
      cause: error,
    });
  }
}
