/**
 * Tensors of 16-bit integers: from float32 and back, and images of them inside a frame of zeros. They lie as dense
 * tensors of other types do.
 */
import { activate4, RELU6 } from "./activation";
import { storeShorts, toIntegers } from "./integers/integer_end";
import { storeLanes } from "./lanes";

/** Elements of one unit of work. */
const BLOCK = 8192;

/**
 * y = round(clamp(x / scale, low, high)), 0 for NaN; `code` says how half-way cases round: EVEN, UP or AWAY of
 * ./integers/integer_end. Units: blocks.
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
  const last = min(n, end * BLOCK);
  for (let i = begin * BLOCK; i < last; i += 8) {
    const at = x + (<usize> i << 2);
    const v0 = v128.load(at), v1 = last - i > 4 ? v128.load(at, 16) : v0;
    const value = quantized(v0, v1, scale, <f32> low, <f32> high, code);
    storeShorts(y + (<usize> i << 1), value, last - i);
  }
}

/** Eight values as `quantizeShorts` says. */
@inline
export function quantized(v0: v128, v1: v128, scale: f32, low: f32, high: f32, code: i32): v128 {
  const s = f32x4.splat(scale), l = f32x4.splat(low), h = f32x4.splat(high);
  v0 = f32x4.div(v0, s);
  v1 = f32x4.div(v1, s);
  const q0 = v128.and(toIntegers(f32x4.pmin(f32x4.pmax(v0, l), h), code), f32x4.eq(v0, v0));
  const q1 = v128.and(toIntegers(f32x4.pmin(f32x4.pmax(v1, l), h), code), f32x4.eq(v1, v1));
  return i16x8.narrow_i32x4_s(q0, q1);
}

/** The first four and the last four of eight, as float32 · scale. */
@inline
function lowReals(v: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(v)), scale);
}
@inline
function highReals(v: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(v)), scale);
}

/**
 * activation(a · scaleA + b · scaleB), float32 at each step, as `quantizeShorts` makes integers of it. Units: blocks.
 */
export function addShorts(
  activation: i32,
  a: usize,
  b: usize,
  y: usize,
  n: i32,
  scaleA: f32,
  scaleB: f32,
  scale: f32,
  low: i32,
  high: i32,
  code: i32,
  begin: i32,
  end: i32,
): void {
  const sa = f32x4.splat(scaleA), sb = f32x4.splat(scaleB);
  const lower = f32x4.splat(activation ? 0 : -Infinity);
  const upper = f32x4.splat(activation == RELU6 ? 6 : Infinity);
  const last = min(n, end * BLOCK);
  for (let i = begin * BLOCK; i < last; i += 8) {
    const at = <usize> i << 1;
    const u = v128.load(a + at), v = v128.load(b + at);
    let v0 = f32x4.add(lowReals(u, sa), lowReals(v, sb));
    let v1 = f32x4.add(highReals(u, sa), highReals(v, sb));
    if (activation <= RELU6) {
      v0 = f32x4.pmin(f32x4.pmax(v0, lower), upper);
      v1 = f32x4.pmin(f32x4.pmax(v1, lower), upper);
    } else {
      v0 = activate4(activation, v0);
      v1 = activate4(activation, v1);
    }
    storeShorts(y + at, quantized(v0, v1, scale, <f32> low, <f32> high, code), last - i);
  }
}

/** Cells of a partial sum, as `globalAveragePool` has them. */
const RUN = 32;

/**
 * The means of x · from over the cells of images [cells, channels], summed as `globalAveragePool` does, as
 * `quantizeShorts` makes integers of them. Units: images.
 */
export function averageShorts(
  x: usize,
  y: usize,
  cells: i32,
  channels: i32,
  from: f32,
  scale: f32,
  low: i32,
  high: i32,
  code: i32,
  begin: i32,
  end: i32,
): void {
  const cell = <usize> channels << 1;
  const s = f32x4.splat(from), divisor = f32x4.splat(<f32> cells);
  for (let image = begin; image < end; image++) {
    const base = x + cell * cells * image;
    for (let c = 0; c < channels; c += 8) {
      const offset = <usize> c << 1;
      let total0 = f32x4.splat(0), total1 = total0;
      for (let first = 0; first < cells; first += RUN) {
        const last = min(first + RUN, cells);
        let part0 = f32x4.splat(0), part1 = part0;
        for (let i = first; i < last; i++) {
          const v = v128.load(base + cell * i + offset);
          part0 = f32x4.add(part0, lowReals(v, s));
          part1 = f32x4.add(part1, highReals(v, s));
        }
        total0 = f32x4.add(total0, part0);
        total1 = f32x4.add(total1, part1);
      }
      const v0 = f32x4.div(total0, divisor), v1 = f32x4.div(total1, divisor);
      const value = quantized(v0, v1, scale, <f32> low, <f32> high, code);
      storeShorts(y + cell * image + offset, value, channels - c);
    }
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
    storeLanes(to, last - i, lowReals(v, s));
    if (last - i > 4) storeLanes(to + 16, last - i - 4, highReals(v, s));
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

/**
 * The same of each channel once, as bytes: every integer, and the zeros around, less `low`. Units: rows of all images.
 */
export function frameBytes(
  out: usize,
  outHeight: i32,
  outWidth: i32,
  x: usize,
  height: i32,
  width: i32,
  c: i32,
  top: i32,
  left: i32,
  low: i32,
  begin: i32,
  end: i32,
): void {
  const pixel = <usize> c, line = pixel * outWidth;
  const before = pixel * left, copied = pixel * max(min(width, outWidth - left), 0);
  const zero = <u8> -low;
  for (let unit = begin; unit < end; unit++) {
    const image = unit / outHeight, y = unit - image * outHeight - top;
    const to = out + line * unit;
    if (y < 0 || y >= height) {
      memory.fill(to, zero, line);
      continue;
    }
    memory.fill(to, zero, before);
    toBytes(to + before, x + (<usize> ((image * height + y) * width * c) << 1), copied, low);
    memory.fill(to + before + copied, zero, line - before - copied);
  }
}

function toBytes(to: usize, from: usize, n: usize, low: i32): void {
  const lowest = i16x8.splat(<i16> low);
  let i: usize = 0;
  for (; i + 16 <= n; i += 16) {
    const at = from + (i << 1);
    const first = i16x8.sub(v128.load(at), lowest), second = i16x8.sub(v128.load(at, 16), lowest);
    v128.store(to + i, i8x16.narrow_i16x8_u(first, second));
  }
  for (; i < n; i++) store<u8>(to + i, <u8> (load<i16>(from + (i << 1)) - low));
}

function repeated(out: usize, from: usize, n: i32, repeat: i32): void {
  let to = out;
  for (let i = 0; i < n; i++) {
    const value = load<i16>(from + (<usize> i << 1));
    for (let k = 0; k < repeat; k++, to += 2) store<i16>(to, value);
  }
}
