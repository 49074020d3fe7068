/** What the gradient of a product's activation and bias needs. */
import { storePart } from "./products/panel";


/**
 * out = dy where the activated y lies inside (0, limit), else 0: the gradient of relu (limit ∞) and relu6 (limit 6).
 * Units: blocks of 1024 elements.
 */
export function rectifyGradient(
  out: usize,
  dy: usize,
  y: usize,
  limit: f32,
  n: i32,
  begin: i32,
  end: i32,
): void {
  const zero = f32x4.splat(0), high = f32x4.splat(limit);
  const last = min(end << 10, n);
  let i = begin << 10;
  for (; i + 4 <= last; i += 4) {
    const at = <usize> i << 2;
    const v = v128.load(y + at);
    const inside = v128.and(f32x4.gt(v, zero), f32x4.lt(v, high));
    v128.store(out + at, v128.and(v128.load(dy + at), inside));
  }
  for (; i < last; i++) {
    const at = <usize> i << 2;
    const v = load<f32>(y + at);
    store<f32>(out + at, v > 0 && v < limit ? load<f32>(dy + at) : 0);
  }
}

/**
 * out[j] = Σ over rows of x[row, j]: chunks of 256 rows from zero, added in order. Units: blocks of 16 columns.
 */
export function columnSums(
  out: usize,
  x: usize,
  rows: i32,
  n: i32,
  begin: i32,
  end: i32,
): void {
  const step = <usize> n << 2;
  for (let unit = begin; unit < end; unit++) {
    for (let j = unit << 4; j < min((unit + 1) << 4, n); j += 16) {
      const left = n - j;
      const q = out + (<usize> j << 2);
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let p = x + (<usize> j << 2);
      for (let top = 0; top < rows; top += 256) {
        let t0 = f32x4.splat(0), t1 = t0, t2 = t0, t3 = t0;
        for (let r = min(256, rows - top); r > 0; r--) {
          t0 = f32x4.add(t0, v128.load(p));
          t1 = f32x4.add(t1, v128.load(p, 16));
          t2 = f32x4.add(t2, v128.load(p, 32));
          t3 = f32x4.add(t3, v128.load(p, 48));
          p += step;
        }
        s0 = f32x4.add(s0, t0);
        s1 = f32x4.add(s1, t1);
        s2 = f32x4.add(s2, t2);
        s3 = f32x4.add(s3, t3);
      }
      storePart(q, s0, left);
      storePart(q + 16, s1, left - 4);
      storePart(q + 32, s2, left - 8);
      storePart(q + 48, s3, left - 12);
    }
  }
}
