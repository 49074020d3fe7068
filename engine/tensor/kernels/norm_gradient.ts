/** Gradients of batch normalisation with its activation; chunks, lines and units as in ./norm. */
import { Clamp, highOf, lowOf, RELU6, slope4 } from "./activation";
import { storeLanes } from "./lanes";
import { padded } from "./norm";

/** All other activations, by their input. */
class Curve {
  back(code: i32, z: v128, dy: v128, _low: v128, _high: v128): v128 {
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
  if (code <= RELU6) {
    sumsWith<Clamp>(code, x, dy, mean, scale, beta, partials, rows, channels, length, begin, end);
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
  const low = lowOf(code);
  const high = highOf(code);
  const row = <usize> channels << 2;
  const line = <usize> padded(channels) << 2;
  for (let chunk = begin; chunk < end; chunk++) {
    const base = row * chunk * length;
    const bytes = row * min(length, rows - chunk * length);
    const out = partials + 2 * line * chunk;
    for (let offset: usize = 0; offset < line; offset += 16) {
      const center = v128.load(mean + offset);
      const factor = v128.load(scale + offset);
      const shift = v128.load(beta + offset);
      let sum = f32x4.splat(0);
      let product = f32x4.splat(0);
      const last = base + offset + bytes;
      for (let at = base + offset; at < last; at += row) {
        const off = f32x4.sub(v128.load(x + at), center);
        const z = f32x4.relaxed_madd(off, factor, shift);
        const dz = f.back(code, z, v128.load(dy + at), low, high);
        sum = f32x4.add(sum, dz);
        product = f32x4.relaxed_madd(dz, off, product);
      }
      v128.store(out + offset, sum);
      v128.store(out + line + offset, product);
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
  if (code <= RELU6) {
    gradientWith<Clamp>(code, x, dy, mean, scale, beta, takeoff, dx, rows, channels, length, begin, end);
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
  const f = changetype<F>(0);
  const low = lowOf(code);
  const high = highOf(code);
  const row = <usize> channels << 2;
  const line = <usize> padded(channels) << 2;
  for (let chunk = begin; chunk < end; chunk++) {
    const base = row * chunk * length;
    const bytes = row * min(length, rows - chunk * length);
    for (let c = 0; c < channels; c += 4) {
      const offset = <usize> c << 2;
      const center = v128.load(mean + offset);
      const factor = v128.load(scale + offset);
      const shift = v128.load(beta + offset);
      const share = v128.load(takeoff + offset);
      const tilt = v128.load(takeoff + line + offset);
      const last = base + offset + bytes;
      for (let at = base + offset; at < last; at += row) {
        const off = f32x4.sub(v128.load(x + at), center);
        const z = f32x4.relaxed_madd(off, factor, shift);
        const dz = f.back(code, z, v128.load(dy + at), low, high);
        const left = f32x4.relaxed_nmadd(off, tilt, f32x4.sub(dz, share));
        storeLanes(dx + at, channels - c, f32x4.mul(left, factor));
      }
    }
  }
}
