/**
 * A step of long short-term memory and its gradient, behind the product with the state before. Four gates lie side by
 * side in a row: input, forget, cell, output. Every number is made by the operations that the layers one by one would
 * do, in their order, so that the bits are theirs. Units: rows of the batch.
 */
import { storeLanes } from "./lanes";
import { sigmoid4, tanh4 } from "./math";

/** A gate's function: what is kept of its sum for the gradient, how far it is open, and its sum's gradient. */
class Sigmoid {
  @inline
  kept(z: v128): v128 {
    return sigmoid4(z);
  }
  @inline
  open(kept: v128): v128 {
    return kept;
  }
  @inline
  back(kept: v128, d: v128): v128 {
    return f32x4.mul(d, f32x4.mul(kept, f32x4.sub(f32x4.splat(1), kept)));
  }
}
/** clip(0.2 z + 0.5, 0, 1); at both ends the gradient passes. */
class HardSigmoid {
  @inline
  kept(z: v128): v128 {
    return f32x4.add(f32x4.mul(z, f32x4.splat(0.2)), f32x4.splat(0.5));
  }
  @inline
  open(kept: v128): v128 {
    return f32x4.pmax(f32x4.pmin(kept, f32x4.splat(1)), f32x4.splat(0));
  }
  @inline
  back(kept: v128, d: v128): v128 {
    const inside = v128.and(f32x4.ge(kept, f32x4.splat(0)), f32x4.le(kept, f32x4.splat(1)));
    return f32x4.mul(v128.and(d, inside), f32x4.splat(0.2));
  }
}

/**
 * `gates`: what enters, in rows `gateRow` apart; what is kept of the gates takes its place. `product` [B, 4 · units]:
 * the state before times its weights, 0 in the first step. `before`, `cell` and `curve`, rows `cellRow` apart: the
 * cell before (which may be `cell` itself), the new one and its hyperbolic tangent (0: not wanted). `state`, rows
 * `stateRow` apart: what comes out. `hard`: whether gates are hard sigmoids.
 */
export function recurrentStep(
  hard: i32,
  gates: usize,
  gateRow: i32,
  product: usize,
  before: usize,
  cell: usize,
  curve: usize,
  cellRow: i32,
  state: usize,
  stateRow: i32,
  units: i32,
  begin: i32,
  end: i32,
): void {
  for (let row = begin; row < end; row++) {
    const at = <usize> (row * cellRow) << 2;
    const z = gates + (<usize> (row * gateRow) << 2);
    const p = product ? product + (<usize> (row * units) << 4) : 0;
    const h = state + (<usize> (row * stateRow) << 2);
    const last = before ? before + at : 0, bent = curve ? curve + at : 0;
    if (hard) stepWith<HardSigmoid>(z, p, last, cell + at, bent, h, units);
    else stepWith<Sigmoid>(z, p, last, cell + at, bent, h, units);
  }
}

/** The hyperbolic tangent, as the cell's own gate has it. */
class Tanh {
  @inline
  kept(z: v128): v128 {
    return tanh4(z);
  }
}

/** z = what is kept of z, or of z + product, for n numbers. */
function keep<F>(z: usize, product: usize, n: i32): void {
  const f = changetype<F>(0);
  const whole = z + (<usize> (n & ~3) << 2);
  if (product) {
    for (; z < whole; z += 16, product += 16) {
      v128.store(z, f.kept(f32x4.add(v128.load(z), v128.load(product))));
    }
    if (n & 3) storeLanes(z, n & 3, f.kept(f32x4.add(v128.load(z), v128.load(product))));
  } else {
    for (; z < whole; z += 16) v128.store(z, f.kept(v128.load(z)));
    if (n & 3) storeLanes(z, n & 3, f.kept(v128.load(z)));
  }
}

