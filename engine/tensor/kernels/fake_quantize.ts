/** Values as a quantizer would leave them, with the straight-through gradient (Bengio et al. 2013). */
import { storeLanes } from "./lanes";

/** Elements of one unit of work, or as many whole rows as fit into them. */
const BLOCK = 8192;

/** What to do with a vector of x, given its codes before clamping. */
class Value {
  @inline
  of(code: v128, _dy: v128, zero: v128, scale: v128, low: v128, high: v128): v128 {
    return f32x4.mul(f32x4.sub(f32x4.pmin(f32x4.pmax(code, low), high), zero), scale);
  }
}
class Straight {
  @inline
  of(code: v128, dy: v128, _zero: v128, _scale: v128, low: v128, high: v128): v128 {
    return v128.and(dy, v128.and(f32x4.ge(code, low), f32x4.le(code, high)));
  }
}

/**
 * y = (clamp(round(x / scale) + zero, low, high) − zero) · scale, rounding half-way cases to even. Rows of
 * `channels` values have each their own scale and zero point, one for all if `channels` is 1. Units: blocks.
 */
export function fakeQuantize(
  x: usize,
  scales: usize,
  zeros: usize,
  y: usize,
  n: i32,
  channels: i32,
  low: f32,
  high: f32,
  begin: i32,
  end: i32,
): void {
  walk<Value>(x, x, scales, zeros, y, n, channels, low, high, begin, end);
}

/** dx = dy where the code of x needed no clamping, else 0. Units: blocks. */
export function fakeQuantizeGradient(
  x: usize,
  dy: usize,
  scales: usize,
  zeros: usize,
  dx: usize,
  n: i32,
  channels: i32,
  low: f32,
  high: f32,
  begin: i32,
  end: i32,
): void {
  walk<Straight>(x, dy, scales, zeros, dx, n, channels, low, high, begin, end);
}

function walk<F>(
  x: usize,
  dy: usize,
  scales: usize,
  zeros: usize,
  out: usize,
  n: i32,
  channels: i32,
  low: f32,
  high: f32,
  begin: i32,
  end: i32,
): void {
  const f = changetype<F>(0);
  const block = max(1, BLOCK / channels) * channels;
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const last = min(end * block, n);
  for (let row = begin * block; row < last; row += channels == 1 ? block : channels) {
    const width = channels == 1 ? min(block, last - row) : channels;
    let scale = v128.load32_splat(scales);
    let zero = v128.load32_splat(zeros);
    for (let c = 0; c < width; c += 4) {
      if (channels > 1) {
        scale = v128.load(scales + (<usize> c << 2));
        zero = v128.load(zeros + (<usize> c << 2));
      }
      const at = <usize> (row + c) << 2;
      const code = f32x4.add(f32x4.nearest(f32x4.div(v128.load(x + at), scale)), zero);
      const value = f.of(code, v128.load(dy + at), zero, scale, lows, highs);
      storeLanes(out + at, width - c, value);
    }
  }
}
