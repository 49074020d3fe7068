/** Exact sums over the 3 × 3 windows of each channel, of 16-bit integers, where the images lie without a frame. */
import { begun, ENTRY, ROWS, storeFour, storeReals, SUMS } from "./integer_end";
import { highs, lows } from "./integer_depthwise";
import { pairOf } from "./integer_pack";
import { scratch } from "../scratch";

/** Bytes of packed weights of eight channels: for each column of taps two vectors of pairs, two of the third line. */
const WEIGHTS: usize = 192;

/**
 * y[b, oy, ox, c] = Σ x[b, oy · stride − top + i, ox · stride − left + j, c] · w[i, j, c] over what lies inside images
 * [B, height, width, channels]; `w`: packed by `packWindow`. Then comes the end of `table` and `code` (./integer_end).
 * Units: rows of all outputs.
 */
export function integerWindow(
  x: usize,
  height: i32,
  width: i32,
  channels: i32,
  w: usize,
  stride: i32,
  top: i32,
  left: i32,
  out: usize,
  outHeight: i32,
  outWidth: i32,
  table: usize,
  code: i32,
  low: i32,
  high: i32,
  begin: i32,
  end: i32,
): void {
  const pixel = <usize> channels << 1, line = pixel * width;
  const shift = code > ROWS ? 1 : 2;
  const outPixel = <usize> channels << shift;
  const weights = scratch();
  for (let unit = begin; unit < end; unit++) {
    const image = unit / outHeight, y = (unit - image * outHeight) * stride - top;
    const above = x + line * (image * height);
    for (let c = 0; c < channels; c += 8) {
      // The weights of a line outside are zeros, and another line is read in its place.
      const first = above + (<usize> c << 1);
      const p0 = first + line * lineInside(y, height), p1 = first + line * lineInside(y + 1, height);
      const p2 = first + line * lineInside(y + 2, height);
      lineWeights(w + <usize> (c >> 3) * WEIGHTS, weights, y, height);
      const entry = table + ENTRY * (c >> 2), rest = channels - c;
      let q = out + outPixel * outWidth * unit + (<usize> c << shift);
      for (let ox = 0; ox < outWidth; ox += 4) {
        let t00 = begun(entry, code), t01 = begun(entry + ENTRY, code);
        let t10 = t00, t11 = t01, t20 = t00, t21 = t01, t30 = t00, t31 = t01;
        let x = ox * stride - left;
        for (let at = weights; at < weights + WEIGHTS; at += 64, x++) {
          const w0 = v128.load(at), w1 = v128.load(at, 16), w2 = v128.load(at, 32), w3 = v128.load(at, 48);
          if (<u32> (x) < <u32> width) {
            const at = <usize> (x) * pixel;
            const v0 = v128.load(p0 + at), v1 = v128.load(p1 + at), v2 = v128.load(p2 + at);
            t00 = i32x4.add(t00, i32x4.dot_i16x8_s(lows(v0, v1), w0));
            t01 = i32x4.add(t01, i32x4.dot_i16x8_s(highs(v0, v1), w1));
            t00 = i32x4.add(t00, i32x4.dot_i16x8_s(i32x4.extend_low_i16x8_u(v2), w2));
            t01 = i32x4.add(t01, i32x4.dot_i16x8_s(i32x4.extend_high_i16x8_u(v2), w3));
          }
          if (<u32> (x + stride) < <u32> width) {
            const at = <usize> (x + stride) * pixel;
            const v0 = v128.load(p0 + at), v1 = v128.load(p1 + at), v2 = v128.load(p2 + at);
            t10 = i32x4.add(t10, i32x4.dot_i16x8_s(lows(v0, v1), w0));
            t11 = i32x4.add(t11, i32x4.dot_i16x8_s(highs(v0, v1), w1));
            t10 = i32x4.add(t10, i32x4.dot_i16x8_s(i32x4.extend_low_i16x8_u(v2), w2));
            t11 = i32x4.add(t11, i32x4.dot_i16x8_s(i32x4.extend_high_i16x8_u(v2), w3));
          }
          if (<u32> (x + 2 * stride) < <u32> width) {
            const at = <usize> (x + 2 * stride) * pixel;
            const v0 = v128.load(p0 + at), v1 = v128.load(p1 + at), v2 = v128.load(p2 + at);
            t20 = i32x4.add(t20, i32x4.dot_i16x8_s(lows(v0, v1), w0));
            t21 = i32x4.add(t21, i32x4.dot_i16x8_s(highs(v0, v1), w1));
            t20 = i32x4.add(t20, i32x4.dot_i16x8_s(i32x4.extend_low_i16x8_u(v2), w2));
            t21 = i32x4.add(t21, i32x4.dot_i16x8_s(i32x4.extend_high_i16x8_u(v2), w3));
          }
          if (<u32> (x + 3 * stride) < <u32> width) {
            const at = <usize> (x + 3 * stride) * pixel;
            const v0 = v128.load(p0 + at), v1 = v128.load(p1 + at), v2 = v128.load(p2 + at);
            t30 = i32x4.add(t30, i32x4.dot_i16x8_s(lows(v0, v1), w0));
            t31 = i32x4.add(t31, i32x4.dot_i16x8_s(highs(v0, v1), w1));
            t30 = i32x4.add(t30, i32x4.dot_i16x8_s(i32x4.extend_low_i16x8_u(v2), w2));
            t31 = i32x4.add(t31, i32x4.dot_i16x8_s(i32x4.extend_high_i16x8_u(v2), w3));
          }
        }
        // Columns behind the last are computed and not stored: the last is stored again.
        const more = outWidth - 1 - ox;
        const q1 = q + outPixel * min(more, 1), q2 = q + outPixel * min(more, 2);
        const q3 = q + outPixel * min(more, 3);
        if (more < 1) t10 = t00, t11 = t01;
        if (more < 2) t20 = t10, t21 = t11;
        if (more < 3) t30 = t20, t31 = t21;
        if (code == SUMS) {
          storeReals(q, t00, t01, rest);
          storeReals(q1, t10, t11, rest);
          storeReals(q2, t20, t21, rest);
          storeReals(q3, t30, t31, rest);
        } else {
          storeFour(q, q1, q2, q3, t00, t01, t10, t11, t20, t21, t30, t31, rest, entry, code, low, high);
        }
        q += outPixel * 4;
      }
    }
  }
}

