/** Rows of depthwise 3 × 3 windows where no tap lies outside to the left or right. */
import { finish, highest, lowest, NORM, normed } from "../products/epilogue";

/** Whether the taps are 3 × 3 neighbours, from the upper left to the lower right. */
export function isGrid(taps: usize, tapCount: i32): bool {
  if (tapCount != 9) return false;
  const dy = load<i32>(taps), dx = load<i32>(taps, 4);
  for (let t = 0; t < 9; t++) {
    const tap = taps + <usize> (t * 12);
    if (load<i32>(tap) != dy + t / 3 || load<i32>(tap, 4) != dx + t % 3) return false;
  }
  return true;
}

/**
 * The columns first … after−1 of one output row for a 3 × 3 grid that does not hang over to the left or right: the nine
 * weights of four channels stay in registers, and up to four outputs share what they load. The breaks, never taken, keep
 * the optimizer from pulling the steps together, which would spill. The order of the taps is that of `depthwiseGather`.
 */
export function gridRow(
  base: usize,
  height: i32,
  width: i32,
  channels: i32,
  taps: usize,
  w: usize,
  table: usize,
  code: i32,
  y: i32,
  sx: i32,
  out: usize,
  ox: i32,
  first: i32,
  after: i32,
): void {
  const pixel = <usize> channels << 2;
  const dy = load<i32>(taps), dx = load<i32>(taps, 4);
  const line = <usize> width * pixel;
  const in0 = <u32> (y + dy) < <u32> height;
  const in1 = <u32> (y + dy + 1) < <u32> height;
  const in2 = <u32> (y + dy + 2) < <u32> height;
  const corner = base + (y + dy) * width * channels * 4 + (first * sx + dx) * channels * 4;
  const low = lowest(code), high = highest(code);
  for (let at: usize = 0; at < pixel; at += 16) {
    const w0 = v128.load(w + <usize> load<i32>(taps, 8) + at);
    const w1 = v128.load(w + <usize> load<i32>(taps, 20) + at);
    const w2 = v128.load(w + <usize> load<i32>(taps, 32) + at);
    const w3 = v128.load(w + <usize> load<i32>(taps, 44) + at);
    const w4 = v128.load(w + <usize> load<i32>(taps, 56) + at);
    const w5 = v128.load(w + <usize> load<i32>(taps, 68) + at);
    const w6 = v128.load(w + <usize> load<i32>(taps, 80) + at);
    const w7 = v128.load(w + <usize> load<i32>(taps, 92) + at);
    const w8 = v128.load(w + <usize> load<i32>(taps, 104) + at);
    let p = corner + at, q = out + first * ox + at;
    let x = first;
    if (sx == 1) {
      for (; x + 4 <= after; x += 4) {
        let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
        while (true) {
        if (in0) {
          let r = p;
          let v = v128.load(r);
          s0 = f32x4.relaxed_madd(v, w0, s0);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s0 = f32x4.relaxed_madd(v, w1, s0);
          s1 = f32x4.relaxed_madd(v, w0, s1);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s0 = f32x4.relaxed_madd(v, w2, s0);
          s1 = f32x4.relaxed_madd(v, w1, s1);
          s2 = f32x4.relaxed_madd(v, w0, s2);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s1 = f32x4.relaxed_madd(v, w2, s1);
          s2 = f32x4.relaxed_madd(v, w1, s2);
          s3 = f32x4.relaxed_madd(v, w0, s3);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s2 = f32x4.relaxed_madd(v, w2, s2);
          s3 = f32x4.relaxed_madd(v, w1, s3);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s3 = f32x4.relaxed_madd(v, w2, s3);
        }
        if (in1) {
          let r = p + line;
          let v = v128.load(r);
          s0 = f32x4.relaxed_madd(v, w3, s0);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s0 = f32x4.relaxed_madd(v, w4, s0);
          s1 = f32x4.relaxed_madd(v, w3, s1);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s0 = f32x4.relaxed_madd(v, w5, s0);
          s1 = f32x4.relaxed_madd(v, w4, s1);
          s2 = f32x4.relaxed_madd(v, w3, s2);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s1 = f32x4.relaxed_madd(v, w5, s1);
          s2 = f32x4.relaxed_madd(v, w4, s2);
          s3 = f32x4.relaxed_madd(v, w3, s3);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s2 = f32x4.relaxed_madd(v, w5, s2);
          s3 = f32x4.relaxed_madd(v, w4, s3);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s3 = f32x4.relaxed_madd(v, w5, s3);
        }
        if (in2) {
          let r = p + 2 * line;
          let v = v128.load(r);
          s0 = f32x4.relaxed_madd(v, w6, s0);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s0 = f32x4.relaxed_madd(v, w7, s0);
          s1 = f32x4.relaxed_madd(v, w6, s1);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s0 = f32x4.relaxed_madd(v, w8, s0);
          s1 = f32x4.relaxed_madd(v, w7, s1);
          s2 = f32x4.relaxed_madd(v, w6, s2);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s1 = f32x4.relaxed_madd(v, w8, s1);
          s2 = f32x4.relaxed_madd(v, w7, s2);
          s3 = f32x4.relaxed_madd(v, w6, s3);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s2 = f32x4.relaxed_madd(v, w8, s2);
          s3 = f32x4.relaxed_madd(v, w7, s3);
          if (!pixel) break;
          r += pixel;
          v = v128.load(r);
          s3 = f32x4.relaxed_madd(v, w8, s3);
        }
          break;
        }
        if (code & NORM) {
          const four = table + (at << 2);
          const e = v128.load(four), m = v128.load(four, 16);
          const f = v128.load(four, 32), h = v128.load(four, 48);
          s0 = normed(s0, e, m, f, h, low, high);
          s1 = normed(s1, e, m, f, h, low, high);
          s2 = normed(s2, e, m, f, h, low, high);
          s3 = normed(s3, e, m, f, h, low, high);
        } else {
          s0 = finish(s0, table, code, at, 4);
          s1 = finish(s1, table, code, at, 4);
          s2 = finish(s2, table, code, at, 4);
          s3 = finish(s3, table, code, at, 4);
        }
        v128.store(q, s0);
        q += ox;
        v128.store(q, s1);
        q += ox;
        v128.store(q, s2);
        q += ox;
        v128.store(q, s3);
        q += ox;
        p += 4 * pixel;
      }
    }
    for (; x < after; x++) {
      let s = f32x4.splat(0);
      if (in0) {
        const r = p;
        s = f32x4.relaxed_madd(v128.load(r), w0, s);
        s = f32x4.relaxed_madd(v128.load(r + pixel), w1, s);
        s = f32x4.relaxed_madd(v128.load(r + 2 * pixel), w2, s);
      }
      if (in1) {
        const r = p + line;
        s = f32x4.relaxed_madd(v128.load(r), w3, s);
        s = f32x4.relaxed_madd(v128.load(r + pixel), w4, s);
        s = f32x4.relaxed_madd(v128.load(r + 2 * pixel), w5, s);
      }
      if (in2) {
        const r = p + 2 * line;
        s = f32x4.relaxed_madd(v128.load(r), w6, s);
        s = f32x4.relaxed_madd(v128.load(r + pixel), w7, s);
        s = f32x4.relaxed_madd(v128.load(r + 2 * pixel), w8, s);
      }
      v128.store(q, finish(s, table, code, at, 4));
      p += sx * pixel;
      q += ox;
    }
  }
}
