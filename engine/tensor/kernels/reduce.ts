/**
 * Reductions along one axis: of [n, inner] in groups of `length` rows, and of rows of numbers. Sums add runs of 32
 * (128 along a row), then the runs, so that float32 suffices; the order depends on the lengths alone.
 */
import { loadLanes, storeLanes } from "./lanes";

const RUN = 32;

class Sum {
  start(): f32 {
    return 0;
  }
  of(a: v128, b: v128): v128 {
    return f32x4.add(a, b);
  }
}
class Product {
  start(): f32 {
    return 1;
  }
  of(a: v128, b: v128): v128 {
    return f32x4.mul(a, b);
  }
}
class Max {
  start(): f32 {
    return -Infinity;
  }
  of(a: v128, b: v128): v128 {
    return f32x4.max(a, b);
  }
}
class Min {
  start(): f32 {
    return Infinity;
  }
  of(a: v128, b: v128): v128 {
    return f32x4.min(a, b);
  }
}

/**
 * y[u, i] = reduction of x[r, i] over the rows r of group u (`length` rows, the last group may be shorter), divided
 * by `divisor`. Codes: 0 sum, 1 product, 2 max, 3 min. Units: groups.
 */
export function reduceRows(
  code: i32,
  x: usize,
  y: usize,
  n: i32,
  length: i32,
  inner: i32,
  divisor: f32,
  begin: i32,
  end: i32,
): void {
  switch (code) {
    case 0:
      rowsWith<Sum>(x, y, n, length, inner, divisor, begin, end);
      break;
    case 1:
      rowsWith<Product>(x, y, n, length, inner, divisor, begin, end);
      break;
    case 2:
      rowsWith<Max>(x, y, n, length, inner, divisor, begin, end);
      break;
    default:
      rowsWith<Min>(x, y, n, length, inner, divisor, begin, end);
  }
}

function rowsWith<F>(
  x: usize,
  y: usize,
  n: i32,
  length: i32,
  inner: i32,
  divisor: f32,
  begin: i32,
  end: i32,
): void {
  const f = changetype<F>(0);
  const start = f32x4.splat(f.start());
  const over = f32x4.splat(divisor);
  const row = <usize> inner << 2;
  for (let group = begin; group < end; group++) {
    const first = group * length;
    const last = min(first + length, n);
    let i = 0;
    // Sixteen columns at a time: a whole cache line of each row.
    for (; i + 16 <= inner; i += 16) {
      const column = x + (<usize> i << 2);
      let total0 = start, total1 = start, total2 = start, total3 = start;
      for (let from = first; from < last; from += RUN) {
        const to = column + row * min(from + RUN, last);
        let part0 = start, part1 = start, part2 = start, part3 = start;
        for (let at = column + row * from; at < to; at += row) {
          part0 = f.of(part0, v128.load(at));
          part1 = f.of(part1, v128.load(at, 16));
          part2 = f.of(part2, v128.load(at, 32));
          part3 = f.of(part3, v128.load(at, 48));
        }
        total0 = f.of(total0, part0);
        total1 = f.of(total1, part1);
        total2 = f.of(total2, part2);
        total3 = f.of(total3, part3);
      }
      const out = y + row * group + (<usize> i << 2);
      v128.store(out, f32x4.div(total0, over));
      v128.store(out, f32x4.div(total1, over), 16);
      v128.store(out, f32x4.div(total2, over), 32);
      v128.store(out, f32x4.div(total3, over), 48);
    }
    for (; i < inner; i += 4) {
      const column = x + (<usize> i << 2);
      let total = start;
      for (let from = first; from < last; from += RUN) {
        const to = column + row * min(from + RUN, last);
        let part = start;
        for (let at = column + row * from; at < to; at += row) part = f.of(part, v128.load(at));
        total = f.of(total, part);
      }
      storeLanes(y + row * group + (<usize> i << 2), inner - i, f32x4.div(total, over));
    }
  }
}

/** y[u] = reduction of x[u·length … (u + 1)·length), cut at n, divided by `divisor`. Units: groups. */
export function reduceRuns(
  code: i32,
  x: usize,
  y: usize,
  n: i32,
  length: i32,
  divisor: f32,
  begin: i32,
  end: i32,
): void {
  switch (code) {
    case 0:
      runsWith<Sum>(x, y, n, length, divisor, begin, end);
      break;
    case 1:
      runsWith<Product>(x, y, n, length, divisor, begin, end);
      break;
    case 2:
      runsWith<Max>(x, y, n, length, divisor, begin, end);
      break;
    default:
      runsWith<Min>(x, y, n, length, divisor, begin, end);
  }
}

function runsWith<F>(
  x: usize,
  y: usize,
  n: i32,
  length: i32,
  divisor: f32,
  begin: i32,
  end: i32,
): void {
  const f = changetype<F>(0);
  const start = f32x4.splat(f.start());
  for (let group = begin; group < end; group++) {
    const first = group * length;
    const last = min(first + length, n);
    let total = start;
    for (let from = first; from < last; from += 4 * RUN) {
      const to = min(from + 4 * RUN, last);
      let part = start;
      for (let i = from; i < to; i += 4) {
        part = f.of(part, loadLanes(x + (<usize> i << 2), to - i, start));
      }
      total = f.of(total, part);
    }
    // ((0 with 1) with (2 with 3)), the order of `sumLanes`.
    const swapped = i8x16.shuffle(total, total, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
    const pairs = f.of(total, swapped);
    const crossed = i8x16.shuffle(pairs, pairs, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    const value = f32x4.extract_lane(f.of(pairs, crossed), 0);
    store<f32>(y + (<usize> group << 2), value / divisor);
  }
}

/** y[u] (int32) = where row u of n numbers is largest, the first of equals. Units: rows. */
export function argMax(x: usize, y: usize, n: i32, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    const from = x + (<usize> row * n << 2);
    let best = load<f32>(from);
    let place = 0;
    for (let i = 1; i < n; i++) {
      const value = load<f32>(from + (<usize> i << 2));
      if (value > best) {
        best = value;
        place = i;
      }
    }
    store<i32>(y + (<usize> row << 2), place);
  }
}
