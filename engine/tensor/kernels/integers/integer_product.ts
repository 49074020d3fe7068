/**
 * Exact products of 16-bit integers, or bytes, with sums of 32 bits that wrap: the dot instruction multiplies two k beside each
 * other for four columns at once. Blocks, rows and panels as in ../products/product, but a panel holds pairs of k.
 */
import { begun, ENTRY, ROWS, storeFour, storeReals, storeRow, SUMS } from "./integer_end";

/**
 * Rows r = (b·ny + y)·nx + x of the left side begin at `a + b·ab + y·ay + x·ax`, of the output at
 * `out + b·ob + y·oy + x·ox` (bytes). A row is `segments` runs of 2 · `pairs` 16-bit integers, run s at byte offset
 * `offsets[s]`; where a run is shorter by one, the weight of what lies there is 0. `panels` is the right side: for
 * each 8 columns segments · pairs · 8 pairs. Then comes the end of `table` and `code` (./integer_end); `scales` holds
 * a float for each row if the code is ROWS. Units: blocks of 4 rows.
 */
export function integerProduct(
  a: usize, ab: i32, ay: i32, ax: i32, rows: i32, ny: i32, nx: i32, offsets: usize, segments: i32, pairs: i32,
  panels: usize, n: i32, out: usize, ob: i32, oy: i32, ox: i32, table: usize, code: i32, low: i32, high: i32,
  scales: usize, begin: i32, end: i32,
): void {
  productOf<i16>(
    a, ab, ay, ax, rows, ny, nx, offsets, segments, pairs, panels, n, out, ob, oy, ox, table, code, low, high, scales,
    begin, end,
  );
}

/**
 * The same of bytes at `a`, integers of 8 bits without a sign; a panel, made by `packBytes`, begins with what its sums
 * begin with. Here two of them are widened to a pair.
 */
export function byteProduct(
  a: usize, ab: i32, ay: i32, ax: i32, rows: i32, ny: i32, nx: i32, offsets: usize, segments: i32, pairs: i32,
  panels: usize, n: i32, out: usize, ob: i32, oy: i32, ox: i32, table: usize, code: i32, low: i32, high: i32,
  scales: usize, begin: i32, end: i32,
): void {
  productOf<u8>(
    a, ab, ay, ax, rows, ny, nx, offsets, segments, pairs, panels, n, out, ob, oy, ox, table, code, low, high, scales,
    begin, end,
  );
}

@inline
function isBytes<T>(): bool {
  return sizeof<T>() == 1;
}

/** Four pairs of a row. */
@inline
function four<T>(p: usize): v128 {
  return isBytes<T>() ? v128.load8x8_u(p) : v128.load(p);
}

