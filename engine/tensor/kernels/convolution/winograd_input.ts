/** The transform of the image that Winograd's convolution and its filter's gradient share, and their scratch memory. */
import { scratch, TRANSFORM } from "../scratch";

/** Scratch: 0 … a table of offsets, then lines of the transforms, then the planes. */
export const TABLE: usize = TRANSFORM;
export const LINES: usize = TRANSFORM + 16384;
export const PLANES: usize = LINES + 36 * 16;

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
export function inputBlock(
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
