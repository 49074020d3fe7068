/** Panels of 8 columns: packing them, and vectors that hang over the last column. */
import { loadLanes, storeLanes } from "../lanes";

/** The first min(left, 4) floats at `p`, zeros behind them; nothing at all for left ≤ 0. */
export function loadPart(p: usize, left: i32): v128 {
  return left > 0 ? loadLanes(p, left, f32x4.splat(0)) : f32x4.splat(0);
}

/** Stores the first min(left, 4) lanes; nothing for left ≤ 0. */
export function storePart(p: usize, v: v128, left: i32): void {
  if (left > 0) storeLanes(p, left, v);
}

/**
 * Packs b [k, n] (rows `stride` floats apart) into panels of 8 columns, `panelBytes` apart, each k × 8, zeros behind
 * the last column. Units: panels.
 */
export function packPanels(
  out: usize,
  panelBytes: i32,
  b: usize,
  k: i32,
  n: i32,
  stride: i32,
  begin: i32,
  end: i32,
): void {
  const step = <usize> stride << 2;
  let panel = begin;
  // Two panels at a time: a whole cache line of each row.
  for (; panel + 2 <= end && n - (panel << 3) >= 16; panel += 2) {
    let p = b + (<usize> panel << 5);
    let q0 = out + <usize> (panel * panelBytes), q1 = q0 + <usize> panelBytes;
    for (let i = 0; i < k; i++) {
      v128.store(q0, v128.load(p));
      v128.store(q0, v128.load(p, 16), 16);
      v128.store(q1, v128.load(p, 32));
      v128.store(q1, v128.load(p, 48), 16);
      p += step;
      q0 += 32;
      q1 += 32;
    }
  }
  for (; panel < end; panel++) {
    const left = n - (panel << 3);
    let p = b + (<usize> panel << 5);
    let q = out + <usize> (panel * panelBytes);
    for (let i = 0; i < k; i++) {
      v128.store(q, loadPart(p, left));
      v128.store(q, loadPart(p + 16, left - 4), 16);
      p += step;
      q += 32;
    }
  }
}

/** The same of the transpose: b is [n, k], rows `stride` floats apart. Units: panels. */
export function packPanelsTransposed(
  out: usize,
  panelBytes: i32,
  b: usize,
  k: i32,
  n: i32,
  stride: i32,
  begin: i32,
  end: i32,
): void {
  const step = <usize> stride << 2;
  for (let panel = begin; panel < end; panel++) {
    const column = panel << 3;
    const q = out + <usize> (panel * panelBytes);
    packHalf(q, b, k, n, step, column);
    packHalf(q + 16, b, k, n, step, column + 4);
  }
}

/** Four columns of a panel: 4 × 4 blocks transposed in registers. */
function packHalf(out: usize, b: usize, k: i32, n: i32, step: usize, column: i32): void {
  let q = out;
  if (column + 4 <= n) {
    let p0 = b + <usize> column * step;
    let p1 = p0 + step, p2 = p1 + step, p3 = p2 + step;
    let i = k;
    for (; i >= 4; i -= 4) {
      const r0 = v128.load(p0), r1 = v128.load(p1), r2 = v128.load(p2), r3 = v128.load(p3);
      const s0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), s1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const s2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), s3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(q, v128.shuffle<f64>(s0, s1, 0, 2));
      v128.store(q, v128.shuffle<f64>(s0, s1, 1, 3), 32);
      v128.store(q, v128.shuffle<f64>(s2, s3, 0, 2), 64);
      v128.store(q, v128.shuffle<f64>(s2, s3, 1, 3), 96);
      p0 += 16;
      p1 += 16;
      p2 += 16;
      p3 += 16;
      q += 128;
    }
    for (; i > 0; i--) {
      store<f32>(q, load<f32>(p0));
      store<f32>(q, load<f32>(p1), 4);
      store<f32>(q, load<f32>(p2), 8);
      store<f32>(q, load<f32>(p3), 12);
      p0 += 4;
      p1 += 4;
      p2 += 4;
      p3 += 4;
      q += 32;
    }
    return;
  }
  for (let i = 0; i < k; i++) {
    for (let c = 0; c < 4; c++) {
      const inside = column + c < n;
      const value = inside
        ? load<f32>(b + <usize> (column + c) * step + (<usize> i << 2))
        : <f32> 0;
      store<f32>(q + (<usize> c << 2), value);
    }
    q += 32;
  }
}
