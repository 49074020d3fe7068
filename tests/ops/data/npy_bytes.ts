/** Writes npy files for tests, from numpy's specification (version 1.0) and not from the reader. */

const writers = {
  "<f4": [4, (view: DataView, at: number, value: number) => view.setFloat32(at, value, true)],
  "<f8": [8, (view: DataView, at: number, value: number) => view.setFloat64(at, value, true)],
  "<i4": [4, (view: DataView, at: number, value: number) => view.setInt32(at, value, true)],
} as const;

/** The bytes of an npy file. */
export function npyBytes(
  dtype: keyof typeof writers,
  shape: readonly number[],
  values: readonly number[],
): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${extents}), }\n`;
  const [size, write] = writers[dtype];
  const file = new Uint8Array(10 + header.length + size * values.length);
  file.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  const view = new DataView(file.buffer);
  view.setUint16(8, header.length, true);
  file.set(new TextEncoder().encode(header), 10);
  values.forEach((value, i) => write(view, 10 + header.length + size * i, value));
  return file;
}
