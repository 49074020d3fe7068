/** Exact sums over the windows of each channel, of 16-bit integers, two taps at a time. */
import { begun, ENTRY, ROWS, storeFour, storeReals, SUMS } from "./integer_end";
import { pairOf } from "./integer_pack";

/**
 * y[b, oy, ox, c] = Σ x[b, iy, ix, c] · w[tap, c] over images that the windows do not leave (framed in zeros where
 * need be), [B, height, width, channels]. `taps`: pairs of byte offsets from a window's corner; `w`: packed by
 * `packTaps`. Then comes the end of `table` and `code` (./integer_end). Units: rows of all outputs.
 */
export function integerDepthwise(
  x: usize,
  height: i32,
  width: i32,
  channels: i32,
  taps: usize,
  pairs: i32,
  w: usize,
  strideY: i32,
  strideX: i32,
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
  const step = pixel * strideX;
  for (let unit = begin; unit < end; unit++) {
    const image = unit / outHeight, oy = unit - image * outHeight;
    const corner = x + line * (image * height + oy * strideY);
    const row = out + outPixel * outWidth * unit;
    for (let c = 0; c < channels; c += 8) {
      const weights = w + <usize> (c >> 3) * (<usize> pairs << 5);
      const entry = table + ENTRY * (c >> 2), left = channels - c;
      let p = corner + (<usize> c << 1), q = row + (<usize> c << shift);
      for (let ox = 0; ox < outWidth; ox += 4) {
        // Columns behind the last are the last again: computed twice, stored twice, the same bits.
        const more = outWidth - 1 - ox;
        const p1 = p + step * min(more, 1), p2 = p + step * min(more, 2);
        const p3 = p + step * min(more, 3);
        let t00 = begun(entry, code), t01 = begun(entry + ENTRY, code);
        let t10 = t00, t11 = t01, t20 = t00, t21 = t01, t30 = t00, t31 = t01;
        let tap = taps, at = weights;
        for (let k = pairs; k > 0; k--, tap += 8, at += 32) {
          const o0 = <usize> load<i32>(tap), o1 = <usize> load<i32>(tap, 4);
          const w0 = v128.load(at), w1 = v128.load(at, 16);
          let u = v128.load(p + o0), v = v128.load(p + o1);
          t00 = i32x4.add(t00, i32x4.dot_i16x8_s(lows(u, v), w0));
          t01 = i32x4.add(t01, i32x4.dot_i16x8_s(highs(u, v), w1));
          u = v128.load(p1 + o0);
          v = v128.load(p1 + o1);
          t10 = i32x4.add(t10, i32x4.dot_i16x8_s(lows(u, v), w0));
          t11 = i32x4.add(t11, i32x4.dot_i16x8_s(highs(u, v), w1));
          u = v128.load(p2 + o0);
          v = v128.load(p2 + o1);
          t20 = i32x4.add(t20, i32x4.dot_i16x8_s(lows(u, v), w0));
          t21 = i32x4.add(t21, i32x4.dot_i16x8_s(highs(u, v), w1));
          u = v128.load(p3 + o0);
          v = v128.load(p3 + o1);
          t30 = i32x4.add(t30, i32x4.dot_i16x8_s(lows(u, v), w0));
          t31 = i32x4.add(t31, i32x4.dot_i16x8_s(highs(u, v), w1));
        }
        const q1 = q + outPixel * min(more, 1), q2 = q + outPixel * min(more, 2);
        const q3 = q + outPixel * min(more, 3);
        if (code == SUMS) {
          storeReals(q, t00, t01, left);
          storeReals(q1, t10, t11, left);
          storeReals(q2, t20, t21, left);
          storeReals(q3, t30, t31, left);
        } else {
          storeFour(
            q,
            q1,
            q2,
            q3,
            t00,
            t01,
            t10,
            t11,
            t20,
            t21,
            t30,
            t31,
            left,
            entry,
            code,
            low,
            high,
          );
        }
        p += step * 4;
        q += outPixel * 4;
      }
    }
  }
}

/** The first four of both, in turn. */
@inline
export function lows(u: v128, v: v128): v128 {
  return v128.shuffle<i16>(u, v, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** The last four of both, in turn. */
@inline
export function highs(u: v128, v: v128): v128 {
  return v128.shuffle<i16>(u, v, 4, 12, 5, 13, 6, 14, 7, 15);
}

/**
 * Packs w [taps, channels], int32 of 16 bits: for each 8 channels and each two taps 8 pairs, zeros behind the last.
 * Units: groups of 8 channels.
 */
export function packTaps(out: usize, w: usize, taps: i32, channels: i32, begin: i32, end: i32): void {
  const step = <usize> channels << 2;
  let q = out + (<usize> (begin * ((taps + 1) >> 1)) << 5);
  for (let group = begin; group < end; group++) {
    const left = channels - (group << 3);
    let p = w + (<usize> group << 5);
    for (let i = 0; i < taps; i += 2, p += 2 * step, q += 32) {
      v128.store(q, pairOf(p, step, i + 1 < taps, left));
      v128.store(q, pairOf(p + 16, step, i + 1 < taps, left - 4), 16);
    }
  }
}
