/** Images [B, height, width, channels] at another size, each pixel that of a source that tables name. */
import { copyRun } from "./move";

/** y[b, r, c] = x[b, rows[r], columns[c]]. Units: rows of y, of all images. */
export function pickPixels(
  x: usize,
  y: usize,
  rows: usize,
  columns: usize,
  height: i32,
  width: i32,
  outHeight: i32,
  outWidth: i32,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const pixel = <usize> channels << 2;
  for (let unit = begin; unit < end; unit++) {
    const source = unit / outHeight * height + load<i32>(rows + (<usize> (unit % outHeight) << 2));
    const from = x + pixel * source * width;
    let to = y + pixel * unit * outWidth;
    for (let c = 0; c < outWidth; c++) {
      copyRun(to, from + pixel * load<i32>(columns + (<usize> c << 2)), channels);
      to += pixel;
    }
  }
}

/**
 * dx of `pickPixels`: each pixel's sum over the places that took it, by rows, then columns, from 0. Units: rows of dx,
 * of all images.
 */
export function pickPixelsGradient(
  dy: usize,
  dx: usize,
  rows: usize,
  columns: usize,
  height: i32,
  width: i32,
  outHeight: i32,
  outWidth: i32,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const pixel = <usize> channels << 2;
  const line = pixel * width;
  for (let unit = begin; unit < end; unit++) {
    const image = unit / height, row = unit % height;
    const to = dx + line * unit;
    memory.fill(to, 0, line);
    for (let r = 0; r < outHeight; r++) {
      if (load<i32>(rows + (<usize> r << 2)) != row) continue;
      let from = dy + pixel * (image * outHeight + r) * outWidth;
      for (let c = 0; c < outWidth; c++) {
        addRun(to + pixel * load<i32>(columns + (<usize> c << 2)), from, pixel);
        from += pixel;
      }
    }
  }
}

/** Adds `bytes` bytes of floats to what `to` holds. */
export function addRun(to: usize, from: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
  }
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(from + i));
}
