/** Packing the right sides of products of integers. */
import { loadLanes } from "../lanes";

/**
 * Packs the rows of w [k, n], int32 of 16 bits, into panels of 8 columns, `panelBytes` apart: for each two rows 8
 * pairs; zeros behind the last row and the last column. Units: panels.
 */
export function packPairs(
  out: usize,
  panelBytes: i32,
  w: usize,
  k: i32,
  n: i32,
  begin: i32,
  end: i32,
): void {
  const step = <usize> n << 2;
  for (let panel = begin; panel < end; panel++) {
    const left = n - (panel << 3);
    let p = w + (<usize> panel << 5);
    let q = out + <usize> (panel * panelBytes);
    for (let i = 0; i < k; i += 2, p += 2 * step, q += 32) {
      v128.store(q, pairOf(p, step, i + 1 < k, left));
      v128.store(q, pairOf(p + 16, step, i + 1 < k, left - 4), 16);
    }
  }
}

/** The 16-bit integers of four columns at `p`, each with the one a row below. */
@inline
export function pairOf(p: usize, step: usize, below: bool, left: i32): v128 {
  const zero = i32x4.splat(0);
  if (left <= 0) return zero;
  const upper = v128.and(loadLanes(p, left, zero), i32x4.splat(0xffff));
  return below ? v128.or(upper, i32x4.shl(loadLanes(p + step, left, zero), 16)) : upper;
}

/**
 * The same for `byteProduct`, of w [segments, k, n]: a panel begins with `low` times the sums of its columns, for what
 * the bytes stand for is `low` more. Units: panels.
 */
export function packBytes(
  out: usize,
  panelBytes: i32,
  w: usize,
  segments: i32,
  k: i32,
  n: i32,
  low: i32,
  begin: i32,
  end: i32,
): void {
  const step = <usize> n << 2;
  const each = i16x8.splat(1), lowest = i32x4.splat(low);
  for (let panel = begin; panel < end; panel++) {
    const left = n - (panel << 3);
    const first = out + <usize> (panel * panelBytes);
    let q = first + 32, sum0 = i32x4.splat(0), sum1 = sum0;
    for (let s = 0; s < segments; s++) {
      let p = w + <usize> s * step * k + (<usize> panel << 5);
      for (let i = 0; i < k; i += 2, p += 2 * step, q += 32) {
        const pairs0 = pairOf(p, step, i + 1 < k, left), pairs1 = pairOf(p + 16, step, i + 1 < k, left - 4);
        v128.store(q, pairs0);
        v128.store(q, pairs1, 16);
        sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(pairs0, each));
        sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(pairs1, each));
      }
    }
    v128.store(first, i32x4.mul(sum0, lowest));
    v128.store(first, i32x4.mul(sum1, lowest), 16);
  }
}
