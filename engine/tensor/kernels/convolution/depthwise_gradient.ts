/** The gradient of depthwise windows for the filter, and what folds that of repeated channels. */
import { spread } from "./depthwise";
import { loadPart, storePart } from "../products/panel";

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
    // Image by image, so that the taps find it in the cache.
    for (let b = 0; b < images; b++) {
      for (let t = 0; t < tapCount; t++) {
        const tap = taps + <usize> (t * 12);
        const dy = load<i32>(tap), dx = load<i32>(tap, 4);
        // The x for which the tap falls inside the image.
        const first = dx < 0 ? (sx - 1 - dx) / sx : 0;
        const last = min(nx, width - 1 < dx ? 0 : (width - 1 - dx) / sx + 1);
        const to = out + <usize> load<i32>(tap, 8) + at;
        let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
        if (b > 0) {
          s0 = loadPart(to, left);
          s1 = loadPart(to + 16, left - 4);
          s2 = loadPart(to + 32, left - 8);
          s3 = loadPart(to + 48, left - 12);
        }
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
        storePart(to, s0, left);
        storePart(to + 16, s1, left - 4);
        storePart(to + 32, s2, left - 8);
        storePart(to + 48, s3, left - 12);
      }
    }
  }
}
