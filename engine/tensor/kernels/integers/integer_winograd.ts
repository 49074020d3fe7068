/**
 * 3 × 3 convolutions of 16-bit integers at stride 1 by Winograd's F(4×4, 3×3), exactly. The filter's transform is
 * scaled by row to integers and the output's by 24, so that sums come out 576 = 9 · 64 times as large, modulo 2³²:
 * a product with the inverse of 9 and a shift give the sum itself where it is below 2²⁵. Blocks as in ../convolution/winograd; all
 * channel counts here are multiples of 8. An image's integers grow a hundredfold in its transform, those of a filter
 * 49-fold: they must stay below 2¹⁵.
 */
import { begun, ENTRY, ROWS, storeFour, storeReals, SUMS } from "./integer_end";
import { integerProduct } from "./integer_product";
import { scratch } from "../scratch";
import { LINES, TABLE } from "../convolution/winograd_input";

/** Lines of the transforms, 48 vectors; then the planes. */
const PLANES: usize = LINES + 48 * 16;

/** 9 times this is 1 modulo 2³². */
const NINTH: i32 = 0x38e38e39;

/** to = Bᵀ · from, for six vectors `step` and `toStep` bytes apart. */
// @ts-ignore: decorator
@inline
function inputLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const d0 = v128.load(from), d1 = v128.load(from + step), d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step), d4 = v128.load(from + 4 * step);
  const d5 = v128.load(from + 5 * step);
  const c = i16x8.sub(d4, d2), e = i16x8.sub(d3, d1);
  const f = i16x8.shl(i16x8.sub(d0, d2), 2), g = i16x8.shl(e, 2), h = i16x8.shl(e, 1);
  v128.store(to, i16x8.add(f, c));
  const a = i16x8.sub(d4, i16x8.shl(d2, 2)), b = i16x8.sub(d3, i16x8.shl(d1, 2));
  v128.store(to + toStep, i16x8.add(a, b));
  v128.store(to + 2 * toStep, i16x8.sub(a, b));
  v128.store(to + 3 * toStep, i16x8.add(c, h));
  v128.store(to + 4 * toStep, i16x8.sub(c, h));
  v128.store(to + 5 * toStep, i16x8.sub(i16x8.sub(d5, d3), g));
}

/** to = 24 · Aᵀ · from, `from` scaled as the filter is: six vectors to four. */
// @ts-ignore: decorator
@inline
function outputLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const m0 = v128.load(from), m1 = v128.load(from + step), m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step), m4 = v128.load(from + 4 * step);
  const m5 = v128.load(from + 5 * step);
  const s = i32x4.shl(i32x4.add(m1, m2), 2), u = i32x4.shl(i32x4.sub(m1, m2), 2);
  const v = i32x4.add(m3, m4), w = i32x4.sub(m3, m4);
  const six = i32x4.add(i32x4.shl(m0, 2), i32x4.shl(m0, 1));
  const twice = i32x4.add(i32x4.shl(m5, 4), i32x4.shl(m5, 3));
  v128.store(to, i32x4.add(i32x4.add(six, s), v));
  v128.store(to + toStep, i32x4.add(u, i32x4.shl(w, 1)));
  v128.store(to + 2 * toStep, i32x4.add(s, i32x4.shl(v, 2)));
  v128.store(to + 3 * toStep, i32x4.add(i32x4.add(u, i32x4.shl(w, 3)), twice));
}

/** A sum that came out 576 times as large, and what sums begin with. */
// @ts-ignore: decorator
@inline
function sumAt(p: usize, bias: v128): v128 {
  return i32x4.add(i32x4.shr_s(i32x4.mul(v128.load(p), i32x4.splat(NINTH)), 6), bias);
}

/**
 * out = conv(x, w) through the end of `table` and `code` (./integer_end), any but ROWS. x: framed images, `image` and
 * `line` bytes apart, of at least 4·tilesY + 2 by 4·tilesX + 2 pixels; `u`: w by `integerWinogradFilter`; out: images
 * [height, width] of n channels, `ob` and `oy` bytes apart. Units: blocks of `block` tiles.
 */
