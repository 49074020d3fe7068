/** The mean over all cells of an image, and its gradient. Units: images. */
import { storeLanes } from "../lanes";

/** Rows of a partial sum: short enough for float32, long enough to pay. */
const RUN = 32;

/** The mean over an image's cells, [cells, channels] → [channels]; in runs, so that rounding does not pile up. */
export function globalAveragePool(
  x: usize,
  y: usize,
  cells: i32,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const cell = <usize> channels << 2;
  for (let image = begin; image < end; image++) {
    const base = x + cell * cells * image;
    for (let c = 0; c < channels; c += 4) {
      const offset = <usize> c << 2;
      let total = f32x4.splat(0);
      for (let first = 0; first < cells; first += RUN) {
        const last = min(first + RUN, cells);
        let part = f32x4.splat(0);
        for (let i = first; i < last; i++) {
          part = f32x4.add(part, v128.load(base + cell * i + offset));
        }
        total = f32x4.add(total, part);
      }
      const mean = f32x4.div(total, f32x4.splat(<f32> cells));
      storeLanes(y + cell * image + offset, channels - c, mean);
    }
  }
}

/** dx of `globalAveragePool`. */
export function globalAveragePoolGradient(
  dy: usize,
  dx: usize,
  cells: i32,
  channels: i32,
  begin: i32,
  end: i32,
): void {
  const cell = <usize> channels << 2;
  const divisor = f32x4.splat(<f32> cells);
  for (let image = begin; image < end; image++) {
    const base = dx + cell * cells * image;
    for (let c = 0; c < channels; c += 4) {
      const offset = <usize> c << 2;
      const share = f32x4.div(v128.load(dy + cell * image + offset), divisor);
      for (let i = 0; i < cells; i++) storeLanes(base + cell * i + offset, channels - c, share);
    }
  }
}
