/** The transform of the filter for Winograd's convolution (./winograd). */
import { scratch } from "../scratch";
import { LINES } from "./winograd_input";

/** to = G · from: three vectors to six. */
// @ts-ignore: decorator
@inline
function filterLine(g0: v128, g1: v128, g2: v128, to: usize, toStep: usize): void {
  const sixth = f32x4.splat(1.0 / 6.0), s24 = f32x4.splat(1.0 / 24.0), s12 = f32x4.splat(1.0 / 12.0);
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)));
  const even = f32x4.mul(f32x4.add(g0, g2), f32x4.neg(sixth)), odd = f32x4.mul(g1, sixth);
  v128.store(to + toStep, f32x4.sub(even, odd));
  v128.store(to + 2 * toStep, f32x4.add(even, odd));
  const far = f32x4.relaxed_madd(s24, g0, f32x4.mul(sixth, g2)), near = f32x4.mul(s12, g1);
  v128.store(to + 3 * toStep, f32x4.add(far, near));
  v128.store(to + 4 * toStep, f32x4.sub(far, near));
  v128.store(to + 5 * toStep, g2);
}

/** Four floats `step` bytes apart. */
// @ts-ignore: decorator
@inline
function pick(p: usize, step: usize): v128 {
  if (step == 4) return v128.load(p);
  let v = v128.load32_zero(p);
  v = v128.load32_lane(p + step, v, 1);
  v = v128.load32_lane(p + 2 * step, v, 2);
  return v128.load32_lane(p + 3 * step, v, 3);
}

/**
 * u = G w Gᵀ as 36 right sides of products, each packed in panels of 8 of the n outputs. The element (ky, kx, i, j) of w
 * for input i < c, output j < n lies at `w + ky·sy + kx·sx + i·sc + j·sn` (bytes): so the same transform serves the gradient,
 * whose taps are turned and whose sides are swapped. Units: fours of outputs.
 */
export function winogradFilter(
  w: usize,
  sy: i32,
  sx: i32,
  sc: i32,
  sn: i32,
  c: i32,
  n: i32,
  u: usize,
  begin: i32,
  end: i32,
): void {
  const lines = scratch() + LINES;
  const plane = (<usize> ((n + 7) >> 3) * c) << 5;
  for (let unit = begin; unit < end; unit++) {
    const to = u + ((<usize> (unit >> 1) * c) << 5) + (<usize> (unit & 1) << 4);
    for (let i = 0; i < c; i++) {
      const p = w + i * sc + (unit << 2) * sn;
      for (let kx = 0; kx < 3; kx++) {
        const q = p + kx * sx;
        const g0 = pick(q, sn), g1 = pick(q + sy, sn), g2 = pick(q + 2 * sy, sn);
        filterLine(g0, g1, g2, lines + (<usize> kx << 4), 48);
      }
      const q = to + (<usize> i << 5);
      for (let row: usize = 0; row < 6; row++) {
        const l = lines + row * 48;
        filterLine(v128.load(l), v128.load(l, 16), v128.load(l, 32), q + 6 * row * plane, plane);
      }
    }
  }
}
