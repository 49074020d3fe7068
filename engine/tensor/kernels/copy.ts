/** Fills and copies. */

/** Writes `value` into `n` floats. */
export function fill(out: usize, value: f32, n: i32): void {
  const vector = f32x4.splat(value);
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(out + (<usize> i << 2), vector);
  for (; i < n; i++) store<f32>(out + (<usize> i << 2), value);
}

/** Copies `bytes` bytes; the ranges may overlap. */
export function copyBytes(out: usize, from: usize, bytes: i32): void {
  memory.copy(out, from, <usize> bytes);
}

/** Zeroes `bytes` bytes. */
export function zeroBytes(out: usize, bytes: i32): void {
  memory.fill(out, 0, <usize> bytes);
}
