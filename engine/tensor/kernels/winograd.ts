/**
 * 3 × 3 convolutions at stride 1 by Winograd's F(4×4, 3×3) (Lavin and Gray 2016, "Fast algorithms for convolutional
 * neural networks", with the points 0, ±1, ±2, ∞): 36 multiplications make 16 outputs of 9 products each. Tiles of 4 × 4
 * outputs are taken in blocks; the 36 transformed planes of a block stay in the second cache between the transforms and
 * their products. A tile's bits do not depend on its block.
 *
 * All channel counts here are multiples of 4.
 */
import { clampActivation } from "./panel";
import { patchProduct } from "./patch_product";
import { gatherProduct } from "./product";
import { scratch, TRANSFORM } from "./scratch";

/** Scratch: 0 … a table of offsets, then lines of the transforms, then the planes. */
const TABLE: usize = TRANSFORM;
const LINES: usize = TRANSFORM + 16384;
const PLANES: usize = LINES + 36 * 16;

/** to = Bᵀ · from, for six vectors `step` and `toStep` bytes apart. */
// @ts-ignore: decorator
@inline
function inputLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const d0 = v128.load(from), d1 = v128.load(from + step), d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step), d4 = v128.load(from + 4 * step);
  const d5 = v128.load(from + 5 * step);
  const four = f32x4.splat(4), five = f32x4.splat(5), two = f32x4.splat(2);
  v128.store(to, f32x4.relaxed_madd(four, d0, f32x4.relaxed_nmadd(five, d2, d4)));
  const a = f32x4.relaxed_nmadd(four, d2, d4), b = f32x4.relaxed_nmadd(four, d1, d3);
  v128.store(to + toStep, f32x4.add(a, b));
  v128.store(to + 2 * toStep, f32x4.sub(a, b));
  const c = f32x4.sub(d4, d2), e = f32x4.sub(d3, d1);
  v128.store(to + 3 * toStep, f32x4.relaxed_madd(two, e, c));
  v128.store(to + 4 * toStep, f32x4.relaxed_nmadd(two, e, c));
  v128.store(to + 5 * toStep, f32x4.relaxed_madd(four, d1, f32x4.relaxed_nmadd(five, d3, d5)));
}

/** The 6 × 6 pixels at `p` of channels c … c+3 into the 36 planes at `v`, `plane` bytes apart. */
// @ts-ignore: decorator
@inline
function inputTile(p: usize, line: usize, pixel: usize, v: usize, plane: usize): void {
  const lines = scratch() + LINES;
  for (let j: usize = 0; j < 6; j++) inputLine(p + j * pixel, line, lines + (j << 4), 96);
  for (let i: usize = 0; i < 6; i++) inputLine(lines + i * 96, 16, v + 6 * i * plane, plane);
}

/** Transforms `count` tiles from the `first` on: framed images x → planes [36][count][c]. */
function inputBlock(
  x: usize,
  image: i32,
  line: i32,
  c: i32,
  tilesY: i32,
  tilesX: i32,
  first: i32,
  count: i32,
  planes: usize,
): void {
  const pixel = <usize> c << 2;
  const plane = <usize> count * pixel;
  for (let t = 0; t < count; t++) {
    const tile = first + t;
    const row = tile / tilesX, b = row / tilesY;
    const ty = row - b * tilesY, tx = tile - row * tilesX;
    const p = x + b * image + 4 * ty * line + <usize> (4 * tx) * pixel;
    const v = planes + <usize> t * pixel;
    for (let at: usize = 0; at < pixel; at += 16) inputTile(p + at, line, pixel, v + at, plane);
  }
}

/** to = Aᵀ · from: six vectors to four. */
// @ts-ignore: decorator
@inline
function outputLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const m0 = v128.load(from), m1 = v128.load(from + step), m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step), m4 = v128.load(from + 4 * step);
  const m5 = v128.load(from + 5 * step);
  const s = f32x4.add(m1, m2), u = f32x4.sub(m1, m2), v = f32x4.add(m3, m4), w = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, s), v));
  v128.store(to + toStep, f32x4.relaxed_madd(f32x4.splat(2), w, u));
  v128.store(to + 2 * toStep, f32x4.relaxed_madd(f32x4.splat(4), v, s));
  v128.store(to + 3 * toStep, f32x4.relaxed_madd(f32x4.splat(8), w, f32x4.add(u, m5)));
}

/**
 * out = activation(conv(x, w) + bias). x: framed images, `image` and `line` bytes apart, of at least 4·tilesY + 2 by
 * 4·tilesX + 2 pixels; `u`: w transformed by `winogradFilter`; out: images [height, width] of n channels, `ob` and
 * `oy` bytes apart. Units: blocks of `block` tiles.
 */
export function winograd(
  x: usize,
  images: i32,
  image: i32,
  line: i32,
  c: i32,
  tilesY: i32,
  tilesX: i32,
  u: usize,
  n: i32,
  out: usize,
  ob: i32,
  oy: i32,
  height: i32,
  width: i32,
  bias: usize,
  activation: i32,
  block: i32,
  begin: i32,
  end: i32,
): void {
  const tiles = images * tilesY * tilesX;
  const lines = scratch() + LINES, table = scratch() + TABLE, planes = scratch() + PLANES;
  const pixel = <usize> n << 2;
  const panelBytes = ((n + 7) >> 3) * c << 5;
  store<i32>(table, 0);
  for (let unit = begin; unit < end; unit++) {
    const first = unit * block, count = min(block, tiles - first);
    inputBlock(x, image, line, c, tilesY, tilesX, first, count, planes);
    const products = planes + <usize> (36 * count * c) * 4;
    for (let i = 0; i < 36; i++) {
      gatherProduct(
        planes + (<usize> (i * count * c) << 2),
        0,
        0,
        c << 2,
        count,
        1,
        count,
        table,
        1,
        c,
        u + <usize> (i * panelBytes),
        n,
        products + (<usize> (i * count * n) << 2),
        0,
        0,
        n << 2,
        0,
        0,
        0,
        0,
        (count + 3) >> 2,
      );
    }
    const plane = <usize> count * pixel;
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const row = tile / tilesX, b = row / tilesY;
      const y = (row - b * tilesY) << 2, x0 = (tile - row * tilesX) << 2;
      const rows = min(4, height - y), columns = min(4, width - x0);
      const to = out + b * ob + y * oy + <usize> x0 * pixel;
      const from = products + <usize> t * pixel;
      for (let at: usize = 0; at < pixel; at += 16) {
        for (let j: usize = 0; j < 6; j++) {
          outputLine(from + at + j * plane, 6 * plane, lines + (j << 4), 96);
        }
        const e = bias ? v128.load(bias + at) : f32x4.splat(0);
        for (let i = 0; i < rows; i++) {
          outputLine(lines + <usize> i * 96, 16, lines + 576 - 96, 16);
          const q = to + i * oy + at;
          for (let j = 0; j < columns; j++) {
            const v = f32x4.add(v128.load(lines + 480 + (<usize> j << 4)), e);
            v128.store(q + <usize> j * pixel, clampActivation(v, activation));
          }
        }
      }
    }
  }
}

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
  const units = (c >> 2) * ((n + 7) >> 3);
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
