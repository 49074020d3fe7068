/**
 * Batch normalisation over the rows of [rows, channels] with an activation fused. Statistics are taken per chunk of
 * rows by the corrected two-pass algorithm (Chan, Golub, LeVeque 1983), and combined in float64 in the order of the
 * chunks. Units: chunks of `length` rows. Lines of partial sums are whole vectors: channels rounded up to a multiple
 * of 4.
 */
import { activate4, Linear, Rectifier, RELU } from "../activation";
import { storeLanes } from "../lanes";


/** Rounds up to whole vectors. */
export function padded(channels: i32): i32 {
  return (channels + 3) & ~3;
}

/** Rows that stay in the first-level cache, three streams of them, while their columns are walked one by one. */
export function rowsOfBlock(channels: i32): i32 {
  return max(4, 1024 / channels);
}

/** Per chunk a line of means and a line of Σ (x − mean)². */
export function momentsOfChunks(
  x: usize,
  partials: usize,
  rows: i32,
  channels: i32,
  length: i32,
  begin: i32,
  end: i32,
): void {
  const row = <usize> channels << 2;
  const line = <usize> padded(channels) << 2;
  for (let chunk = begin; chunk < end; chunk++) {
    const count = min(length, rows - chunk * length);
    const base = x + row * chunk * length;
    const out = partials + 2 * line * chunk;
    const reciprocal = f32x4.splat(<f32> 1 / <f32> count);
    for (let c: usize = 0; c < line; c += 16) {
      const last = base + c + row * count;
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      let at = base + c;
      for (; at + row < last; at += 2 * row) {
        sum0 = f32x4.add(sum0, v128.load(at));
        sum1 = f32x4.add(sum1, v128.load(at + row));
      }
      if (at < last) sum0 = f32x4.add(sum0, v128.load(at));
      const near = f32x4.mul(f32x4.add(sum0, sum1), reciprocal);
      // What rounding left between `near` and the mean shows in Σ (x − near), and is taken off both moments.
      let rest0 = f32x4.splat(0);
      let rest1 = f32x4.splat(0);
      let square0 = f32x4.splat(0);
      let square1 = f32x4.splat(0);
      at = base + c;
      for (; at + row < last; at += 2 * row) {
        const off0 = f32x4.sub(v128.load(at), near);
        const off1 = f32x4.sub(v128.load(at + row), near);
        rest0 = f32x4.add(rest0, off0);
        rest1 = f32x4.add(rest1, off1);
        square0 = f32x4.relaxed_madd(off0, off0, square0);
        square1 = f32x4.relaxed_madd(off1, off1, square1);
      }
      if (at < last) {
        const off = f32x4.sub(v128.load(at), near);
        rest0 = f32x4.add(rest0, off);
        square0 = f32x4.relaxed_madd(off, off, square0);
      }
      const rest = f32x4.add(rest0, rest1);
      const share = f32x4.mul(rest, reciprocal);
      v128.store(out + c, f32x4.add(near, share));
      v128.store(out + line + c, f32x4.relaxed_nmadd(rest, share, f32x4.add(square0, square1)));
    }
  }
}

/** Mean and population variance of each channel from the chunks' moments. */
export function combineMoments(
  partials: usize,
  mean: usize,
  variance: usize,
  rows: i32,
  channels: i32,
  length: i32,
): void {
  const line = <usize> padded(channels) << 2;
  const chunks = (rows + length - 1) / length;
  for (let c = 0; c < channels; c++) {
    const from = partials + (<usize> c << 2);
    let sum: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      const count = min(length, rows - chunk * length);
      sum += <f64> load<f32>(from + 2 * line * chunk) * <f64> count;
    }
    const center = sum / <f64> rows;
    let squares: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      const count = min(length, rows - chunk * length);
      const off = <f64> load<f32>(from + 2 * line * chunk) - center;
      squares += <f64> load<f32>(from + 2 * line * chunk + line) + off * off * <f64> count;
    }
    store<f32>(mean + (<usize> c << 2), <f32> center);
    store<f32>(variance + (<usize> c << 2), <f32> (squares / <f64> rows));
  }
}

/** scale = gamma / √(variance + epsilon). */
export function normScale(
  variance: usize,
  gamma: usize,
  scale: usize,
  epsilon: f32,
  channels: i32,
): void {
  for (let c = 0; c < channels; c += 4) {
    const at = <usize> c << 2;
    const deviation = f32x4.sqrt(f32x4.add(v128.load(variance + at), f32x4.splat(epsilon)));
    storeLanes(scale + at, channels - c, f32x4.div(v128.load(gamma + at), deviation));
  }
}

/** All other activations. */
class Curve {
  of(code: i32, z: v128): v128 {
    return activate4(code, z);
  }
}

/** y = activation((x − mean) · scale + beta). */
export function normalize(
  code: i32,
  x: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  y: usize,
  rows: i32,
  channels: i32,
  length: i32,
  begin: i32,
  end: i32,
): void {
  if (code == 0) {
    normalizeWith<Linear>(code, x, mean, scale, beta, y, rows, channels, length, begin, end);
  } else if (code == RELU) {
    normalizeWith<Rectifier>(code, x, mean, scale, beta, y, rows, channels, length, begin, end);
  } else {
    normalizeWith<Curve>(code, x, mean, scale, beta, y, rows, channels, length, begin, end);
  }
}

function normalizeWith<F>(
  code: i32,
  x: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  y: usize,
  rows: i32,
  channels: i32,
  length: i32,
  begin: i32,
  end: i32,
): void {
  const f = changetype<F>(0);
  const row = <usize> channels << 2;
  const last = min(end * length, rows);
  const some = rowsOfBlock(channels);
  for (let first = begin * length; first < last; first += some) {
    const base = row * first;
    const bytes = row * min(some, last - first);
    for (let c = 0; c < channels; c += 4) {
      const offset = <usize> c << 2;
      const center = v128.load(mean + offset);
      const factor = v128.load(scale + offset);
      const shift = v128.load(beta + offset);
      const stop = base + offset + bytes;
      if (channels - c >= 4) {
        for (let at = base + offset; at < stop; at += row) {
          const off = f32x4.sub(v128.load(x + at), center);
          const z = f32x4.relaxed_madd(off, factor, shift);
          v128.store(y + at, f.of(code, z));
        }
      } else {
        for (let at = base + offset; at < stop; at += row) {
          const off = f32x4.sub(v128.load(x + at), center);
          const z = f32x4.relaxed_madd(off, factor, shift);
          storeLanes(y + at, channels - c, f.of(code, z));
        }
      }
    }
  }
}
