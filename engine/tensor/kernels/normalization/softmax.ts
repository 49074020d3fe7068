/** Softmax, its logarithm and cross-entropy along rows, with temperature, and their gradients. Units: rows. */
import { loadLanes, maxLanes, storeLanes, sumLanes } from "../lanes";
import { expNegative4, log4 } from "../math";

/** The row's largest number. */
function rowMax(z: usize, n: i32): f32 {
  let best = f32x4.splat(-Infinity);
  for (let k = 0; k < n; k += 4) {
    const at = z + (<usize> k << 2);
    best = f32x4.pmax(best, loadLanes(at, n - k, f32x4.splat(-Infinity)));
  }
  return maxLanes(best);
}

/** Σ exp((z − top) / temperature). */
function rowSum(z: usize, n: i32, top: v128, temperature: v128): f32 {
  let total = f32x4.splat(0);
  for (let k = 0; k < n; k += 4) {
    const value = loadLanes(z + (<usize> k << 2), n - k, f32x4.splat(-Infinity));
    total = f32x4.add(total, expNegative4(f32x4.div(f32x4.sub(value, top), temperature)));
  }
  return sumLanes(total);
}

/** ln x. */
function logOf(x: f32): f32 {
  return f32x4.extract_lane(log4(f32x4.splat(x)), 0);
}

/** softmax(z / temperature). */
export function softmax(
  z: usize,
  y: usize,
  n: i32,
  temperature: f32,
  begin: i32,
  end: i32,
): void {
  const width = <usize> n << 2;
  const t = f32x4.splat(temperature);
  for (let row = begin; row < end; row++) {
    const from = z + width * row;
    const to = y + width * row;
    const top = f32x4.splat(rowMax(from, n));
    let total = f32x4.splat(0);
    for (let k = 0; k < n; k += 4) {
      const at = <usize> k << 2;
      const value = loadLanes(from + at, n - k, f32x4.splat(-Infinity));
      const power = expNegative4(f32x4.div(f32x4.sub(value, top), t));
      total = f32x4.add(total, power);
      storeLanes(to + at, n - k, power);
    }
    const sum = f32x4.splat(sumLanes(total));
    for (let k = 0; k < n; k += 4) {
      const at = to + (<usize> k << 2);
      storeLanes(at, n - k, f32x4.div(v128.load(at), sum));
    }
  }
}

/** dz = y (dy − Σ dy·y) / temperature. */
export function softmaxGradient(
  y: usize,
  dy: usize,
  dz: usize,
  n: i32,
  temperature: f32,
  begin: i32,
  end: i32,
): void {
  const width = <usize> n << 2;
  const t = f32x4.splat(temperature);
  const zero = f32x4.splat(0);
  for (let row = begin; row < end; row++) {
    const base = width * row;
    let total = zero;
    for (let k = 0; k < n; k += 4) {
      const at = base + (<usize> k << 2);
      total = f32x4.relaxed_madd(
        loadLanes(dy + at, n - k, zero),
        loadLanes(y + at, n - k, zero),
        total,
      );
    }
    const sum = f32x4.splat(sumLanes(total));
    for (let k = 0; k < n; k += 4) {
      const at = base + (<usize> k << 2);
      const off = f32x4.sub(v128.load(dy + at), sum);
      storeLanes(dz + at, n - k, f32x4.div(f32x4.mul(v128.load(y + at), off), t));
    }
  }
}

/** log softmax(z / temperature). */
export function logSoftmax(
  z: usize,
  y: usize,
  n: i32,
  temperature: f32,
  begin: i32,
  end: i32,
): void {
  const width = <usize> n << 2;
  const t = f32x4.splat(temperature);
  for (let row = begin; row < end; row++) {
    const from = z + width * row;
    const to = y + width * row;
    const top = f32x4.splat(rowMax(from, n));
    const log = f32x4.splat(logOf(rowSum(from, n, top, t)));
    for (let k = 0; k < n; k += 4) {
      const at = <usize> k << 2;
      const scaled = f32x4.div(f32x4.sub(v128.load(from + at), top), t);
      storeLanes(to + at, n - k, f32x4.sub(scaled, log));
    }
  }
}

/** dz = (dy − exp(y) Σ dy) / temperature. */
export function logSoftmaxGradient(
  y: usize,
  dy: usize,
  dz: usize,
  n: i32,
  temperature: f32,
  begin: i32,
  end: i32,
): void {
  const width = <usize> n << 2;
  const t = f32x4.splat(temperature);
  for (let row = begin; row < end; row++) {
    const base = width * row;
    const sum = f32x4.splat(rowTotal(dy + base, n));
    for (let k = 0; k < n; k += 4) {
      const at = base + (<usize> k << 2);
      const off = f32x4.relaxed_nmadd(expNegative4(v128.load(y + at)), sum, v128.load(dy + at));
      storeLanes(dz + at, n - k, f32x4.div(off, t));
    }
  }
}

function rowTotal(x: usize, n: i32): f32 {
  let total = f32x4.splat(0);
  for (let k = 0; k < n; k += 4) {
    total = f32x4.add(total, loadLanes(x + (<usize> k << 2), n - k, f32x4.splat(0)));
  }
  return sumLanes(total);
}

/** y[row] = −Σ targets · log softmax(z / temperature); a target of 0 adds 0 even where the logit is −∞. */
export function crossEntropy(
  z: usize,
  targets: usize,
  y: usize,
  n: i32,
  temperature: f32,
  begin: i32,
  end: i32,
): void {
  const width = <usize> n << 2;
  const t = f32x4.splat(temperature);
  const zero = f32x4.splat(0);
  for (let row = begin; row < end; row++) {
    const from = z + width * row;
    const top = f32x4.splat(rowMax(from, n));
    const log = f32x4.splat(logOf(rowSum(from, n, top, t)));
    let total = zero;
    for (let k = 0; k < n; k += 4) {
      const at = <usize> k << 2;
      const target = loadLanes(targets + width * row + at, n - k, zero);
      const scaled = f32x4.div(f32x4.sub(v128.load(from + at), top), t);
      const surprise = f32x4.mul(target, f32x4.sub(log, scaled));
      total = f32x4.add(total, v128.andnot(surprise, f32x4.eq(target, zero)));
    }
    store<f32>(y + (<usize> row << 2), sumLanes(total));
  }
}

/** dz = dy[row] (softmax(z / temperature) Σ targets − targets) / temperature. */
export function crossEntropyGradient(
  z: usize,
  targets: usize,
  dy: usize,
  dz: usize,
  n: i32,
  temperature: f32,
  begin: i32,
  end: i32,
): void {
  const width = <usize> n << 2;
  const t = f32x4.splat(temperature);
  for (let row = begin; row < end; row++) {
    const base = width * row;
    const top = f32x4.splat(rowMax(z + base, n));
    const mass = rowTotal(targets + base, n) / rowSum(z + base, n, top, t);
    const share = f32x4.splat(mass);
    const scale = f32x4.splat(load<f32>(dy + (<usize> row << 2)) / temperature);
    for (let k = 0; k < n; k += 4) {
      const at = base + (<usize> k << 2);
      const power = expNegative4(f32x4.div(f32x4.sub(v128.load(z + at), top), t));
      const off = f32x4.sub(f32x4.mul(power, share), v128.load(targets + at));
      storeLanes(dz + at, n - k, f32x4.mul(off, scale));
    }
  }
}
