/**
 * Pooling over windows of NHWC images, and its gradients. Cells of a window that lie outside the image do not take
 * part: they are never the maximum and do not count in the mean. Units: images.
 */
import { storeLanes } from "../lanes";
import { clipFrom, clipTo } from "./window";

class Largest {
  @inline
  start(): f32 {
    return -Infinity;
  }
  /** The first of equals, and never NaN while there is a number, as tfjs has it. */
  @inline
  of(total: v128, value: v128): v128 {
    return f32x4.pmax(total, value);
  }
  @inline
  end(total: v128, _cells: i32): v128 {
    return total;
  }
}

class Mean {
  @inline
  start(): f32 {
    return 0;
  }
  @inline
  of(total: v128, value: v128): v128 {
    return f32x4.add(total, value);
  }
  @inline
  end(total: v128, cells: i32): v128 {
    return f32x4.div(total, f32x4.splat(<f32> cells));
  }
}

/** y = the largest cell of each window (`mean` 0) or the cells' mean (`mean` 1). */
export function pool(
  mean: i32,
  x: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  sizeY: i32,
  sizeX: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
  dilationY: i32,
  dilationX: i32,
  begin: i32,
  end: i32,
): void {
  const cell = <usize> channels << 2;
  const image = cell * width * height;
  const outRow = cell * outWidth;
  for (let u = begin; u < end; u++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = oy * strideY - top;
      const ky = clipFrom(y0, dilationY);
      const rows = clipTo(y0, sizeY, dilationY, height) - ky;
      const line = x + image * u + cell * width * (y0 + ky * dilationY);
      const out = y + outRow * (u * outHeight + oy);
      const step = cell * width * dilationY;
      if (mean) {
        poolRow<Mean>(line, out, width, channels, outWidth, rows, step, sizeX, strideX, left, dilationX);
      } else {
        poolRow<Largest>(line, out, width, channels, outWidth, rows, step, sizeX, strideX, left, dilationX);
      }
    }
  }
}

/** One row of outputs; the windows' cells lie in `rows` rows from `line` on, `rowStep` bytes apart. */
function poolRow<F>(
  line: usize,
  out: usize,
  width: i32,
  channels: i32,
  outWidth: i32,
  rows: i32,
  rowStep: usize,
  sizeX: i32,
  strideX: i32,
  left: i32,
  dilationX: i32,
): void {
  const f = changetype<F>(0);
  const cell = <usize> channels << 2;
  const cellStep = cell * dilationX;
  for (let ox = 0; ox < outWidth; ox++, out += cell) {
    const x0 = ox * strideX - left;
    const kx = clipFrom(x0, dilationX);
    const columns = clipTo(x0, sizeX, dilationX, width) - kx;
    const first = line + cell * (x0 + kx * dilationX);
    for (let c = 0; c < channels; c += 4) {
      const offset = <usize> c << 2;
      let total = f32x4.splat(f.start());
      let at = first + offset;
      for (let i = 0; i < rows; i++, at += rowStep) {
        let place = at;
        for (let j = 0; j < columns; j++, place += cellStep) total = f.of(total, v128.load(place));
      }
      storeLanes(out + offset, channels - c, f.end(total, max(rows, 0) * max(columns, 0)));
    }
  }
}

/** dx of `pool`: each dy to the first cell that held the maximum, or in equal shares to all cells. */
export function poolGradient(
  mean: i32,
  x: usize,
  dy: usize,
  dx: usize,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  sizeY: i32,
  sizeX: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
  dilationY: i32,
  dilationX: i32,
  begin: i32,
  end: i32,
): void {
  const cell = <usize> channels << 2;
  const row = cell * width;
  const rowStep = row * dilationY;
  const cellStep = cell * dilationX;
  const halving = !mean && sizeY == 2 && sizeX == 2 && strideY == 2 && strideX == 2 &&
    dilationY == 1 && dilationX == 1 && top == 0 && left == 0 &&
    outHeight == height >> 1 && outWidth == width >> 1;
  for (let u = begin; u < end; u++) {
    const image = row * height * u;
    if (halving) {
      halve(x + image, dy + cell * outWidth * outHeight * u, dx + image, height, width, channels);
      continue;
    }
    memory.fill(dx + image, 0, row * height);
    let from = dy + cell * outWidth * outHeight * u;
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = oy * strideY - top;
      const ky = clipFrom(y0, dilationY);
      const rows = clipTo(y0, sizeY, dilationY, height) - ky;
      for (let ox = 0; ox < outWidth; ox++, from += cell) {
        const x0 = ox * strideX - left;
        const kx = clipFrom(x0, dilationX);
        const columns = clipTo(x0, sizeX, dilationX, width) - kx;
        const first = image + row * (y0 + ky * dilationY) + cell * (x0 + kx * dilationX);
        for (let c = 0; c < channels; c += 4) {
          const offset = <usize> c << 2;
          const gradient = v128.load(from + offset);
          const at = first + offset;
          const count = channels - c;
          if (mean) share(dx + at, gradient, count, rows, columns, rowStep, cellStep);
          else award(x + at, dx + at, gradient, count, rows, columns, rowStep, cellStep);
        }
      }
    }
  }
}

