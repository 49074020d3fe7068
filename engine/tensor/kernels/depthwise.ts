/**
 * Depthwise windows: each channel by itself. One kernel gathers (the forward pass, and, phase by phase of the
 * stride, the gradient for the image), one sums over pixels (the gradient for the filter).
 */
import { clampActivation, loadPart, storePart } from "./panel";

/**
 * out(b, y, x, j) = activation(bias[j] + Σ over taps t of image(b, y·sy + dy(t), x·sx + dx(t), j / m) · w(t, j)),
 * zeros outside the image. `taps`: for each tap the i32s dy, dx and the byte offset of its row of `w`, [n] floats.
 * n = channels · m. Output pixels lie at `out + b·ob + y·oy + x·ox` (bytes). Units: output rows (b, y).
 */
export function depthwiseGather(
  image: usize,
  height: i32,
  width: i32,
  channels: i32,
  m: i32,
  taps: usize,
  tapCount: i32,
  w: usize,
  bias: usize,
  activation: i32,
  sy: i32,
  sx: i32,
  out: usize,
  ob: i32,
  oy: i32,
  ox: i32,
  ny: i32,
  nx: i32,
  begin: i32,
  end: i32,
): void {
  const n = channels * m;
  const pixel = <usize> channels << 2;
  const grid = m == 1 && (channels & 3) == 0 && (sx == 1 || sx == 2) && isGrid(taps, tapCount);
  const dx0 = load<i32>(taps, 4);
  // Columns whose three taps all fall inside the image.
  const inner = grid && dx0 < 0 ? min(nx, (sx - 1 - dx0) / sx) : 0;
  const after = grid ? max(inner, min(nx, (width - 3 - dx0 + sx) / sx)) : 0;
  for (let unit = begin; unit < end; unit++) {
    const b = unit / ny, y = unit - b * ny;
    const base = image + <usize> (b * height * width) * pixel;
    const row = out + b * ob + y * oy;
    let x = 0;
    while (x < nx) {
      if (x == inner && inner < after) {
        gridRow(base, height, width, channels, taps, w, bias, activation, y * sy, sx, row, ox, x, after);
        x = after;
        continue;
      }
      const to = row + x * ox;
      for (let j = 0; j < n; j += 16) {
        const at = <usize> j << 2;
        const left = n - j;
        let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
        for (let t = 0; t < tapCount; t++) {
          const tap = taps + <usize> (t * 12);
          const iy = y * sy + load<i32>(tap);
          if (<u32> iy >= <u32> height) continue;
          const ix = x * sx + load<i32>(tap, 4);
          if (<u32> ix >= <u32> width) continue;
          const p = base + <usize> (iy * width + ix) * pixel;
          const q = w + <usize> load<i32>(tap, 8) + at;
          if (m == 1) {
            s0 = f32x4.relaxed_madd(v128.load(p + at), v128.load(q), s0);
            s1 = f32x4.relaxed_madd(v128.load(p + at, 16), v128.load(q, 16), s1);
            s2 = f32x4.relaxed_madd(v128.load(p + at, 32), v128.load(q, 32), s2);
            s3 = f32x4.relaxed_madd(v128.load(p + at, 48), v128.load(q, 48), s3);
          } else {
            s0 = f32x4.relaxed_madd(spread(p, j, m), v128.load(q), s0);
            s1 = f32x4.relaxed_madd(spread(p, j + 4, m), v128.load(q, 16), s1);
            s2 = f32x4.relaxed_madd(spread(p, j + 8, m), v128.load(q, 32), s2);
            s3 = f32x4.relaxed_madd(spread(p, j + 12, m), v128.load(q, 48), s3);
          }
        }
        if (bias) {
          s0 = f32x4.add(s0, loadPart(bias + at, left));
          s1 = f32x4.add(s1, loadPart(bias + at + 16, left - 4));
          s2 = f32x4.add(s2, loadPart(bias + at + 32, left - 8));
          s3 = f32x4.add(s3, loadPart(bias + at + 48, left - 12));
        }
        storePart(to + at, clampActivation(s0, activation), left);
        storePart(to + at + 16, clampActivation(s1, activation), left - 4);
        storePart(to + at + 32, clampActivation(s2, activation), left - 8);
        storePart(to + at + 48, clampActivation(s3, activation), left - 12);
      }
      x++;
    }
  }
}

/** Whether the taps are 3 × 3 neighbours, from the upper left to the lower right. */
function isGrid(taps: usize, tapCount: i32): bool {
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
function gridRow(
  base: usize,
  height: i32,
  width: i32,
  channels: i32,
  taps: usize,
  w: usize,
  bias: usize,
  activation: i32,
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
    const e = bias ? v128.load(bias + at) : f32x4.splat(0);
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
        v128.store(q, clampActivation(f32x4.add(s0, e), activation));
        q += ox;
        v128.store(q, clampActivation(f32x4.add(s1, e), activation));
        q += ox;
        v128.store(q, clampActivation(f32x4.add(s2, e), activation));
        q += ox;
        v128.store(q, clampActivation(f32x4.add(s3, e), activation));
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
      v128.store(q, clampActivation(f32x4.add(s, e), activation));
      p += sx * pixel;
      q += ox;
    }
  }
}

