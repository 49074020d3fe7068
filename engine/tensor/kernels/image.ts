/** Copies of images inside a frame of zeros. */

/**
 * x [images, height, width, c] → out [images, outHeight, outWidth, c], x's pixel (0, 0) at (top, left), zeros around;
 * what lies outside the frame is cut off. Units: rows of the output.
 */
export function frame(
  out: usize,
  outHeight: i32,
  outWidth: i32,
  x: usize,
  height: i32,
  width: i32,
  c: i32,
  top: i32,
  left: i32,
  begin: i32,
  end: i32,
): void {
  const copied = max(min(width, outWidth - left), 0) * c;
  const before = left * c, after = outWidth * c - before - copied;
  for (let unit = begin; unit < end; unit++) {
    const image = unit / outHeight, y = unit - image * outHeight - top;
    let q = out + (<usize> (unit * outWidth * c) << 2);
    if (y < 0 || y >= height) {
      zeros(q, outWidth * c);
      continue;
    }
    zeros(q, before);
    q += <usize> before << 2;
    copy(q, x + (<usize> ((image * height + y) * width * c) << 2), copied);
    zeros(q + (<usize> copied << 2), after);
  }
}

function zeros(out: usize, n: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(out + (<usize> i << 2), zero);
  for (; i < n; i++) store<f32>(out + (<usize> i << 2), 0);
}

function copy(out: usize, from: usize, n: i32): void {
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    const p = from + (<usize> i << 2), q = out + (<usize> i << 2);
    v128.store(q, v128.load(p));
    v128.store(q, v128.load(p, 16), 16);
    v128.store(q, v128.load(p, 32), 32);
    v128.store(q, v128.load(p, 48), 48);
  }
  for (; i + 4 <= n; i += 4) v128.store(out + (<usize> i << 2), v128.load(from + (<usize> i << 2)));
  for (; i < n; i++) store<f32>(out + (<usize> i << 2), load<f32>(from + (<usize> i << 2)));
}
