/**
 * Products of matrices whose left rows may lie anywhere: plain rows, or the patches of an image. Every output
 * element is one chain of fused multiply-adds over k in ascending order, begun at zero, whatever the blocking;
 * so its bits depend on its own row and column alone.
 *
 * The micro-kernel makes 6 rows × 8 columns: 12 accumulators, two vectors of the right side and one broadcast of
 * the left fill the 15 registers that the compiler leaves free.
 */
import { clampActivation, loadPart, storePart } from "./panel";

/**
 * Rows r = (b·ny + y)·nx + x of the left side begin at `a + b·ab + y·ay + x·ax`, of the output at
 * `out + b·ob + y·oy + x·ox` (bytes). A row is `segments` runs of `length` floats, run s at byte offset
 * `offsets[s]`. `panels` is the right side, packed: for each 8 columns segments·length × 8 floats.
 * `accumulate`: continue the chains from what `out` holds. Then bias [n] (0: none) is added and the activation
 * (0 linear, 1 relu, 2 relu6) applied. Units: blocks of 6 rows.
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
  bias: usize,
  activation: i32,
  begin: i32,
  end: i32,
): void {
  const panelBytes = <usize> (segments * length) << 5;
  const panelCount = (n + 7) >> 3;
  const image = ny * nx;
  for (let unit = begin; unit < end; unit++) {
    const first = unit * 6;
    // Rows behind the last are the last again: computed twice, stored twice, the same bits.
    let r = first;
    let b = r / image;
    let y = (r - b * image) / nx;
    let x = r - b * image - y * nx;
    const a0 = a + b * ab + y * ay + x * ax, c0 = out + b * ob + y * oy + x * ox;
    if (r + 1 < rows) { r++; x++; if (x == nx) { x = 0; y++; if (y == ny) { y = 0; b++; } } }
    const a1 = a + b * ab + y * ay + x * ax, c1 = out + b * ob + y * oy + x * ox;
    if (r + 1 < rows) { r++; x++; if (x == nx) { x = 0; y++; if (y == ny) { y = 0; b++; } } }
    const a2 = a + b * ab + y * ay + x * ax, c2 = out + b * ob + y * oy + x * ox;
    if (r + 1 < rows) { r++; x++; if (x == nx) { x = 0; y++; if (y == ny) { y = 0; b++; } } }
    const a3 = a + b * ab + y * ay + x * ax, c3 = out + b * ob + y * oy + x * ox;
    if (r + 1 < rows) { r++; x++; if (x == nx) { x = 0; y++; if (y == ny) { y = 0; b++; } } }
    const a4 = a + b * ab + y * ay + x * ax, c4 = out + b * ob + y * oy + x * ox;
    if (r + 1 < rows) { r++; x++; if (x == nx) { x = 0; y++; if (y == ny) { y = 0; b++; } } }
    const a5 = a + b * ab + y * ay + x * ax, c5 = out + b * ob + y * oy + x * ox;

    for (let panel = 0; panel < panelCount; panel++) {
      const column = <usize> panel << 5;
      const left = n - (panel << 3);
      let t00 = f32x4.splat(0), t01 = t00, t10 = t00, t11 = t00, t20 = t00, t21 = t00;
      let t30 = t00, t31 = t00, t40 = t00, t41 = t00, t50 = t00, t51 = t00;
      if (accumulate) {
        if (left >= 8) {
          t00 = v128.load(c0 + column); t01 = v128.load(c0 + column, 16);
          t10 = v128.load(c1 + column); t11 = v128.load(c1 + column, 16);
          t20 = v128.load(c2 + column); t21 = v128.load(c2 + column, 16);
          t30 = v128.load(c3 + column); t31 = v128.load(c3 + column, 16);
          t40 = v128.load(c4 + column); t41 = v128.load(c4 + column, 16);
          t50 = v128.load(c5 + column); t51 = v128.load(c5 + column, 16);
        } else {
          t00 = loadPart(c0 + column, left); t01 = loadPart(c0 + column + 16, left - 4);
          t10 = loadPart(c1 + column, left); t11 = loadPart(c1 + column + 16, left - 4);
          t20 = loadPart(c2 + column, left); t21 = loadPart(c2 + column + 16, left - 4);
          t30 = loadPart(c3 + column, left); t31 = loadPart(c3 + column + 16, left - 4);
          t40 = loadPart(c4 + column, left); t41 = loadPart(c4 + column + 16, left - 4);
          t50 = loadPart(c5 + column, left); t51 = loadPart(c5 + column + 16, left - 4);
        }
      }
      let q = panels + <usize> panel * panelBytes;
      for (let s = 0; s < segments; s++) {
        const offset = <usize> load<i32>(offsets + (<usize> s << 2));
        let p0 = a0 + offset, p1 = a1 + offset, p2 = a2 + offset;
        let p3 = a3 + offset, p4 = a4 + offset, p5 = a5 + offset;
        let k = length;
        for (; k >= 4; k -= 4) {
          let b0 = v128.load(q), b1 = v128.load(q, 16);
          let v = v128.load32_splat(p0);
          t00 = f32x4.relaxed_madd(v, b0, t00); t01 = f32x4.relaxed_madd(v, b1, t01);
          v = v128.load32_splat(p1);
          t10 = f32x4.relaxed_madd(v, b0, t10); t11 = f32x4.relaxed_madd(v, b1, t11);
          v = v128.load32_splat(p2);
          t20 = f32x4.relaxed_madd(v, b0, t20); t21 = f32x4.relaxed_madd(v, b1, t21);
          v = v128.load32_splat(p3);
          t30 = f32x4.relaxed_madd(v, b0, t30); t31 = f32x4.relaxed_madd(v, b1, t31);
          v = v128.load32_splat(p4);
          t40 = f32x4.relaxed_madd(v, b0, t40); t41 = f32x4.relaxed_madd(v, b1, t41);
          v = v128.load32_splat(p5);
          t50 = f32x4.relaxed_madd(v, b0, t50); t51 = f32x4.relaxed_madd(v, b1, t51);
          b0 = v128.load(q, 32); b1 = v128.load(q, 48);
          v = v128.load32_splat(p0, 4);
          t00 = f32x4.relaxed_madd(v, b0, t00); t01 = f32x4.relaxed_madd(v, b1, t01);
          v = v128.load32_splat(p1, 4);
          t10 = f32x4.relaxed_madd(v, b0, t10); t11 = f32x4.relaxed_madd(v, b1, t11);
          v = v128.load32_splat(p2, 4);
          t20 = f32x4.relaxed_madd(v, b0, t20); t21 = f32x4.relaxed_madd(v, b1, t21);
          v = v128.load32_splat(p3, 4);
          t30 = f32x4.relaxed_madd(v, b0, t30); t31 = f32x4.relaxed_madd(v, b1, t31);
          v = v128.load32_splat(p4, 4);
          t40 = f32x4.relaxed_madd(v, b0, t40); t41 = f32x4.relaxed_madd(v, b1, t41);
          v = v128.load32_splat(p5, 4);
          t50 = f32x4.relaxed_madd(v, b0, t50); t51 = f32x4.relaxed_madd(v, b1, t51);
          b0 = v128.load(q, 64); b1 = v128.load(q, 80);
          v = v128.load32_splat(p0, 8);
          t00 = f32x4.relaxed_madd(v, b0, t00); t01 = f32x4.relaxed_madd(v, b1, t01);
          v = v128.load32_splat(p1, 8);
          t10 = f32x4.relaxed_madd(v, b0, t10); t11 = f32x4.relaxed_madd(v, b1, t11);
          v = v128.load32_splat(p2, 8);
          t20 = f32x4.relaxed_madd(v, b0, t20); t21 = f32x4.relaxed_madd(v, b1, t21);
          v = v128.load32_splat(p3, 8);
          t30 = f32x4.relaxed_madd(v, b0, t30); t31 = f32x4.relaxed_madd(v, b1, t31);
          v = v128.load32_splat(p4, 8);
          t40 = f32x4.relaxed_madd(v, b0, t40); t41 = f32x4.relaxed_madd(v, b1, t41);
          v = v128.load32_splat(p5, 8);
          t50 = f32x4.relaxed_madd(v, b0, t50); t51 = f32x4.relaxed_madd(v, b1, t51);
          b0 = v128.load(q, 96); b1 = v128.load(q, 112);
          v = v128.load32_splat(p0, 12);
          t00 = f32x4.relaxed_madd(v, b0, t00); t01 = f32x4.relaxed_madd(v, b1, t01);
          v = v128.load32_splat(p1, 12);
          t10 = f32x4.relaxed_madd(v, b0, t10); t11 = f32x4.relaxed_madd(v, b1, t11);
          v = v128.load32_splat(p2, 12);
          t20 = f32x4.relaxed_madd(v, b0, t20); t21 = f32x4.relaxed_madd(v, b1, t21);
          v = v128.load32_splat(p3, 12);
          t30 = f32x4.relaxed_madd(v, b0, t30); t31 = f32x4.relaxed_madd(v, b1, t31);
          v = v128.load32_splat(p4, 12);
          t40 = f32x4.relaxed_madd(v, b0, t40); t41 = f32x4.relaxed_madd(v, b1, t41);
          v = v128.load32_splat(p5, 12);
          t50 = f32x4.relaxed_madd(v, b0, t50); t51 = f32x4.relaxed_madd(v, b1, t51);
          p0 += 16; p1 += 16; p2 += 16; p3 += 16; p4 += 16; p5 += 16;
          q += 128;
        }
        for (; k > 0; k--) {
          const b0 = v128.load(q), b1 = v128.load(q, 16);
          let v = v128.load32_splat(p0);
          t00 = f32x4.relaxed_madd(v, b0, t00); t01 = f32x4.relaxed_madd(v, b1, t01);
          v = v128.load32_splat(p1);
          t10 = f32x4.relaxed_madd(v, b0, t10); t11 = f32x4.relaxed_madd(v, b1, t11);
          v = v128.load32_splat(p2);
          t20 = f32x4.relaxed_madd(v, b0, t20); t21 = f32x4.relaxed_madd(v, b1, t21);
          v = v128.load32_splat(p3);
          t30 = f32x4.relaxed_madd(v, b0, t30); t31 = f32x4.relaxed_madd(v, b1, t31);
          v = v128.load32_splat(p4);
          t40 = f32x4.relaxed_madd(v, b0, t40); t41 = f32x4.relaxed_madd(v, b1, t41);
          v = v128.load32_splat(p5);
          t50 = f32x4.relaxed_madd(v, b0, t50); t51 = f32x4.relaxed_madd(v, b1, t51);
          p0 += 4; p1 += 4; p2 += 4; p3 += 4; p4 += 4; p5 += 4;
          q += 32;
        }
      }
      if (bias) {
        const e0 = loadPart(bias + column, left), e1 = loadPart(bias + column + 16, left - 4);
        t00 = f32x4.add(t00, e0); t01 = f32x4.add(t01, e1);
        t10 = f32x4.add(t10, e0); t11 = f32x4.add(t11, e1);
        t20 = f32x4.add(t20, e0); t21 = f32x4.add(t21, e1);
        t30 = f32x4.add(t30, e0); t31 = f32x4.add(t31, e1);
        t40 = f32x4.add(t40, e0); t41 = f32x4.add(t41, e1);
        t50 = f32x4.add(t50, e0); t51 = f32x4.add(t51, e1);
      }
      if (activation) {
        t00 = clampActivation(t00, activation); t01 = clampActivation(t01, activation);
        t10 = clampActivation(t10, activation); t11 = clampActivation(t11, activation);
        t20 = clampActivation(t20, activation); t21 = clampActivation(t21, activation);
        t30 = clampActivation(t30, activation); t31 = clampActivation(t31, activation);
        t40 = clampActivation(t40, activation); t41 = clampActivation(t41, activation);
        t50 = clampActivation(t50, activation); t51 = clampActivation(t51, activation);
      }
      if (left >= 8) {
        v128.store(c0 + column, t00); v128.store(c0 + column, t01, 16);
        v128.store(c1 + column, t10); v128.store(c1 + column, t11, 16);
        v128.store(c2 + column, t20); v128.store(c2 + column, t21, 16);
        v128.store(c3 + column, t30); v128.store(c3 + column, t31, 16);
        v128.store(c4 + column, t40); v128.store(c4 + column, t41, 16);
        v128.store(c5 + column, t50); v128.store(c5 + column, t51, 16);
      } else {
        storePart(c0 + column, t00, left); storePart(c0 + column + 16, t01, left - 4);
        storePart(c1 + column, t10, left); storePart(c1 + column + 16, t11, left - 4);
        storePart(c2 + column, t20, left); storePart(c2 + column + 16, t21, left - 4);
        storePart(c3 + column, t30, left); storePart(c3 + column + 16, t31, left - 4);
        storePart(c4 + column, t40, left); storePart(c4 + column + 16, t41, left - 4);
        storePart(c5 + column, t50, left); storePart(c5 + column + 16, t51, left - 4);
      }
    }
  }
}