export function integerWinograd(
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
  epilogue: usize,
  code: i32,
  low: i32,
  high: i32,
  block: i32,
  begin: i32,
  end: i32,
): void {
  const tiles = images * tilesY * tilesX;
  const lines = scratch() + LINES, offsets = scratch() + TABLE, planes = scratch() + PLANES;
  const cell = <usize> c << 1, column = <usize> n << 2;
  const panelBytes = <usize> ((n >> 3) * (c >> 1)) << 5;
  const shift = code > ROWS ? 1 : 2;
  const pixel = <usize> n << shift;
  store<i32>(offsets, 0);
  for (let unit = begin; unit < end; unit++) {
    const first = unit * block, count = min(block, tiles - first);
    const plane = cell * count;
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const row = tile / tilesX, b = row / tilesY;
      const ty = row - b * tilesY, tx = tile - row * tilesX;
      const p = x + b * image + 4 * ty * line + <usize> (4 * tx) * cell;
      const v = planes + <usize> t * cell;
      for (let at: usize = 0; at < cell; at += 16) {
        for (let j: usize = 0; j < 6; j++) inputLine(p + at + j * cell, line, lines + (j << 4), 96);
        for (let i: usize = 0; i < 6; i++) {
          inputLine(lines + i * 96, 16, v + at + 6 * i * plane, plane);
        }
      }
    }
    const products = planes + 36 * plane;
    const product = column * count;
    for (let i: usize = 0; i < 36; i++) {
      integerProduct(
        planes + i * plane,
        0,
        0,
        <i32> cell,
        count,
        1,
        count,
        offsets,
        1,
        c >> 1,
        u + i * panelBytes,
        n,
        products + i * product,
        0,
        0,
        <i32> column,
        0,
        SUMS,
        0,
        0,
        0,
        0,
        (count + 3) >> 2,
      );
    }
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const row = tile / tilesX, b = row / tilesY;
      const y = (row - b * tilesY) << 2, x0 = (tile - row * tilesX) << 2;
      const rows = min(4, height - y), last = min(4, width - x0) - 1;
      const to = out + b * ob + y * oy + <usize> x0 * pixel;
      const from = products + <usize> t * column;
      for (let c8 = 0; c8 < n; c8 += 8) {
        const at = from + (<usize> c8 << 2);
        for (let j: usize = 0; j < 6; j++) {
          outputLine(at + j * product, 6 * product, lines + (j << 4), 192);
          outputLine(at + 16 + j * product, 6 * product, lines + 96 + (j << 4), 192);
        }
        const entry = epilogue + ENTRY * (c8 >> 2);
        const b0 = begun(entry, code), b1 = begun(entry + ENTRY, code);
        for (let i = 0; i < rows; i++) {
          // In place: what a line makes is shorter than the line.
          const l = lines + <usize> i * 192;
          outputLine(l, 16, l, 16);
          outputLine(l + 96, 16, l + 96, 16);
          const t00 = sumAt(l, b0), t01 = sumAt(l + 96, b1);
          const t10 = sumAt(l + 16, b0), t11 = sumAt(l + 112, b1);
          const t20 = sumAt(l + 32, b0), t21 = sumAt(l + 128, b1);
          const t30 = sumAt(l + 48, b0), t31 = sumAt(l + 144, b1);
          const q0 = to + i * oy + (<usize> c8 << shift);
          // Columns behind the last are the last again.
          const q1 = q0 + pixel * min(last, 1), q2 = q0 + pixel * min(last, 2);
          const q3 = q0 + pixel * last;
          const s1 = last >= 1, s2 = last >= 2, s3 = last >= 3;
          const v10 = s1 ? t10 : t00, v11 = s1 ? t11 : t01;
          const v20 = s2 ? t20 : v10, v21 = s2 ? t21 : v11;
          const v30 = s3 ? t30 : v20, v31 = s3 ? t31 : v21;
          if (code == SUMS) {
            storeReals(q0, t00, t01, 8);
            storeReals(q1, v10, v11, 8);
            storeReals(q2, v20, v21, 8);
            storeReals(q3, v30, v31, 8);
          } else {
            storeFour(
              q0,
              q1,
              q2,
              q3,
              t00,
              t01,
              v10,
              v11,
              v20,
              v21,
              v30,
              v31,
              8,
              entry,
              code,
              low,
              high,
            );
          }
        }
      }
    }
  }
}

/** Element i of G · g, scaled to integers. */
// @ts-ignore: decorator
@inline
function filtered(i: i32, g0: i32, g1: i32, g2: i32): i32 {
  if (i == 0) return g0;
  if (i == 1) return -(g0 + g1 + g2);
  if (i == 2) return g1 - g0 - g2;
  if (i == 3) return g0 + 2 * g1 + 4 * g2;
  if (i == 4) return g0 - 2 * g1 + 4 * g2;
  return g2;
}

/** u: w [3, 3, c, n], int32, transformed to 36 right sides as `packPairs` packs them. Units: eights of outputs. */
export function integerWinogradFilter(
  u: usize,
  w: usize,
  c: i32,
  n: i32,
  begin: i32,
  end: i32,
): void {
  const tap = <usize> (c * n) << 2;
  const plane = <usize> ((n >> 3) * (c >> 1)) << 5;
  for (let panel = begin; panel < end; panel++) {
    for (let k = 0; k < c; k++) {
      for (let j = 0; j < 8; j++) {
        const p = w + (<usize> (k * n + (panel << 3) + j) << 2);
        const q = u + (<usize> (panel * (c >> 1) + (k >> 1)) << 5) + (<usize> ((j << 1) + (k & 1)) << 1);
        for (let i = 0; i < 6; i++) {
          const h0 = filtered(i, load<i32>(p), load<i32>(p + 3 * tap), load<i32>(p + 6 * tap));
          const h1 = filtered(i, load<i32>(p + tap), load<i32>(p + 4 * tap), load<i32>(p + 7 * tap));
          const h2 = filtered(i, load<i32>(p + 2 * tap), load<i32>(p + 5 * tap), load<i32>(p + 8 * tap));
          for (let m = 0; m < 6; m++) {
            store<i16>(q + plane * <usize> (6 * i + m), <i16> filtered(m, h0, h1, h2));
          }
        }
      }
    }
  }
}