/** The channels j/m … (j+3)/m of the pixel at `p`. */
function spread(p: usize, j: i32, m: i32): v128 {
  let v = v128.load32_splat(p + (<usize> (j / m) << 2));
  v = v128.load32_lane(p + (<usize> ((j + 1) / m) << 2), v, 1);
  v = v128.load32_lane(p + (<usize> ((j + 2) / m) << 2), v, 2);
  return v128.load32_lane(p + (<usize> ((j + 3) / m) << 2), v, 3);
}

/**
 * out(b, y, x, c) = Σ over q < m of wide(b, y, x, c·m + q): folds the gradient of the repeated channels. Units:
 * pixels.
 */
export function foldChannels(
  out: usize,
  wide: usize,
  channels: i32,
  m: i32,
  begin: i32,
  end: i32,
): void {
  for (let unit = begin; unit < end; unit++) {
    let p = wide + (<usize> (unit * channels * m) << 2);
    let q = out + (<usize> (unit * channels) << 2);
    for (let c = 0; c < channels; c++) {
      let sum: f32 = 0;
      for (let i = 0; i < m; i++) {
        sum += load<f32>(p);
        p += 4;
      }
      store<f32>(q, sum);
      q += 4;
    }
  }
}

/**
 * out(t, j) = Σ over b, y, x of image(b, y·sy + dy(t), x·sx + dx(t), j / m) · d(b, y, x, j): one chain of fused
 * multiply-adds per image row of d, rows added in order, `taps` as above (its third number names the row of `out`).
 * Units: blocks of 16 j.
 */
export function depthwiseFilterGradient(
  image: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  m: i32,
  taps: usize,
  tapCount: i32,
  d: usize,
  ny: i32,
  nx: i32,
  sy: i32,
  sx: i32,
  out: usize,
  begin: i32,
  end: i32,
): void {
  const n = channels * m;
  const pixel = <usize> channels << 2, step = <usize> n << 2;
  for (let unit = begin; unit < end; unit++) {
    const j = unit << 4, left = n - j;
    const at = <usize> j << 2;
    for (let t = 0; t < tapCount; t++) {
      const tap = taps + <usize> (t * 12);
      const dy = load<i32>(tap), dx = load<i32>(tap, 4);
      // The x for which the tap falls inside the image.
      const first = dx < 0 ? (sx - 1 - dx) / sx : 0;
      const last = min(nx, width - 1 < dx ? 0 : (width - 1 - dx) / sx + 1);
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      for (let b = 0; b < images; b++) {
        for (let y = 0; y < ny; y++) {
          const iy = y * sy + dy;
          if (<u32> iy >= <u32> height) continue;
          let p = image + <usize> ((b * height + iy) * width + first * sx + dx) * pixel;
          let q = d + <usize> ((b * ny + y) * nx + first) * step + at;
          let t0 = f32x4.splat(0), t1 = t0, t2 = t0, t3 = t0;
          if (m == 1) {
            p += at;
            for (let x = first; x < last; x++) {
              t0 = f32x4.relaxed_madd(v128.load(p), v128.load(q), t0);
              t1 = f32x4.relaxed_madd(v128.load(p, 16), v128.load(q, 16), t1);
              t2 = f32x4.relaxed_madd(v128.load(p, 32), v128.load(q, 32), t2);
              t3 = f32x4.relaxed_madd(v128.load(p, 48), v128.load(q, 48), t3);
              p += pixel * sx;
              q += step;
            }
          } else {
            for (let x = first; x < last; x++) {
              t0 = f32x4.relaxed_madd(spread(p, j, m), v128.load(q), t0);
              t1 = f32x4.relaxed_madd(spread(p, j + 4, m), v128.load(q, 16), t1);
              t2 = f32x4.relaxed_madd(spread(p, j + 8, m), v128.load(q, 32), t2);
              t3 = f32x4.relaxed_madd(spread(p, j + 12, m), v128.load(q, 48), t3);
              p += pixel * sx;
              q += step;
            }
          }
          s0 = f32x4.add(s0, t0);
          s1 = f32x4.add(s1, t1);
          s2 = f32x4.add(s2, t2);
          s3 = f32x4.add(s3, t3);
        }
      }
      const to = out + <usize> load<i32>(tap, 8) + at;
      storePart(to, s0, left);
      storePart(to + 16, s1, left - 4);
      storePart(to + 32, s2, left - 8);
      storePart(to + 48, s3, left - 12);
    }
  }
}
