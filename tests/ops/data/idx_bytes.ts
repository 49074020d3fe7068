/** Writes IDX files for tests, from the specification and not from the reader. */

const sizes: Record<number, number> = { 0x08: 1, 0x09: 1, 0x0b: 2, 0x0c: 4, 0x0d: 4, 0x0e: 8 };

/** The bytes of an IDX file. */
export function idxBytes(
  type: number,
  shape: readonly number[],
  values: readonly number[],
): Uint8Array {
  const start = 4 + 4 * shape.length;
  const view = new DataView(new ArrayBuffer(start + values.length * sizes[type]!));
  view.setUint8(2, type);
  view.setUint8(3, shape.length);
  shape.forEach((extent, axis) => view.setUint32(4 + 4 * axis, extent));
  const write: Record<number, (at: number, value: number) => void> = {
    0x08: (at, value) => view.setUint8(at, value),
    0x09: (at, value) => view.setInt8(at, value),
    0x0b: (at, value) => view.setInt16(at, value),
    0x0c: (at, value) => view.setInt32(at, value),
    0x0d: (at, value) => view.setFloat32(at, value),
    0x0e: (at, value) => view.setFloat64(at, value),
  };
  values.forEach((value, i) => write[type]!(start + i * sizes[type]!, value));
  return new Uint8Array(view.buffer);
}

/** Gzips bytes. */
export async function gzipped(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(
    new CompressionStream("gzip"),
  );
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