/** The line, or the nearest that is inside. */
@inline
function lineInside(y: i32, height: i32): i32 {
  return max(0, min(y, height - 1));
}

/** The weights of eight channels, zeros for those of the lines y … y + 2 that are outside. */
function lineWeights(from: usize, to: usize, y: i32, height: i32): void {
  const upper = <u32> y < <u32> height ? 0xffff : 0;
  const middle = <u32> (y + 1) < <u32> height ? 0xffff0000 : 0;
  const pairs = i32x4.splat(upper | middle), third = i32x4.splat(<u32> (y + 2) < <u32> height ? -1 : 0);
  for (let at: usize = 0; at < WEIGHTS; at += 64) {
    v128.store(to + at, v128.and(v128.load(from + at), pairs));
    v128.store(to + at, v128.and(v128.load(from + at, 16), pairs), 16);
    v128.store(to + at, v128.and(v128.load(from + at, 32), third), 32);
    v128.store(to + at, v128.and(v128.load(from + at, 48), third), 48);
  }
}

/**
 * Packs w [3, 3, channels], int32 of 16 bits: for each 8 channels and each column of taps 8 pairs of the upper two,
 * then 8 of the third and zero. Units: groups of 8 channels.
 */
export function packWindow(out: usize, w: usize, channels: i32, begin: i32, end: i32): void {
  const step = <usize> channels << 2;
  for (let group = begin; group < end; group++) {
    const rest = channels - (group << 3);
    let q = out + <usize> group * WEIGHTS;
    for (let k = 0; k < 3; k++, q += 64) {
      const p = w + step * k + (<usize> group << 5);
      v128.store(q, pairOf(p, 3 * step, true, rest));
      v128.store(q, pairOf(p + 16, 3 * step, true, rest - 4), 16);
      v128.store(q, pairOf(p + 6 * step, 0, false, rest), 32);
      v128.store(q, pairOf(p + 6 * step + 16, 0, false, rest - 4), 48);
    }
  }
}
