/** Rows of float32 that become 16-bit integers, each by a format of its own. Units: rows. */
import { storeShorts } from "./integers/integer_end";
import { loadLanes, maxLanes } from "./lanes";
import { quantized } from "./short";

/** y [rows, 2] = the smallest and the largest of each row x [width] and of 0; NaN if one is NaN. */
export function rowRanges(x: usize, y: usize, width: i32, begin: i32, end: i32): void {
  const zero = f32x4.splat(0);
  for (let row = begin; row < end; row++) {
    const from = x + (<usize> (row * width) << 2);
    let lowest = zero, highest = zero;
    for (let i = 0; i < width; i += 4) {
      const v = loadLanes(from + (<usize> i << 2), width - i, zero);
      lowest = f32x4.min(lowest, v);
      highest = f32x4.max(highest, v);
    }
    const to = y + (<usize> row << 3);
    store<f32>(to, -maxLanes(f32x4.neg(lowest)));
    store<f32>(to, maxLanes(highest), 4);
  }
}

/**
 * y = round(clamp(x / scale, low, high)), 0 for NaN, with the three numbers of each row in `formats`; `code` as in
 * ./short.
 */
export function quantizeRows(
  x: usize,
  y: usize,
  width: i32,
  formats: usize,
  code: i32,
  begin: i32,
  end: i32,
): void {
  for (let row = begin; row < end; row++) {
    const from = x + (<usize> (row * width) << 2), to = y + (<usize> (row * width) << 1);
    const format = formats + <usize> row * 12;
    const scale = load<f32>(format), low = load<f32>(format, 4), high = load<f32>(format, 8);
    for (let i = 0; i < width; i += 8) {
      const at = from + (<usize> i << 2);
      const v0 = v128.load(at), v1 = width - i > 4 ? v128.load(at, 16) : v0;
      storeShorts(to + (<usize> i << 1), quantized(v0, v1, scale, low, high, code), width - i);
    }
  }
}
