/**
 * Tensors of 16-bit integers: from float32 and back, and images of them inside a frame of zeros. They lie as dense
 * tensors of other types do.
 */
import { storeShorts, toIntegers } from "./integer_end";
import { storeLanes } from "./lanes";

/** Elements of one unit of work. */
const BLOCK = 8192;

/**
 * y = round(clamp(x / scale, low, high)), 0 for NaN; `code` says how half-way cases round: EVEN, UP or AWAY of
 * ./integer_end. Units: blocks.
 */
export function quantizeShorts(
  x: usize,
  y: usize,
  n: i32,
  scale: f32,
  low: i32,
  high: i32,
  code: i32,
  begin: i32,
  end: i32,
): void {
  const s = f32x4.splat(scale), l = f32x4.splat(<f32> low), h = f32x4.splat(<f32> high);
  const last = min(n, end * BLOCK);
  for (let i = begin * BLOCK; i < last; i += 8) {
    const at = x + (<usize> i << 2);
    const v0 = f32x4.div(v128.load(at), s);
    const v1 = last - i > 4 ? f32x4.div(v128.load(at, 16), s) : v0;
    const q0 = v128.and(toIntegers(f32x4.pmin(f32x4.pmax(v0, l), h), code), f32x4.eq(v0, v0));
    const q1 = v128.and(toIntegers(f32x4.pmin(f32x4.pmax(v1, l), h), code), f32x4.eq(v1, v1));
    storeShorts(y + (<usize> i << 1), i16x8.narrow_i32x4_s(q0, q1), last - i);
  }
}

/** y = float32(x) · scale. Units: blocks. */
export function realsOfShorts(
  x: usize,
  y: usize,
  n: i32,
  scale: f32,
  begin: i32,
  end: i32,
): void {
  const s = f32x4.splat(scale);
  const last = min(n, end * BLOCK);
  for (let i = begin * BLOCK; i < last; i += 8) {
    const v = v128.load(x + (<usize> i << 1));
    const to = y + (<usize> i << 2);
    storeLanes(to, last - i, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(v)), s));
    if (last - i > 4) {
      const high = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(v)), s);
      storeLanes(to + 16, last - i - 4, high);
    }
  }
}

/**
 * out [B, outHeight, outWidth, c · repeat]: the images x [B, height, width, c] with their corner at (top, left), each
 * channel `repeat` times, zeros around; what lies outside is cut. Units: rows of all images.
 */
export function frameShorts(
  out: usize,
  outHeight: i32,
  outWidth: i32,
  x: usize,
  height: i32,
  width: i32,
  c: i32,
  repeat: i32,
  top: i32,
  left: i32,
  begin: i32,
  end: i32,
): void {
  const pixel = <usize> (c * repeat) << 1;
  const pixels = max(min(width, outWidth - left), 0);
  const before = pixel * left, copied = pixel * pixels;
  const line = pixel * outWidth;
  for (let unit = begin; unit < end; unit++) {
    const image = unit / outHeight, y = unit - image * outHeight - top;
    const to = out + line * unit;
    if (y < 0 || y >= height) {
      memory.fill(to, 0, line);
      continue;
    }
    memory.fill(to, 0, before);
    const from = x + (<usize> ((image * height + y) * width * c) << 1);
    if (repeat == 1) memory.copy(to + before, from, copied);
    else repeated(to + before, from, pixels * c, repeat);
    memory.fill(to + before + copied, 0, line - before - copied);
  }
}

function repeated(out: usize, from: usize, n: i32, repeat: i32): void {
  let to = out;
  for (let i = 0; i < n; i++) {
    const value = load<i16>(from + (<usize> i << 1));
    for (let k = 0; k < repeat; k++, to += 2) store<i16>(to, value);
  }
}
