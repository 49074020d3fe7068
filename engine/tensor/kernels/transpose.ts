/** Turning matrices. */

/** x [rows, columns] → out [columns, rows]. Units: blocks of 4 rows of x. */
export function transpose(
  out: usize,
  x: usize,
  rows: i32,
  columns: i32,
  begin: i32,
  end: i32,
): void {
  const from = <usize> columns << 2, to = <usize> rows << 2;
  for (let unit = begin; unit < end; unit++) {
    const r = unit << 2;
    const height = min(4, rows - r);
    let j = 0;
    if (height == 4) {
      let p = x + <usize> r * from;
      let q = out + (<usize> r << 2);
      for (; j + 4 <= columns; j += 4) {
        const r0 = v128.load(p), r1 = v128.load(p + from);
        const r2 = v128.load(p + 2 * from), r3 = v128.load(p + 3 * from);
        const s0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), s1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
        const s2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), s3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
        v128.store(q, v128.shuffle<f64>(s0, s1, 0, 2));
        v128.store(q + to, v128.shuffle<f64>(s0, s1, 1, 3));
        v128.store(q + 2 * to, v128.shuffle<f64>(s2, s3, 0, 2));
        v128.store(q + 3 * to, v128.shuffle<f64>(s2, s3, 1, 3));
        p += 16;
        q += to << 2;
      }
    }
    for (; j < columns; j++) {
      for (let i = r; i < r + height; i++) {
        const value = load<f32>(x + <usize> i * from + (<usize> j << 2));
        store<f32>(out + <usize> j * to + (<usize> i << 2), value);
      }
    }
  }
}