@inline
function share(
  dx: usize,
  gradient: v128,
  count: i32,
  rows: i32,
  columns: i32,
  rowStep: usize,
  cellStep: usize,
): void {
  const part = f32x4.div(gradient, f32x4.splat(<f32> (rows * columns)));
  for (let i = 0; i < rows; i++, dx += rowStep) {
    let place = dx;
    for (let j = 0; j < columns; j++, place += cellStep) {
      storeLanes(place, count, f32x4.add(v128.load(place), part));
    }
  }
}

@inline
function award(
  x: usize,
  dx: usize,
  gradient: v128,
  count: i32,
  rows: i32,
  columns: i32,
  rowStep: usize,
  cellStep: usize,
): void {
  // The winner is known by its number; counting needs no constant built in the loop.
  const one = i32x4.splat(rows > 0 ? 1 : 0);
  let best = f32x4.splat(-Infinity);
  let winner = i32x4.splat(0);
  let number = i32x4.splat(0);
  for (let i = 0; i < rows; i++, x += rowStep) {
    let place = x;
    for (let j = 0; j < columns; j++, place += cellStep) {
      const value = v128.load(place);
      const better = f32x4.lt(best, value);
      number = i32x4.add(number, one);
      best = v128.bitselect(value, best, better);
      winner = v128.bitselect(number, winner, better);
    }
  }
  number = i32x4.splat(0);
  for (let i = 0; i < rows; i++, dx += rowStep) {
    let place = dx;
    for (let j = 0; j < columns; j++, place += cellStep) {
      number = i32x4.add(number, one);
      const won = v128.and(gradient, i32x4.eq(winner, number));
      storeLanes(place, count, f32x4.add(v128.load(place), won));
    }
  }
}

/** One image of the commonest gradient, of the maximum over 2 × 2 cells, each written once. */
function halve(x: usize, dy: usize, dx: usize, height: i32, width: i32, channels: i32): void {
  const cell = <usize> channels << 2;
  const row = cell * width;
  const lowest = f32x4.splat(-Infinity);
  for (let oy = 0; oy < height >> 1; oy++) {
    for (let ox = 0; ox < width >> 1; ox++, dy += cell) {
      const first = row * (2 * oy) + cell * (2 * ox);
      for (let c = 0; c < channels; c += 4) {
        const count = channels - c;
        const at = first + (<usize> c << 2);
        const from = x + at;
        const to = dx + at;
        const v0 = v128.load(from);
        const v1 = v128.load(from + cell);
        const v2 = v128.load(from + row);
        const v3 = v128.load(from + row + cell);
        const g = v128.load(dy + (<usize> c << 2));
        // A cell wins if it beats those before it and none after it beats the best so far.
        const b0 = f32x4.pmax(lowest, v0);
        const b1 = f32x4.pmax(b0, v1);
        const b2 = f32x4.pmax(b1, v2);
        const w3 = f32x4.lt(b2, v3);
        const w2 = v128.andnot(f32x4.lt(b1, v2), w3);
        const later2 = v128.or(w3, f32x4.lt(b1, v2));
        const w1 = v128.andnot(f32x4.lt(b0, v1), later2);
        const later1 = v128.or(later2, f32x4.lt(b0, v1));
        const w0 = v128.andnot(f32x4.lt(lowest, v0), later1);
        storeLanes(to, count, v128.and(g, w0));
        storeLanes(to + cell, count, v128.and(g, w1));
        storeLanes(to + row, count, v128.and(g, w2));
        storeLanes(to + row + cell, count, v128.and(g, w3));
      }
    }
  }
  // What the windows leave over at the right and at the bottom.
  if (width & 1) {
    for (let iy = 0; iy < height; iy++) memory.fill(dx + row * (iy + 1) - cell, 0, cell);
  }
  if (height & 1) memory.fill(dx + row * (height - 1), 0, row);
}
