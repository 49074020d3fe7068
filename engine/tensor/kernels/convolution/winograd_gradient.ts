/** The gradient for the filter by Winograd's transforms (./winograd): products of transformed tiles, summed, folded back. */
import { PATCH_GROUP, patchProduct } from "../products/patch_product";
import { scratch } from "../scratch";
import { inputBlock, LINES, PLANES, TABLE } from "./winograd_input";

/** to = A · from: four vectors to six. */
// @ts-ignore: decorator
@inline
function spreadLine(d0: v128, d1: v128, d2: v128, d3: v128, to: usize, toStep: usize): void {
  v128.store(to, d0);
  const even = f32x4.add(d0, d2), odd = f32x4.add(d1, d3);
  v128.store(to + toStep, f32x4.add(even, odd));
  v128.store(to + 2 * toStep, f32x4.sub(even, odd));
  const two = f32x4.splat(2), four = f32x4.splat(4);
  const far = f32x4.relaxed_madd(four, d2, d0);
  const near = f32x4.mul(two, f32x4.relaxed_madd(four, d3, d1));
  v128.store(to + 3 * toStep, f32x4.add(far, near));
  v128.store(to + 4 * toStep, f32x4.sub(far, near));
  v128.store(to + 5 * toStep, d3);
}

/**
 * The gradient for the filter: for each chunk of `chunk` blocks of tiles du[unit] [36][c][n] = Σ over its tiles of
 * (Bᵀ x B)ᵀ · (A dy Aᵀ), chains per block, blocks added in order. dy: [images, height, width, n]. Units: chunks.
 */
export function winogradFilterGradient(
  x: usize,
  images: i32,
  image: i32,
  line: i32,
  c: i32,
  tilesY: i32,
  tilesX: i32,
  dy: usize,
  n: i32,
  height: i32,
  width: i32,
  block: i32,
  chunk: i32,
  du: usize,
  begin: i32,
  end: i32,
): void {
  const tiles = images * tilesY * tilesX;
  const lines = scratch() + LINES, table = scratch() + TABLE, planes = scratch() + PLANES;
  const pixel = <usize> n << 2;
  const zero = f32x4.splat(0);
  for (let i = 0; i < c; i++) store<i32>(table + (<usize> i << 2), i << 2);
  const wide = PATCH_GROUP << 3;
  const units = (c >> 2) * ((n + wide - 1) / wide);
  for (let unit = begin; unit < end; unit++) {
    const sums = du + (<usize> (unit * 36 * c * n) << 2);
    const start = unit * chunk * block, stop = min(start + chunk * block, tiles);
    for (let first = start; first < stop; first += block) {
      const count = min(block, stop - first);
      inputBlock(x, image, line, c, tilesY, tilesX, first, count, planes);
      const spread = planes + <usize> (36 * count * c) * 4;
      const plane = <usize> count * pixel;
      for (let t = 0; t < count; t++) {
        const tile = first + t;
        const row = tile / tilesX, b = row / tilesY;
        const y = (row - b * tilesY) << 2, x0 = (tile - row * tilesX) << 2;
        const rows = min(4, height - y), columns = min(4, width - x0);
        const from = dy + <usize> ((b * height + y) * width + x0) * pixel;
        const step = <usize> width * pixel;
        const to = spread + <usize> t * pixel;
        for (let at: usize = 0; at < pixel; at += 16) {
          for (let j = 0; j < 4; j++) {
            const p = from + <usize> j * pixel + at;
            let d0 = zero, d1 = zero, d2 = zero, d3 = zero;
            if (j < columns) {
              d0 = v128.load(p);
              if (rows > 1) d1 = v128.load(p + step);
              if (rows > 2) d2 = v128.load(p + 2 * step);
              if (rows > 3) d3 = v128.load(p + 3 * step);
            }
            spreadLine(d0, d1, d2, d3, lines + (<usize> j << 4), 64);
          }
          for (let i: usize = 0; i < 6; i++) {
            const l = lines + (i << 6);
            const d0 = v128.load(l), d1 = v128.load(l, 16), d2 = v128.load(l, 32);
            spreadLine(d0, d1, d2, v128.load(l, 48), to + at + 6 * i * plane, plane);
          }
        }
      }
      for (let i = 0; i < 36; i++) {
        const a = planes + (<usize> (i * count * c) << 2);
        const d = spread + (<usize> (i * count * n) << 2);
        const to = sums + (<usize> (i * c * n) << 2);
        const more = first > start ? 1 : 0;
        patchProduct(a, 0, 0, c << 2, d, 32, n << 2, 1, 1, count, 1, table, c, n, to, more, 0, units);

      }
    }
  }
}

/** to = Gᵀ · from: six vectors to three. */
// @ts-ignore: decorator
@inline
function foldLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const u0 = v128.load(from), u1 = v128.load(from + step), u2 = v128.load(from + 2 * step);
  const u3 = v128.load(from + 3 * step), u4 = v128.load(from + 4 * step);
  const u5 = v128.load(from + 5 * step);
  const sixth = f32x4.splat(1.0 / 6.0), s24 = f32x4.splat(1.0 / 24.0), s12 = f32x4.splat(1.0 / 12.0);
  const near = f32x4.mul(f32x4.add(u1, u2), sixth), far = f32x4.add(u3, u4);
  const first = f32x4.relaxed_madd(f32x4.splat(0.25), u0, f32x4.mul(s24, far));
  v128.store(to, f32x4.sub(first, near));
  const middle = f32x4.mul(f32x4.sub(u2, u1), sixth);
  v128.store(to + toStep, f32x4.relaxed_madd(s12, f32x4.sub(u3, u4), middle));
  v128.store(to + 2 * toStep, f32x4.add(f32x4.relaxed_madd(sixth, far, u5), f32x4.neg(near)));
}

/** dw [3, 3, c, n] = Gᵀ (Σ over chunks of du, in order) G. Units: rows of c. */
export function winogradFold(
  du: usize,
  chunks: i32,
  c: i32,
  n: i32,
  dw: usize,
  begin: i32,
  end: i32,
): void {
  const lines = scratch() + LINES, sums = scratch() + PLANES;
  const plane = (<usize> c * n) << 2;
  for (let unit = begin; unit < end; unit++) {
    for (let j = 0; j < n; j += 4) {
      const at = (<usize> (unit * n + j)) << 2;
      for (let i: usize = 0; i < 36; i++) {
        let p = du + i * plane + at;
        let sum = v128.load(p);
        for (let k = 1; k < chunks; k++) {
          p += 36 * plane;
          sum = f32x4.add(sum, v128.load(p));
        }
        v128.store(sums + (i << 4), sum);
      }
      for (let i: usize = 0; i < 6; i++) foldLine(sums + (i << 4), 96, lines + (i << 4), 96);
      for (let ky: usize = 0; ky < 3; ky++) {
        foldLine(lines + ky * 96, 16, dw + 3 * ky * plane + at, plane);
      }
    }
  }
}
