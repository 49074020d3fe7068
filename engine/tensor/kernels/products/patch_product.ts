/**
 * Products whose left side is transposed, summed over the rows of both sides: xᵀ·dy, and the same over the patches
 * of images, which is a convolution's filter gradient. Rows are summed in chunks of whole image rows whose size
 * depends on the shape of one image alone; a chunk is one chain of fused multiply-adds from zero, chunks are added
 * in order. So the bits do not depend on how the output is divided, and long sums keep their precision.
 */
import { loadPart, storePart } from "./panel";
import { scratch, TILE } from "../scratch";

/** Panels of 8 j that one unit does with the m-tile it has packed. */
export const PATCH_GROUP = 8;

/**
 * out[m, j] = Σ over b, y, x of `x[b·xb + y·xy + x·xx + offsets[m]]` · `d(row, j)` with row = (b·ny + y)·nx + x, for
 * m < `m`, j < `n`. d's columns 8·p … 8·p+7 lie at `d + p·dPanel + row·dRow`; strides and offsets in bytes. A chunk is
 * `chunkRows` rows y of one image (of one b), at most 65536 pixels. `accumulate`: added to what `out` [m, n] holds.
 * Units: tiles of 4 m × up to 64 j, those of the same m one after another.
 */
export function patchProduct(
  a: usize,
  xb: i32,
  xy: i32,
  xx: i32,
  d: usize,
  dPanel: i32,
  dRow: i32,
  images: i32,
  ny: i32,
  nx: i32,
  chunkRows: i32,
  offsets: usize,
  m: i32,
  n: i32,
  out: usize,
  accumulate: i32,
  begin: i32,
  end: i32,
): void {
  const panels = (n + 7) >> 3;
  const groups = (panels + PATCH_GROUP - 1) / PATCH_GROUP;
  const line = <usize> n << 2;
  const packed = scratch() + TILE;
  for (let b = 0; b < images; b++) {
    for (let top = 0; top < ny; top += chunkRows) {
      const bottom = min(top + chunkRows, ny);
      const start = b == 0 && top == 0 && !accumulate;
      const length = (bottom - top) * nx;
      let packedTile = -1;
      let from: usize = 0, step: i32 = 0;
      for (let unit = begin; unit < end; unit++) {
        const tile = unit / groups, firstPanel = (unit - tile * groups) * PATCH_GROUP;
        // Entries behind the last are the last again: computed twice, stored twice, the same bits.
        const m0 = tile << 2;
        const m1 = min(m0 + 1, m - 1), m2 = min(m0 + 2, m - 1), m3 = min(m0 + 3, m - 1);
        if (tile != packedTile) {
          packedTile = tile;
          const o0 = load<i32>(offsets + (<usize> m0 << 2));
          const o1 = load<i32>(offsets + (<usize> m1 << 2)) - o0;
          const o2 = load<i32>(offsets + (<usize> m2 << 2)) - o0;
          const o3 = load<i32>(offsets + (<usize> m3 << 2)) - o0;
          const run = o1 == 4 && o2 == 8 && o3 == 12;
          const corner = a + b * xb + o0;
          // Where few panels read the tile and its pixels lie at one distance, packing is not worth its while.
          if (run && xy == nx * xx && panels <= 8) {
            from = corner + top * xy;
            step = xx;
          } else {
            from = packed;
            step = 16;
            packTile(corner, xy, xx, o1, o2, o3, run, top, bottom, nx, packed);
          }
        }
        for (let panel = firstPanel; panel < min(firstPanel + PATCH_GROUP, panels); panel++) {
          const column = <usize> panel << 5, left = n - (panel << 3);
          let t00 = f32x4.splat(0), t01 = t00, t10 = t00, t11 = t00;
          let t20 = t00, t21 = t00, t30 = t00, t31 = t00;
          let p = from;
          let q = d + panel * dPanel + (b * ny + top) * nx * dRow;
          for (let k = length; k > 0; k--) {
            const b0 = v128.load(q), b1 = v128.load(q, 16), z = v128.load(p);
            let v: v128;
            v = v128.shuffle<f32>(z, z, 0, 0, 0, 0);
            t00 = f32x4.relaxed_madd(v, b0, t00);
            t01 = f32x4.relaxed_madd(v, b1, t01);
            v = v128.shuffle<f32>(z, z, 1, 1, 1, 1);
            t10 = f32x4.relaxed_madd(v, b0, t10);
            t11 = f32x4.relaxed_madd(v, b1, t11);
            v = v128.shuffle<f32>(z, z, 2, 2, 2, 2);
            t20 = f32x4.relaxed_madd(v, b0, t20);
            t21 = f32x4.relaxed_madd(v, b1, t21);
            v = v128.shuffle<f32>(z, z, 3, 3, 3, 3);
            t30 = f32x4.relaxed_madd(v, b0, t30);
            t31 = f32x4.relaxed_madd(v, b1, t31);
            p += step;
            q += dRow;
          }
          const c0 = out + <usize> m0 * line + column;
          const c1 = out + <usize> m1 * line + column;
          const c2 = out + <usize> m2 * line + column;
          const c3 = out + <usize> m3 * line + column;
          if (!start) {
            t00 = f32x4.add(loadPart(c0, left), t00);
            t01 = f32x4.add(loadPart(c0 + 16, left - 4), t01);
            t10 = f32x4.add(loadPart(c1, left), t10);
            t11 = f32x4.add(loadPart(c1 + 16, left - 4), t11);
            t20 = f32x4.add(loadPart(c2, left), t20);
            t21 = f32x4.add(loadPart(c2 + 16, left - 4), t21);
            t30 = f32x4.add(loadPart(c3, left), t30);
            t31 = f32x4.add(loadPart(c3 + 16, left - 4), t31);
          }
          storePart(c0, t00, left);
          storePart(c0 + 16, t01, left - 4);
          storePart(c1, t10, left);
          storePart(c1 + 16, t11, left - 4);
          storePart(c2, t20, left);
          storePart(c2 + 16, t21, left - 4);
          storePart(c3, t30, left);
          storePart(c3 + 16, t31, left - 4);
        }
      }
    }
  }
}

/** The four floats at 0, o1, o2, o3 from each pixel of the rows top … bottom−1, side by side. */
function packTile(
  a: usize,
  xy: i32,
  xx: i32,
  o1: i32,
  o2: i32,
  o3: i32,
  run: bool,
  top: i32,
  bottom: i32,
  nx: i32,
  out: usize,
): void {
  let q = out;
  for (let y = top; y < bottom; y++) {
    let p = a + y * xy;
    for (let x = 0; x < nx; x++) {
      if (run) v128.store(q, v128.load(p));
      else {
        let v = v128.load32_zero(p);
        v = v128.load32_lane(p + o1, v, 1);
        v = v128.load32_lane(p + o2, v, 2);
        v128.store(q, v128.load32_lane(p + o3, v, 3));
      }
      p += xx;
      q += 16;
    }
  }
}
