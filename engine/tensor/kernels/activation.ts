/** Activations with what they are fused to, and their gradients. Units: blocks of 8192 elements. */
import { storeLanes } from "./lanes";
import { elu4, exp4, gelu4, geluSlope4, leakyRelu4, sigmoid4, tanh4 } from "./math";

/** Codes of the activations; `ACTIVATION_CODE` in ../layers/elementwise.ts is the same table. */
export const RELU = 1;
export const RELU6 = 2;
const SIGMOID = 3;
const TANH = 4;
const GELU = 5;
const ELU = 6;
const LEAKY_RELU = 7;

/** The activation of a code; 0 and unknown codes are linear. */
export function activate4(code: i32, z: v128): v128 {
  const zero = f32x4.splat(0);
  switch (code) {
    case RELU:
      return f32x4.pmax(z, zero);
    case RELU6:
      return f32x4.pmin(f32x4.pmax(z, zero), f32x4.splat(6));
    case SIGMOID:
      return sigmoid4(z);
    case TANH:
      return tanh4(z);
    case GELU:
      return gelu4(z);
    case ELU:
      return elu4(z);
    case LEAKY_RELU:
      return leakyRelu4(z);
    default:
      return z;
  }
}

/** The activation's derivative at z; at a kink the derivative from the flat side. */
export function slope4(code: i32, z: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  switch (code) {
    case GELU:
      return geluSlope4(z);
    case ELU:
      return v128.bitselect(exp4(z), one, f32x4.lt(z, zero));
    case SIGMOID:
    case TANH:
      return slopeFromOutput4(code, activate4(code, z));
    default:
      return slopeFromOutput4(code, z);
  }
}

/** The derivative where the activation gave y; gelu, which is not monotone, has none. */
export function slopeFromOutput4(code: i32, y: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  switch (code) {
    case RELU:
      return v128.and(f32x4.gt(y, zero), one);
    case RELU6:
      return v128.and(v128.and(f32x4.gt(y, zero), f32x4.lt(y, f32x4.splat(6))), one);
    case SIGMOID:
      return f32x4.mul(y, f32x4.sub(one, y));
    case TANH:
      return f32x4.relaxed_nmadd(y, y, one);
    case ELU:
      return v128.bitselect(f32x4.add(y, one), one, f32x4.lt(y, zero));
    case LEAKY_RELU:
      return v128.bitselect(one, f32x4.splat(0.2), f32x4.gt(y, zero));
    default:
      return one;
  }
}

/** Elements of one unit of work. */
const BLOCK = 8192;

/**
 * The commonest activations as classes, so that each gets a loop of its own: `of` is the activation, `back` hands dy
 * on where z (or the output) let it through.
 */
export class Linear {
  @inline
  of(_code: i32, z: v128): v128 {
    return z;
  }
  @inline
  back(_code: i32, _z: v128, dy: v128): v128 {
    return dy;
  }
}
export class Rectifier {
  @inline
  of(_code: i32, z: v128): v128 {
    return f32x4.pmax(z, f32x4.splat(0));
  }
  @inline
  back(_code: i32, z: v128, dy: v128): v128 {
    return v128.and(dy, f32x4.gt(z, f32x4.splat(0)));
  }
}

/** Any other activation by its code; its gradient is computed from its output. */
class ByCode {
  of(code: i32, z: v128): v128 {
    return activate4(code, z);
  }
  back(code: i32, y: v128, dy: v128): v128 {
    return f32x4.mul(dy, slopeFromOutput4(code, y));
  }
}

/** y = activation(a + b). */
export function addActivate(
  code: i32,
  a: usize,
  b: usize,
  y: usize,
  n: i32,
  begin: i32,
  end: i32,
): void {
  if (code == 0) addWith<Linear>(code, a, b, y, n, begin, end);
  else if (code == RELU) addWith<Rectifier>(code, a, b, y, n, begin, end);
  else addWith<ByCode>(code, a, b, y, n, begin, end);
}

function addWith<F>(code: i32, a: usize, b: usize, y: usize, n: i32, begin: i32, end: i32): void {
  const f = changetype<F>(0);
  const last = min(end * BLOCK, n);
  for (let i = begin * BLOCK; i < last; i += 4) {
    const at = <usize> i << 2;
    const z = f32x4.add(v128.load(a + at), v128.load(b + at));
    storeLanes(y + at, last - i, f.of(code, z));
  }
}

/** dx = dy · activation′, from the activation's output y; for gelu from its input. */
export function activateGradient(
  code: i32,
  y: usize,
  dy: usize,
  dx: usize,
  n: i32,
  begin: i32,
  end: i32,
): void {
  if (code == RELU) backWith<Rectifier>(code, y, dy, dx, n, begin, end);
  else if (code == GELU) backWith<Gelu>(code, y, dy, dx, n, begin, end);
  else backWith<ByCode>(code, y, dy, dx, n, begin, end);
}

/** gelu, whose gradient is computed from its input. */
class Gelu {
  @inline
  back(_code: i32, z: v128, dy: v128): v128 {
    return f32x4.mul(dy, geluSlope4(z));
  }
}

function backWith<F>(code: i32, y: usize, dy: usize, dx: usize, n: i32, begin: i32, end: i32): void {
  const f = changetype<F>(0);
  const last = min(end * BLOCK, n);
  for (let i = begin * BLOCK; i < last; i += 4) {
    const at = <usize> i << 2;
    const back = f.back(code, v128.load(y + at), v128.load(dy + at));
    storeLanes(dx + at, last - i, back);
  }
}
