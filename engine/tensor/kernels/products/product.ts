/**
 * Products of matrices whose left rows may lie anywhere: plain rows, or the patches of an image. Every output
 * element is one chain of fused multiply-adds over k in ascending order, begun at zero, whatever the blocking;
 * so its bits depend on its own row and column alone.
 *
 * The micro-kernel makes 4 rows × 8 columns. Each access to shared memory costs a bounds check, so four k of a row are
 * loaded at once and broadcast from the register. Leaving between any two k serves the rest of a run, and keeps the
 * optimizer from pulling the steps together, which would spill accumulators.
 */
import { clampActivation, finish, highest, lowest, NORM, normed } from "./epilogue";
import { loadPart, storePart } from "./panel";

/**
 * Rows r = (b·ny + y)·nx + x of the left side begin at `a + b·ab + y·ay + x·ax`, of the output at
 * `out + b·ob + y·oy + x·ox` (bytes). A row is `segments` runs of `length` floats, run s at byte offset
 * `offsets[s]`. `panels` is the right side, packed: for each 8 columns segments·length × 8 floats.
 * `accumulate`: continue the chains from what `out` holds. Then comes the epilogue of `table` and `code`
 * (./epilogue). Units: blocks of 4 rows.
 */
export function gatherProduct(
  a: usize,
  ab: i32,
  ay: i32,
  ax: i32,
  rows: i32,
  ny: i32,
  nx: i32,
  offsets: usize,
  segments: i32,
  length: i32,
  panels: usize,
  n: i32,
  out: usize,
  ob: i32,
  oy: i32,
  ox: i32,
  accumulate: i32,
  table: usize,
  code: i32,
  begin: i32,
  end: i32,
): void {
  const panelBytes = <usize> (segments * length) << 5;
  const panelCount = (n + 7) >> 3;
  const image = ny * nx;
  const count = length > 0 ? segments : 0;
  let r = begin << 2;
  let b = r / image;
  let y = (r - b * image) / nx;
  let x = r - b * image - y * nx;
  let from = a + b * ab + y * ay + x * ax, to = out + b * ob + y * oy + x * ox;
  for (let unit = begin; unit < end; unit++) {
    // Rows behind the last are the last again: computed twice, stored twice, the same bits.
    const a0 = from, c0 = to;
    if (r + 1 < rows) {
      r++;
      x++;
      from += ax;
      to += ox;
      if (x == nx) {
        x = 0;
        y++;
        if (y == ny) {
          y = 0;
          b++;
        }
        from = a + b * ab + y * ay;
        to = out + b * ob + y * oy;
      }
    }
    const a1 = from, c1 = to;
    if (r + 1 < rows) {
      r++;
      x++;
      from += ax;
      to += ox;
      if (x == nx) {
        x = 0;
        y++;
        if (y == ny) {
          y = 0;
          b++;
        }
        from = a + b * ab + y * ay;
        to = out + b * ob + y * oy;
      }
    }
    const a2 = from, c2 = to;
    if (r + 1 < rows) {
      r++;
      x++;
      from += ax;
      to += ox;
      if (x == nx) {
        x = 0;
        y++;
        if (y == ny) {
          y = 0;
          b++;
        }
        from = a + b * ab + y * ay;
        to = out + b * ob + y * oy;
      }
    }
    const a3 = from, c3 = to;
    if (r + 1 < rows) {
      r++;
      x++;
      from += ax;
      to += ox;
      if (x == nx) {
        x = 0;
        y++;
        if (y == ny) {
          y = 0;
          b++;
        }
        from = a + b * ab + y * ay;
        to = out + b * ob + y * oy;
      }
    }
    for (let panel = 0; panel < panelCount; panel++) {
      const column = <usize> panel << 5;
      const left = n - (panel << 3);
      let t00 = f32x4.splat(0), t01 = t00, t10 = t00, t11 = t00;
      let t20 = t00, t21 = t00, t30 = t00, t31 = t00;
      if (accumulate && left >= 8) {
        t00 = v128.load(c0 + column);
        t01 = v128.load(c0 + column, 16);
        t10 = v128.load(c1 + column);
        t11 = v128.load(c1 + column, 16);
        t20 = v128.load(c2 + column);
        t21 = v128.load(c2 + column, 16);
        t30 = v128.load(c3 + column);
        t31 = v128.load(c3 + column, 16);
      } else if (accumulate) {
        t00 = loadPart(c0 + column, left);
        t01 = loadPart(c0 + column + 16, left - 4);
        t10 = loadPart(c1 + column, left);
        t11 = loadPart(c1 + column + 16, left - 4);
        t20 = loadPart(c2 + column, left);
        t21 = loadPart(c2 + column + 16, left - 4);
        t30 = loadPart(c3 + column, left);
        t31 = loadPart(c3 + column + 16, left - 4);
      }
      let q = panels + <usize> panel * panelBytes;
      for (let s = 0; s < count; s++) {
        const offset = <usize> load<i32>(offsets + (<usize> s << 2));
        let p0 = a0 + offset, p1 = a1 + offset, p2 = a2 + offset, p3 = a3 + offset;
        let k = length;
        while (true) {
          const v0 = v128.load(p0), v1 = v128.load(p1), v2 = v128.load(p2), v3 = v128.load(p3);
          p0 += 16;
          p1 += 16;
          p2 += 16;
          p3 += 16;
          let b0 = v128.load(q), b1 = v128.load(q, 16), v: v128;
          q += 32;
          v = v128.shuffle<f32>(v0, v0, 0, 0, 0, 0);
          t00 = f32x4.relaxed_madd(v, b0, t00);
          t01 = f32x4.relaxed_madd(v, b1, t01);
          v = v128.shuffle<f32>(v1, v1, 0, 0, 0, 0);
          t10 = f32x4.relaxed_madd(v, b0, t10);
          t11 = f32x4.relaxed_madd(v, b1, t11);
          v = v128.shuffle<f32>(v2, v2, 0, 0, 0, 0);
          t20 = f32x4.relaxed_madd(v, b0, t20);
          t21 = f32x4.relaxed_madd(v, b1, t21);
          v = v128.shuffle<f32>(v3, v3, 0, 0, 0, 0);
          t30 = f32x4.relaxed_madd(v, b0, t30);
          t31 = f32x4.relaxed_madd(v, b1, t31);
          if (--k == 0) break;
          b0 = v128.load(q);
          b1 = v128.load(q, 16);
          q += 32;
          v = v128.shuffle<f32>(v0, v0, 1, 1, 1, 1);
          t00 = f32x4.relaxed_madd(v, b0, t00);
          t01 = f32x4.relaxed_madd(v, b1, t01);
          v = v128.shuffle<f32>(v1, v1, 1, 1, 1, 1);
          t10 = f32x4.relaxed_madd(v, b0, t10);
          t11 = f32x4.relaxed_madd(v, b1, t11);
          v = v128.shuffle<f32>(v2, v2, 1, 1, 1, 1);
          t20 = f32x4.relaxed_madd(v, b0, t20);
          t21 = f32x4.relaxed_madd(v, b1, t21);
          v = v128.shuffle<f32>(v3, v3, 1, 1, 1, 1);
          t30 = f32x4.relaxed_madd(v, b0, t30);
          t31 = f32x4.relaxed_madd(v, b1, t31);
          if (--k == 0) break;
          b0 = v128.load(q);
          b1 = v128.load(q, 16);
          q += 32;
          v = v128.shuffle<f32>(v0, v0, 2, 2, 2, 2);
          t00 = f32x4.relaxed_madd(v, b0, t00);
          t01 = f32x4.relaxed_madd(v, b1, t01);
          v = v128.shuffle<f32>(v1, v1, 2, 2, 2, 2);
          t10 = f32x4.relaxed_madd(v, b0, t10);
          t11 = f32x4.relaxed_madd(v, b1, t11);
          v = v128.shuffle<f32>(v2, v2, 2, 2, 2, 2);
          t20 = f32x4.relaxed_madd(v, b0, t20);
          t21 = f32x4.relaxed_madd(v, b1, t21);
          v = v128.shuffle<f32>(v3, v3, 2, 2, 2, 2);
          t30 = f32x4.relaxed_madd(v, b0, t30);
          t31 = f32x4.relaxed_madd(v, b1, t31);
          if (--k == 0) break;
          b0 = v128.load(q);
          b1 = v128.load(q, 16);
          q += 32;
          v = v128.shuffle<f32>(v0, v0, 3, 3, 3, 3);
          t00 = f32x4.relaxed_madd(v, b0, t00);
          t01 = f32x4.relaxed_madd(v, b1, t01);
          v = v128.shuffle<f32>(v1, v1, 3, 3, 3, 3);
          t10 = f32x4.relaxed_madd(v, b0, t10);
          t11 = f32x4.relaxed_madd(v, b1, t11);
          v = v128.shuffle<f32>(v2, v2, 3, 3, 3, 3);
          t20 = f32x4.relaxed_madd(v, b0, t20);
          t21 = f32x4.relaxed_madd(v, b1, t21);
          v = v128.shuffle<f32>(v3, v3, 3, 3, 3, 3);
          t30 = f32x4.relaxed_madd(v, b0, t30);
          t31 = f32x4.relaxed_madd(v, b1, t31);
          if (--k == 0) break;
        }
      }
      if (code & NORM) {
        const low = lowest(code), high = highest(code);
        const four = table + (column << 2);
        const e0 = v128.load(four, 0), m0 = v128.load(four, 16);
        const s0 = v128.load(four, 32), h0 = v128.load(four, 48);
        t00 = normed(t00, e0, m0, s0, h0, low, high);
        t10 = normed(t10, e0, m0, s0, h0, low, high);
        t20 = normed(t20, e0, m0, s0, h0, low, high);
        t30 = normed(t30, e0, m0, s0, h0, low, high);
        if (left > 4) {
          const e1 = v128.load(four, 64), m1 = v128.load(four, 80);
          const s1 = v128.load(four, 96), h1 = v128.load(four, 112);
          t01 = normed(t01, e1, m1, s1, h1, low, high);
          t11 = normed(t11, e1, m1, s1, h1, low, high);
          t21 = normed(t21, e1, m1, s1, h1, low, high);
          t31 = normed(t31, e1, m1, s1, h1, low, high);
        }
      } else if (table && left >= 8) {
        const b0 = v128.load(table + column), b1 = v128.load(table + column, 16);
        t00 = clampActivation(f32x4.add(t00, b0), code);
        t10 = clampActivation(f32x4.add(t10, b0), code);
        t20 = clampActivation(f32x4.add(t20, b0), code);
        t30 = clampActivation(f32x4.add(t30, b0), code);
        t01 = clampActivation(f32x4.add(t01, b1), code);
        t11 = clampActivation(f32x4.add(t11, b1), code);
        t21 = clampActivation(f32x4.add(t21, b1), code);
        t31 = clampActivation(f32x4.add(t31, b1), code);
      } else if (table || code) {
        t00 = finish(t00, table, code, column, left);
        t10 = finish(t10, table, code, column, left);
        t20 = finish(t20, table, code, column, left);
        t30 = finish(t30, table, code, column, left);
        t01 = finish(t01, table, code, column + 16, left - 4);
        t11 = finish(t11, table, code, column + 16, left - 4);
        t21 = finish(t21, table, code, column + 16, left - 4);
        t31 = finish(t31, table, code, column + 16, left - 4);
      }
      if (left >= 8) {
        v128.store(c0 + column, t00);
        v128.store(c0 + column, t01, 16);
        v128.store(c1 + column, t10);
        v128.store(c1 + column, t11, 16);
        v128.store(c2 + column, t20);
        v128.store(c2 + column, t21, 16);
        v128.store(c3 + column, t30);
        v128.store(c3 + column, t31, 16);
      } else {
        storePart(c0 + column, t00, left);
        storePart(c0 + column + 16, t01, left - 4);
        storePart(c1 + column, t10, left);
        storePart(c1 + column + 16, t11, left - 4);
        storePart(c2 + column, t20, left);
        storePart(c2 + column + 16, t21, left - 4);
        storePart(c3 + column, t30, left);
        storePart(c3 + column + 16, t31, left - 4);
      }
    }
  }
}
