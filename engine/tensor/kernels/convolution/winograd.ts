/**
 * 3 × 3 convolutions at stride 1 by Winograd's F(4×4, 3×3) (Lavin and Gray 2016, "Fast algorithms for convolutional
 * neural networks", with the points 0, ±1, ±2, ∞): 36 multiplications make 16 outputs of 9 products each. Tiles of 4 × 4
 * outputs are taken in blocks; the 36 transformed planes of a block stay in the second cache between the transforms and
 * their products. A tile's bits do not depend on its block.
 *
 * All channel counts here are multiples of 4.
 */
import { finish } from "../products/epilogue";
import { gatherProduct } from "../products/product";
import { scratch } from "../scratch";
import { inputBlock, LINES, PLANES, TABLE } from "./winograd_input";

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
 * out = conv(x, w) through the epilogue of `epilogue` and `code`. x: framed images, `image` and `line` bytes apart, of at least 4·tilesY + 2 by
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
  epilogue: usize,
  code: i32,
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
        for (let i = 0; i < rows; i++) {
          outputLine(lines + <usize> i * 96, 16, lines + 576 - 96, 16);
          const q = to + i * oy + at;
          for (let j = 0; j < columns; j++) {
            const v = v128.load(lines + 480 + (<usize> j << 4));
            v128.store(q + <usize> j * pixel, finish(v, epilogue, code, at, 4));
          }
        }
      }
    }
  }
}
