/**
 * Depthwise windows, each channel by itself, gathered: the forward pass and, phase by phase of the stride, the gradient for
 * the image.
 */
import { gridRow, isGrid } from "./depthwise_grid";
import { finish } from "../products/epilogue";
import { storePart } from "../products/panel";

/**
 * out(b, y, x, j) = epilogue(Σ over taps t of image(b, y·sy + dy(t), x·sx + dx(t), j / m) · w(t, j)),
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
  table: usize,
  code: i32,
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
        gridRow(base, height, width, channels, taps, w, table, code, y * sy, sx, row, ox, x, after);
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
        storePart(to + at, finish(s0, table, code, at, left), left);
        storePart(to + at + 16, finish(s1, table, code, at + 16, left - 4), left - 4);
        storePart(to + at + 32, finish(s2, table, code, at + 32, left - 8), left - 8);
        storePart(to + at + 48, finish(s3, table, code, at + 48, left - 12), left - 12);
      }
      x++;
    }
  }
}

/** The channels j/m … (j+3)/m of the pixel at `p`. */
export function spread(p: usize, j: i32, m: i32): v128 {
  let v = v128.load32_splat(p + (<usize> (j / m) << 2));
  v = v128.load32_lane(p + (<usize> ((j + 1) / m) << 2), v, 1);
  v = v128.load32_lane(p + (<usize> ((j + 2) / m) << 2), v, 2);
  return v128.load32_lane(p + (<usize> ((j + 3) / m) << 2), v, 3);
}
