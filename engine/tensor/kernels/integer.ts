/**
 * Exact products of int32 with int32 accumulation that wraps, for models whose arithmetic is integers: over the
 * windows of NHWC images, cells outside the image count as 0 (callers take zero points off first). Units: images.
 */
import { storeLanes } from "./lanes";

/** y[b, oy, ox, o] = Σ x[b, iy, ix, c] · w[ky, kx, c, o]. A product of matrices is the case of 1 × 1 images. */
export function conv2dInteger(
  x: usize,
  w: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
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
  const outCell = <usize> outChannels << 2;
  for (let image = begin; image < end; image++) {
    const base = x + cell * width * height * image;
    let out = y + outCell * outWidth * outHeight * image;
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++, out += outCell) {
        // Sixteen outputs at a time stay in registers; what is left goes by four.
        for (let o = 0; o < outChannels;) {
          const count = outChannels - o;
          const wide = count > 12;
          let sum0 = i32x4.splat(0);
          let sum1 = i32x4.splat(0);
          let sum2 = i32x4.splat(0);
          let sum3 = i32x4.splat(0);
          for (let ky = 0; ky < sizeY; ky++) {
            const iy = oy * strideY - top + ky * dilationY;
            if (<u32> iy >= <u32> height) continue;
            for (let kx = 0; kx < sizeX; kx++) {
              const ix = ox * strideX - left + kx * dilationX;
              if (<u32> ix >= <u32> width) continue;
              let at = base + cell * (iy * width + ix);
              const last = at + cell;
              let weight = w + outCell * channels * (ky * sizeX + kx) + (<usize> o << 2);
              if (wide) {
                for (; at < last; at += 4, weight += outCell) {
                  const value = v128.load32_splat(at);
                  sum0 = i32x4.add(sum0, i32x4.mul(value, v128.load(weight)));
                  sum1 = i32x4.add(sum1, i32x4.mul(value, v128.load(weight, 16)));
                  sum2 = i32x4.add(sum2, i32x4.mul(value, v128.load(weight, 32)));
                  sum3 = i32x4.add(sum3, i32x4.mul(value, v128.load(weight, 48)));
                }
              } else {
                for (; at < last; at += 4, weight += outCell) {
                  const value = v128.load32_splat(at);
                  sum0 = i32x4.add(sum0, i32x4.mul(value, v128.load(weight)));
                }
              }
            }
          }
          const to = out + (<usize> o << 2);
          storeLanes(to, count, sum0);
          if (wide) {
            v128.store(to, sum1, 16);
            v128.store(to, sum2, 32);
            storeLanes(to + 48, count - 12, sum3);
          }
          o += wide ? 16 : 4;
        }
      }
    }
  }
}

/** y[b, oy, ox, c·M + m] = Σ x[b, iy, ix, c] · w[ky, kx, c, m]. */
export function depthwise2dInteger(
  x: usize,
  w: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  multiplier: i32,
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
  const outChannels = channels * multiplier;
  const outCell = <usize> outChannels << 2;
  for (let image = begin; image < end; image++) {
    const base = x + cell * width * height * image;
    let out = y + outCell * outWidth * outHeight * image;
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++, out += outCell) {
        for (let o = 0; o < outChannels; o += 4) {
          let sum = i32x4.splat(0);
          for (let ky = 0; ky < sizeY; ky++) {
            const iy = oy * strideY - top + ky * dilationY;
            if (<u32> iy >= <u32> height) continue;
            for (let kx = 0; kx < sizeX; kx++) {
              const ix = ox * strideX - left + kx * dilationX;
              if (<u32> ix >= <u32> width) continue;
              const at = base + cell * (iy * width + ix);
              const weight = w + outCell * (ky * sizeX + kx) + (<usize> o << 2);
              const values = multiplier == 1
                ? v128.load(at + (<usize> o << 2))
                : gather(at, o, multiplier, outChannels - 1);
              sum = i32x4.add(sum, i32x4.mul(values, v128.load(weight)));
            }
          }
          storeLanes(out + (<usize> o << 2), outChannels - o, sum);
        }
      }
    }
  }
}

/** The inputs of outputs o … o + 3; behind the last output, the last one's. */
function gather(at: usize, o: i32, multiplier: i32, last: i32): v128 {
  let values = i32x4.splat(0);
  values = v128.load32_lane(at + (<usize> (min(o, last) / multiplier) << 2), values, 0);
  values = v128.load32_lane(at + (<usize> (min(o + 1, last) / multiplier) << 2), values, 1);
  values = v128.load32_lane(at + (<usize> (min(o + 2, last) / multiplier) << 2), values, 2);
  return v128.load32_lane(at + (<usize> (min(o + 3, last) / multiplier) << 2), values, 3);
}
