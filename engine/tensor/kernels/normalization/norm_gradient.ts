/** Gradients of batch normalisation with its activation; chunks, lines and units as in ./norm. */
import { Linear, Rectifier, RELU, slope4 } from "../activation";
import { storeLanes } from "../lanes";
import { padded, rowsOfBlock } from "./norm";

/** All other activations, by their input. */
class Curve {
  back(code: i32, z: v128, dy: v128): v128 {
    return f32x4.mul(dy, slope4(code, z));
  }
}

/** Per chunk a line of Σ dz and a line of Σ dz (x − mean), dz = dy · activation′. */
export function normSumsOfChunks(
  code: i32,
  x: usize,
  dy: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  partials: usize,
  rows: i32,
  channels: i32,
  length: i32,
  begin: i32,
  end: i32,
): void {
  if (code == 0) {
    sumsWith<Linear>(code, x, dy, mean, scale, beta, partials, rows, channels, length, begin, end);
  } else if (code == RELU) {
    sumsWith<Rectifier>(code, x, dy, mean, scale, beta, partials, rows, channels, length, begin, end);
  } else {
    sumsWith<Curve>(code, x, dy, mean, scale, beta, partials, rows, channels, length, begin, end);
  }
}

function sumsWith<F>(
  code: i32,
  x: usize,
  dy: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  partials: usize,
  rows: i32,
  channels: i32,
  length: i32,
  begin: i32,
  end: i32,
): void {
  const f = changetype<F>(0);
  const row = <usize> channels << 2;
  const line = <usize> padded(channels) << 2;
  const some = rowsOfBlock(channels);
  for (let chunk = begin; chunk < end; chunk++) {
    const out = partials + 2 * line * chunk;
    memory.fill(out, 0, 2 * line);
    const last = min((chunk + 1) * length, rows);
    for (let first = chunk * length; first < last; first += some) {
      const base = row * first;
      const bytes = row * min(some, last - first);
      for (let offset: usize = 0; offset < line; offset += 16) {
        const center = v128.load(mean + offset);
        const factor = v128.load(scale + offset);
        const shift = v128.load(beta + offset);
        let sum = v128.load(out + offset);
        let product = v128.load(out + line + offset);
        const stop = base + offset + bytes;
        for (let at = base + offset; at < stop; at += row) {
          const off = f32x4.sub(v128.load(x + at), center);
          const z = f32x4.relaxed_madd(off, factor, shift);
          const dz = f.back(code, z, v128.load(dy + at));
          sum = f32x4.add(sum, dz);
          product = f32x4.relaxed_madd(dz, off, product);
        }
        v128.store(out + offset, sum);
        v128.store(out + line + offset, product);
      }
    }
  }
}

/**
 * From the chunks' sums: dbeta = Σ dz, dgamma = Σ dz (x − mean) / √(variance + epsilon), and the two lines that
 * `normGradient` takes off, Σ dz / rows and Σ dz (x − mean) / ((variance + epsilon) rows); zeros where the
 * statistics were given (`trained` 0).
 */
export function combineNormSums(
  partials: usize,
  variance: usize,
  dgamma: usize,
  dbeta: usize,
  takeoff: usize,
  epsilon: f32,
  trained: i32,
  rows: i32,
  channels: i32,
  length: i32,
): void {
  const line = <usize> padded(channels) << 2;
  const chunks = (rows + length - 1) / length;
  for (let c = 0; c < channels; c++) {
    const at = <usize> c << 2;
    let sum: f64 = 0;
    let product: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      const from = partials + 2 * line * chunk + at;
      sum += <f64> load<f32>(from);
      product += <f64> load<f32>(from + line);
    }
    const power = <f64> load<f32>(variance + at) + <f64> epsilon;
    store<f32>(dbeta + at, <f32> sum);
    store<f32>(dgamma + at, <f32> (product / sqrt(power)));
    const share: f64 = trained ? 1 / <f64> rows : 0;
    store<f32>(takeoff + at, <f32> (sum * share));
    store<f32>(takeoff + line + at, <f32> (product / power * share));
  }
}

/** dx = scale · (dz − takeoff₀ − (x − mean) · takeoff₁). */
export function normGradient(
  code: i32,
  x: usize,
  dy: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  takeoff: usize,
  dx: usize,
  rows: i32,
  channels: i32,
  length: i32,
  begin: i32,
  end: i32,
): void {
  if (code == 0) {
    gradientWith<Linear>(code, x, dy, mean, scale, beta, takeoff, dx, rows, channels, length, begin, end);
  } else if (code == RELU) {
    gradientWith<Rectifier>(code, x, dy, mean, scale, beta, takeoff, dx, rows, channels, length, begin, end);
  } else {
    gradientWith<Curve>(code, x, dy, mean, scale, beta, takeoff, dx, rows, channels, length, begin, end);
  }
}

function gradientWith<F>(
  code: i32,
  x: usize,
  dy: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  takeoff: usize,
  dx: usize,
  rows: i32,
  channels: i32,
  length: i32,
  begin: i32,
  end: i32,
): void {
  const row = <usize> channels << 2;
  const line = <usize> padded(channels) << 2;
  const last = min(end * length, rows);
  // Four rows at a time share their constants. Walking down a column instead would have loads meet stores that lie
  // a multiple of 4096 bytes before them, which processors take for the same address.
  for (let r = begin * length; r < last;) {
    const four = last - r >= 4;
    const base = row * r;
    for (let c = 0; c < channels; c += 4) {
      const count = channels - c;
      const offset = <usize> c << 2;
      const center = v128.load(mean + offset);
      const factor = v128.load(scale + offset);
      const shift = v128.load(beta + offset);
      const share = v128.load(takeoff + offset);
      const tilt = v128.load(takeoff + line + offset);
      let at = base + offset;
      one<F>(code, x + at, dy + at, dx + at, count, center, factor, shift, share, tilt);
      if (four) {
        at += row;
        one<F>(code, x + at, dy + at, dx + at, count, center, factor, shift, share, tilt);
        at += row;
        one<F>(code, x + at, dy + at, dx + at, count, center, factor, shift, share, tilt);
        at += row;
        one<F>(code, x + at, dy + at, dx + at, count, center, factor, shift, share, tilt);
      }
    }
    r += four ? 4 : 1;
  }
}

@inline
function one<F>(
  code: i32,
  x: usize,
  dy: usize,
  dx: usize,
  count: i32,
  center: v128,
  factor: v128,
  shift: v128,
  share: v128,
  tilt: v128,
): void {
  const off = f32x4.sub(v128.load(x), center);
  const z = f32x4.relaxed_madd(off, factor, shift);
  const dz = changetype<F>(0).back(code, z, v128.load(dy));
  const left = f32x4.relaxed_nmadd(off, tilt, f32x4.sub(dz, share));
  storeLanes(dx, count, f32x4.mul(left, factor));
}
