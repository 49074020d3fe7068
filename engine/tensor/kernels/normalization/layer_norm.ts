/** Layer normalisation of each row of [rows, n] (Ba, Kiros, Hinton 2016), and its gradients. */
import { loadLanes, storeLanes, sumLanes } from "../lanes";

/**
 * y = (x − mean) / √(variance + epsilon) · gamma + beta; `moments` keeps each row's mean and its
 * root's reciprocal.
 * Units: rows.
 */
export function layerNorm(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  moments: usize,
  n: i32,
  epsilon: f32,
  begin: i32,
  end: i32,
): void {
  const zero = f32x4.splat(0);
  for (let row = begin; row < end; row++) {
    const from = x + (<usize> row * n << 2);
    const to = y + (<usize> row * n << 2);
    let sum = zero;
    for (let i = 0; i < n; i += 4) {
      sum = f32x4.add(sum, loadLanes(from + (<usize> i << 2), n - i, zero));
    }
    const mean = sumLanes(sum) / <f32> n;
    const center = f32x4.splat(mean);
    let squares = zero;
    for (let i = 0; i < n; i += 4) {
      const off = f32x4.sub(loadLanes(from + (<usize> i << 2), n - i, center), center);
      squares = f32x4.relaxed_madd(off, off, squares);
    }
    const scale = <f32> 1 / sqrt(sumLanes(squares) / <f32> n + epsilon);
    const factor = f32x4.splat(scale);
    for (let i = 0; i < n; i += 4) {
      const at = <usize> i << 2;
      const off = f32x4.mul(f32x4.sub(v128.load(from + at), center), factor);
      const value = f32x4.relaxed_madd(off, v128.load(gamma + at), v128.load(beta + at));
      storeLanes(to + at, n - i, value);
    }
    store<f32>(moments + (<usize> row << 3), mean);
    store<f32>(moments + (<usize> row << 3), scale, 4);
  }
}

/** dx = scale (g − mean(g) − x̂ mean(g x̂)), g = dy · gamma, x̂ the normalised x. Units: rows. */
export function layerNormGradient(
  x: usize,
  gamma: usize,
  dy: usize,
  dx: usize,
  moments: usize,
  n: i32,
  begin: i32,
  end: i32,
): void {
  const zero = f32x4.splat(0);
  for (let row = begin; row < end; row++) {
    const base = <usize> row * n << 2;
    const center = v128.load32_splat(moments + (<usize> row << 3));
    const factor = v128.load32_splat(moments + (<usize> row << 3), 4);
    let sum = zero;
    let product = zero;
    for (let i = 0; i < n; i += 4) {
      const at = <usize> i << 2;
      const g = f32x4.mul(
        loadLanes(dy + base + at, n - i, zero),
        loadLanes(gamma + at, n - i, zero),
      );
      const off = f32x4.mul(f32x4.sub(loadLanes(x + base + at, n - i, center), center), factor);
      sum = f32x4.add(sum, g);
      product = f32x4.relaxed_madd(g, off, product);
    }
    const share = f32x4.splat(sumLanes(sum) / <f32> n);
    const tilt = f32x4.splat(sumLanes(product) / <f32> n);
    for (let i = 0; i < n; i += 4) {
      const at = <usize> i << 2;
      const g = f32x4.mul(v128.load(dy + base + at), v128.load(gamma + at));
      const off = f32x4.mul(f32x4.sub(v128.load(x + base + at), center), factor);
      const left = f32x4.relaxed_nmadd(off, tilt, f32x4.sub(g, share));
      storeLanes(dx + base + at, n - i, f32x4.mul(left, factor));
    }
  }
}

/** Per chunk of `length` rows the sums Σ dy and Σ dy x̂ of each column, a line of n each. Units: chunks. */
export function layerNormSums(
  x: usize,
  dy: usize,
  moments: usize,
  sums: usize,
  products: usize,
  rows: i32,
  n: i32,
  length: i32,
  begin: i32,
  end: i32,
): void {
  const row = <usize> n << 2;
  for (let chunk = begin; chunk < end; chunk++) {
    const first = chunk * length;
    const last = min(first + length, rows);
    for (let i = 0; i < n; i += 4) {
      const at = <usize> i << 2;
      let sum = f32x4.splat(0);
      let product = f32x4.splat(0);
      for (let r = first; r < last; r++) {
        const place = row * r + at;
        const moment = moments + (<usize> r << 3);
        const off = f32x4.sub(v128.load(x + place), v128.load32_splat(moment));
        const g = v128.load(dy + place);
        sum = f32x4.add(sum, g);
        product = f32x4.relaxed_madd(g, f32x4.mul(off, v128.load32_splat(moment, 4)), product);
      }
      storeLanes(sums + row * chunk + at, n - i, sum);
      storeLanes(products + row * chunk + at, n - i, product);
    }
  }
}