function productOf<T>(
  a: usize,
  ab: i32,
  ay: i32,
  ax: i32,
  rows: i32,
  ny: i32,
  nx: i32,
  offsets: usize,
  segments: i32,
  pairs: i32,
  panels: usize,
  n: i32,
  out: usize,
  ob: i32,
  oy: i32,
  ox: i32,
  table: usize,
  code: i32,
  low: i32,
  high: i32,
  scales: usize,
  begin: i32,
  end: i32,
): void {
  // Panels for bytes begin with what their sums do.
  const panelBytes = <usize> (segments * pairs + (isBytes<T>() ? 1 : 0)) << 5;
  const panelCount = (n + 7) >> 3;
  const shift = code > ROWS ? 4 : 5;
  const image = ny * nx;
  const count = pairs > 0 ? segments : 0;
  let r = begin << 2;
  let b = r / image;
  let y = (r - b * image) / nx;
  let x = r - b * image - y * nx;
  let from = a + b * ab + y * ay + x * ax, to = out + b * ob + y * oy + x * ox;
  for (let unit = begin; unit < end; unit++) {
    // Rows behind the last are the last again: computed twice, stored twice, the same bits.
    const a0 = from, c0 = to, r0 = r;
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
    const a1 = from, c1 = to, r1 = r;
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
    const a2 = from, c2 = to, r2 = r;
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
    const a3 = from, c3 = to, r3 = r;
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
      const entry = table + ENTRY * 2 * panel;
      let t00 = begun(entry, code), t01 = begun(entry + ENTRY, code);
      let q = panels + <usize> panel * panelBytes;
      if (isBytes<T>()) {
        t00 = i32x4.add(t00, v128.load(q));
        t01 = i32x4.add(t01, v128.load(q, 16));
        q += 32;
      }
      let t10 = t00, t11 = t01, t20 = t00, t21 = t01, t30 = t00, t31 = t01;
      for (let s = 0; s < count; s++) {
        const offset = <usize> load<i32>(offsets + (<usize> s << 2));
        let p0 = a0 + offset, p1 = a1 + offset, p2 = a2 + offset, p3 = a3 + offset;
        let k = pairs;
        while (true) {
          const v0 = four<T>(p0), v1 = four<T>(p1), v2 = four<T>(p2), v3 = four<T>(p3);
          p0 += 8 * sizeof<T>();
          p1 += 8 * sizeof<T>();
          p2 += 8 * sizeof<T>();
          p3 += 8 * sizeof<T>();
          let b0 = v128.load(q), b1 = v128.load(q, 16), v: v128;
          q += 32;
          v = v128.shuffle<i32>(v0, v0, 0, 0, 0, 0);
          t00 = i32x4.add(t00, i32x4.dot_i16x8_s(v, b0));
          t01 = i32x4.add(t01, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v1, v1, 0, 0, 0, 0);
          t10 = i32x4.add(t10, i32x4.dot_i16x8_s(v, b0));
          t11 = i32x4.add(t11, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v2, v2, 0, 0, 0, 0);
          t20 = i32x4.add(t20, i32x4.dot_i16x8_s(v, b0));
          t21 = i32x4.add(t21, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v3, v3, 0, 0, 0, 0);
          t30 = i32x4.add(t30, i32x4.dot_i16x8_s(v, b0));
          t31 = i32x4.add(t31, i32x4.dot_i16x8_s(v, b1));
          if (--k == 0) break;
          b0 = v128.load(q);
          b1 = v128.load(q, 16);
          q += 32;
          v = v128.shuffle<i32>(v0, v0, 1, 1, 1, 1);
          t00 = i32x4.add(t00, i32x4.dot_i16x8_s(v, b0));
          t01 = i32x4.add(t01, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v1, v1, 1, 1, 1, 1);
          t10 = i32x4.add(t10, i32x4.dot_i16x8_s(v, b0));
          t11 = i32x4.add(t11, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v2, v2, 1, 1, 1, 1);
          t20 = i32x4.add(t20, i32x4.dot_i16x8_s(v, b0));
          t21 = i32x4.add(t21, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v3, v3, 1, 1, 1, 1);
          t30 = i32x4.add(t30, i32x4.dot_i16x8_s(v, b0));
          t31 = i32x4.add(t31, i32x4.dot_i16x8_s(v, b1));
          if (--k == 0) break;
          b0 = v128.load(q);
          b1 = v128.load(q, 16);
          q += 32;
          v = v128.shuffle<i32>(v0, v0, 2, 2, 2, 2);
          t00 = i32x4.add(t00, i32x4.dot_i16x8_s(v, b0));
          t01 = i32x4.add(t01, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v1, v1, 2, 2, 2, 2);
          t10 = i32x4.add(t10, i32x4.dot_i16x8_s(v, b0));
          t11 = i32x4.add(t11, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v2, v2, 2, 2, 2, 2);
          t20 = i32x4.add(t20, i32x4.dot_i16x8_s(v, b0));
          t21 = i32x4.add(t21, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v3, v3, 2, 2, 2, 2);
          t30 = i32x4.add(t30, i32x4.dot_i16x8_s(v, b0));
          t31 = i32x4.add(t31, i32x4.dot_i16x8_s(v, b1));
          if (--k == 0) break;
          b0 = v128.load(q);
          b1 = v128.load(q, 16);
          q += 32;
          v = v128.shuffle<i32>(v0, v0, 3, 3, 3, 3);
          t00 = i32x4.add(t00, i32x4.dot_i16x8_s(v, b0));
          t01 = i32x4.add(t01, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v1, v1, 3, 3, 3, 3);
          t10 = i32x4.add(t10, i32x4.dot_i16x8_s(v, b0));
          t11 = i32x4.add(t11, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v2, v2, 3, 3, 3, 3);
          t20 = i32x4.add(t20, i32x4.dot_i16x8_s(v, b0));
          t21 = i32x4.add(t21, i32x4.dot_i16x8_s(v, b1));
          v = v128.shuffle<i32>(v3, v3, 3, 3, 3, 3);
          t30 = i32x4.add(t30, i32x4.dot_i16x8_s(v, b0));
          t31 = i32x4.add(t31, i32x4.dot_i16x8_s(v, b1));
          if (--k == 0) break;
        }
      }
      const column = <usize> panel << shift, left = n - (panel << 3);
      const d0 = c0 + column, d1 = c1 + column, d2 = c2 + column, d3 = c3 + column;
      if (code == SUMS) {
        storeReals(d0, t00, t01, left);
        storeReals(d1, t10, t11, left);
        storeReals(d2, t20, t21, left);
        storeReals(d3, t30, t31, left);
      } else if (code == ROWS) {
        storeRow(d0, t00, t01, left, entry, load<f32>(scales + (<usize> r0 << 2)));
        storeRow(d1, t10, t11, left, entry, load<f32>(scales + (<usize> r1 << 2)));
        storeRow(d2, t20, t21, left, entry, load<f32>(scales + (<usize> r2 << 2)));
        storeRow(d3, t30, t31, left, entry, load<f32>(scales + (<usize> r3 << 2)));
      } else {
        storeFour(
          d0,
          d1,
          d2,
          d3,
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
    }
  }
}
