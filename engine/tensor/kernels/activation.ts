/** Activations with what they are fused to, and their gradients. Units: blocks of 8192 elements. */
import { storeLanes } from "./lanes";
import { activate4, GELU, geluSlope4, RELU6, slopeFromOutput4 } from "./math";

/** Elements of one unit of work. */
const BLOCK = 8192;

/** The activations that keep z between two bounds: linear, relu, relu6; without a branch in the loop. */
export class Clamp {
  @inline
  of(_code: i32, z: v128, low: v128, high: v128): v128 {
    return f32x4.pmin(f32x4.pmax(z, low), high);
  }
  /** dy where the bounds let z through; y serves as z. */
  @inline
  back(_code: i32, z: v128, dy: v128, low: v128, high: v128): v128 {
    return v128.and(dy, v128.and(f32x4.gt(z, low), f32x4.lt(z, high)));
  }
}

/** All others, from the output where there is a gradient. */
class Curve {
  of(code: i32, z: v128, _low: v128, _high: v128): v128 {
    return activate4(code, z);
  }
  back(code: i32, y: v128, dy: v128, _low: v128, _high: v128): v128 {
    return f32x4.mul(dy, slopeFromOutput4(code, y));
  }
}

/** The bounds of `Clamp`. */
export function lowOf(code: i32): v128 {
  return f32x4.splat(code == 0 ? <f32> -Infinity : 0);
}
/** See `lowOf`. */
export function highOf(code: i32): v128 {
  return f32x4.splat(code == RELU6 ? 6 : <f32> Infinity);
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
  if (code <= RELU6) addWith<Clamp>(code, a, b, y, n, begin, end);
  else addWith<Curve>(code, a, b, y, n, begin, end);
}

function addWith<F>(code: i32, a: usize, b: usize, y: usize, n: i32, begin: i32, end: i32): void {
  const f = changetype<F>(0);
  const low = lowOf(code);
  const high = highOf(code);
  const last = min(end * BLOCK, n);
  for (let i = begin * BLOCK; i < last; i += 4) {
    const at = <usize> i << 2;
    const z = f32x4.add(v128.load(a + at), v128.load(b + at));
    storeLanes(y + at, last - i, f.of(code, z, low, high));
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
  if (code <= RELU6) backWith<Clamp>(code, y, dy, dx, n, begin, end);
  else if (code == GELU) backWith<Bell>(code, y, dy, dx, n, begin, end);
  else backWith<Curve>(code, y, dy, dx, n, begin, end);
}

class Bell {
  @inline
  back(_code: i32, z: v128, dy: v128, _low: v128, _high: v128): v128 {
    return f32x4.mul(dy, geluSlope4(z));
  }
}

function backWith<F>(code: i32, y: usize, dy: usize, dx: usize, n: i32, begin: i32, end: i32): void {
  const f = changetype<F>(0);
  const low = lowOf(code);
  const high = highOf(code);
  const last = min(end * BLOCK, n);
  for (let i = begin * BLOCK; i < last; i += 4) {
    const at = <usize> i << 2;
    const back = f.back(code, v128.load(y + at), v128.load(dy + at), low, high);
    storeLanes(dx + at, last - i, back);
  }
}