function stepWith<F>(
  z: usize,
  product: usize,
  before: usize,
  cell: usize,
  curve: usize,
  state: usize,
  units: i32,
): void {
  const f = changetype<F>(0);
  const gate = <usize> units << 2;
  keep<F>(z, product, 2 * units);
  keep<Tanh>(z + 2 * gate, product ? product + 2 * gate : 0, units);
  keep<F>(z + 3 * gate, product ? product + 3 * gate : 0, units);
  for (let u = 0; u < units; u += 4) {
    const left = units - u;
    const at = <usize> u << 2;
    const zi = z + at;
    let c = f32x4.mul(f.open(v128.load(zi)), v128.load(zi + 2 * gate));
    if (before) {
      c = f32x4.add(f32x4.mul(f.open(v128.load(zi + gate)), v128.load(before + at)), c);
    }
    const t = tanh4(c);
    const h = f32x4.mul(f.open(v128.load(zi + 3 * gate)), t);
    if (left >= 4) {
      v128.store(cell + at, c);
      if (curve) v128.store(curve + at, t);
      v128.store(state + at, h);
    } else {
      storeLanes(cell + at, left, c);
      if (curve) storeLanes(curve + at, left, t);
      storeLanes(state + at, left, h);
    }
  }
}

/**
 * `gates`: what a step kept of its gates; the gradient of their sums takes its place. `before` (0 in the first step)
 * and `curve` as above. The state's gradient is `dy` (rows `dyRow` apart; 0: none from outside) and `product` [B,
 * units], what the next step hands back; 0 in the last step. `carry` [B, units]: the cell's gradient from the next
 * step, which becomes that of the step before.
 */
export function recurrentStepGradient(
  hard: i32,
  gates: usize,
  gateRow: i32,
  before: usize,
  curve: usize,
  cellRow: i32,
  dy: usize,
  dyRow: i32,
  product: usize,
  carry: usize,
  units: i32,
  begin: i32,
  end: i32,
): void {
  for (let row = begin; row < end; row++) {
    const at = <usize> (row * cellRow) << 2, own = <usize> (row * units) << 2;
    const z = gates + (<usize> (row * gateRow) << 2);
    const last = before ? before + at : 0;
    const d = dy ? dy + (<usize> (row * dyRow) << 2) : 0, p = product ? product + own : 0;
    if (hard) backWith<HardSigmoid>(z, last, curve + at, d, p, carry + own, units);
    else backWith<Sigmoid>(z, last, curve + at, d, p, carry + own, units);
  }
}

function backWith<F>(
  z: usize,
  before: usize,
  curve: usize,
  dy: usize,
  product: usize,
  carry: usize,
  units: i32,
): void {
  const f = changetype<F>(0);
  const one = f32x4.splat(1);
  const gate = <usize> units << 2;
  for (let u = 0; u < units; u += 4) {
    const left = units - u;
    const at = <usize> u << 2;
    const zi = z + at, zf = zi + gate, zg = zf + gate, zo = zg + gate;
    const i = v128.load(zi), g = v128.load(zg), o = v128.load(zo), t = v128.load(curve + at);
    let dh: v128;
    if (!product) dh = v128.load(dy + at);
    else if (!dy) dh = v128.load(product + at);
    else dh = f32x4.add(v128.load(dy + at), v128.load(product + at));
    const slope = f32x4.relaxed_nmadd(t, t, one);
    let dc = f32x4.mul(f32x4.mul(dh, f.open(o)), slope);
    if (product) dc = f32x4.add(v128.load(carry + at), dc);
    let df = f32x4.splat(0);
    if (before) {
      const kept = v128.load(zf);
      df = f.back(kept, f32x4.mul(dc, v128.load(before + at)));
      const handed = f32x4.mul(dc, f.open(kept));
      if (left >= 4) v128.store(carry + at, handed);
      else storeLanes(carry + at, left, handed);
    }
    const di = f.back(i, f32x4.mul(dc, g)), dout = f.back(o, f32x4.mul(dh, t));
    const dg = f32x4.mul(f32x4.mul(dc, f.open(i)), f32x4.relaxed_nmadd(g, g, one));
    if (left >= 4) {
      v128.store(zi, di);
      v128.store(zf, df);
      v128.store(zg, dg);
      v128.store(zo, dout);
    } else {
      storeLanes(zi, left, di);
      storeLanes(zf, left, df);
      storeLanes(zg, left, dg);
      storeLanes(zo, left, dout);
    }
  }
}
