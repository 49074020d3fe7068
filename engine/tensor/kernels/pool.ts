/**
 * Pooling over windows of NHWC images, and its gradients. Cells of a window that lie outside the image do not take
 * part: they are never the maximum and do not count in the mean. Units: images.
 */
import { storeLanes } from "./lanes";

/** The largest cell; the first of equals, and never NaN while there is a number, as tfjs has it. */
export function maxPool(
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
  const row = cell * width;
  for (let image = begin; image < end; image++) {
    const base = x + row * height * image;
    let out = y + cell * outWidth * outHeight * image;
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++, out += cell) {
        const y0 = oy * strideY - top;
        const x0 = ox * strideX - left;
        for (let c = 0; c < channels; c += 4) {
          const count = channels - c;
          const at = base + (<usize> c << 2);
          let best = f32x4.splat(-Infinity);
          for (let ky = 0; ky < sizeY; ky++) {
            const iy = y0 + ky * dilationY;
            if (<u32> iy >= <u32> height) continue;
            for (let kx = 0; kx < sizeX; kx++) {
              const ix = x0 + kx * dilationX;
              if (<u32> ix >= <u32> width) continue;
              best = f32x4.pmax(best, v128.load(at + row * iy + cell * ix));
            }
          }
          storeLanes(out + (<usize> c << 2), count, best);
        }
      }
    }
  }
}

/** dx of `maxPool`: each dy goes to the first cell that held its maximum. */
export function maxPoolGradient(
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
  for (let image = begin; image < end; image++) {
    const base = row * height * image;
    memory.fill(dx + base, 0, row * height);
    let from = dy + cell * outWidth * outHeight * image;
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++, from += cell) {
        const y0 = oy * strideY - top;
        const x0 = ox * strideX - left;
        for (let c = 0; c < channels; c += 4) {
          const count = channels - c;
          const offset = base + (<usize> c << 2);
          let best = f32x4.splat(-Infinity);
          let winner = i32x4.splat(-1);
          for (let ky = 0; ky < sizeY; ky++) {
            const iy = y0 + ky * dilationY;
            if (<u32> iy >= <u32> height) continue;
            for (let kx = 0; kx < sizeX; kx++) {
              const ix = x0 + kx * dilationX;
              if (<u32> ix >= <u32> width) continue;
              const value = v128.load(x + offset + row * iy + cell * ix);
              const better = f32x4.lt(best, value);
              best = v128.bitselect(value, best, better);
              winner = v128.bitselect(i32x4.splat(ky * sizeX + kx), winner, better);
            }
          }
          const gradient = v128.load(from + (<usize> c << 2));
          for (let ky = 0; ky < sizeY; ky++) {
            const iy = y0 + ky * dilationY;
            if (<u32> iy >= <u32> height) continue;
            for (let kx = 0; kx < sizeX; kx++) {
              const ix = x0 + kx * dilationX;
              if (<u32> ix >= <u32> width) continue;
              const at = dx + offset + row * iy + cell * ix;
              const won = i32x4.eq(winner, i32x4.splat(ky * sizeX + kx));
              storeLanes(at, count, f32x4.add(v128.load(at), v128.and(gradient, won)));
            }
          }
        }
      }
    }
  }
}

/** The mean of the cells inside the image. */
export function averagePool(
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
  const row = cell * width;
  for (let image = begin; image < end; image++) {
    const base = x + row * height * image;
    let out = y + cell * outWidth * outHeight * image;
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++, out += cell) {
        const y0 = oy * strideY - top;
        const x0 = ox * strideX - left;
        for (let c = 0; c < channels; c += 4) {
          const at = base + (<usize> c << 2);
          let total = f32x4.splat(0);
          let cells = 0;
          for (let ky = 0; ky < sizeY; ky++) {
            const iy = y0 + ky * dilationY;
            if (<u32> iy >= <u32> height) continue;
            for (let kx = 0; kx < sizeX; kx++) {
              const ix = x0 + kx * dilationX;
              if (<u32> ix >= <u32> width) continue;
              total = f32x4.add(total, v128.load(at + row * iy + cell * ix));
              cells++;
            }
          }
          const mean = f32x4.div(total, f32x4.splat(<f32> cells));
          storeLanes(out + (<usize> c << 2), channels - c, mean);
        }
      }
    }
  }
}

/** dx of `averagePool`. */
export function averagePoolGradient(
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
  for (let image = begin; image < end; image++) {
    const base = dx + row * height * image;
    memory.fill(base, 0, row * height);
    let from = dy + cell * outWidth * outHeight * image;
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = oy * strideY - top;
      const rows = inside(y0, sizeY, dilationY, height);
      for (let ox = 0; ox < outWidth; ox++, from += cell) {
        const x0 = ox * strideX - left;
        const cells = f32x4.splat(<f32> (rows * inside(x0, sizeX, dilationX, width)));
        for (let c = 0; c < channels; c += 4) {
          const share = f32x4.div(v128.load(from + (<usize> c << 2)), cells);
          for (let ky = 0; ky < sizeY; ky++) {
            const iy = y0 + ky * dilationY;
            if (<u32> iy >= <u32> height) continue;
            for (let kx = 0; kx < sizeX; kx++) {
              const ix = x0 + kx * dilationX;
              if (<u32> ix >= <u32> width) continue;
              const at = base + row * iy + cell * ix + (<usize> c << 2);
              storeLanes(at, channels - c, f32x4.add(v128.load(at), share));
            }
          }
        }
      }
    }
  }
}

/** How many of `size` positions from `start` on, `dilation` apart, lie in 0 … limit − 1. */
function inside(start: i32, size: i32, dilation: i32, limit: i32): i32 {
  let count = 0;
  for (let k = 0; k < size; k++) {
    if (<u32> (start + k * dilation) < <u32> limit) count++;
  }
  return count;
}

/** Rows of a partial sum: short enough for float32, long enough to pay. */
const RUN = 32;

/** The mean over an image's cells, [cells, channels] → [channels]; in runs, so that rounding does not pile up. */
export function globalAveragePool(
  x: usize,
  y: usize,
  cells: i32,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const cell = <usize> channels << 2;
  for (let image = begin; image < end; image++) {
    const base = x + cell * cells * image;
    for (let c = 0; c < channels; c += 4) {
      const offset = <usize> c << 2;
      let total = f32x4.splat(0);
      for (let first = 0; first < cells; first += RUN) {
        const last = min(first + RUN, cells);
        let part = f32x4.splat(0);
        for (let i = first; i < last; i++) {
          part = f32x4.add(part, v128.load(base + cell * i + offset));
        }
        total = f32x4.add(total, part);
      }
      const mean = f32x4.div(total, f32x4.splat(<f32> cells));
      storeLanes(y + cell * image + offset, channels - c, mean);
    }
  }
}

/** dx of `globalAveragePool`. */
export function globalAveragePoolGradient(
  dy: usize,
  dx: usize,
  cells: i32,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const cell = <usize> channels << 2;
  const divisor = f32x4.splat(<f32> cells);
  for (let image = begin; image < end; image++) {
    const base = dx + cell * cells * image;
    for (let c = 0; c < channels; c += 4) {
      const offset = <usize> c << 2;
      const share = f32x4.div(v128.load(dy + cell * image + offset), divisor);
      for (let i = 0; i < cells; i++) storeLanes(base + cell * i + offset, channels - c, share);
    }
  }
}
