/** Functions of two operands, element by element, with broadcasting. */
import { storeLanes } from "./lanes";

/** Elements of one unit of work. */
const BLOCK = 8192;

class Add {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.add(a, b);
  }
}
class Subtract {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.sub(a, b);
  }
}
class Multiply {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.mul(a, b);
  }
}
class Divide {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.div(a, b);
  }
}
class Maximum {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.max(a, b);
  }
}
class Minimum {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.min(a, b);
  }
}
class SquaredDifference {
  @inline
  of(a: v128, b: v128): v128 {
    const difference = f32x4.sub(a, b);
    return f32x4.mul(difference, difference);
  }
}

/** One run of n elements; an operand with step 0 is one number for all of them. */
function run<F>(a: usize, b: usize, y: usize, n: i32, aStep: i32, bStep: i32): void {
  const f = changetype<F>(0);
  const whole = n & ~3;
  const rest = n & 3;
  const end = y + (<usize> whole << 2);
  if (aStep && bStep) {
    for (; y < end; y += 16, a += 16, b += 16) {
      v128.store(y, f.of(v128.load(a), v128.load(b)));
    }
    if (rest) storeLanes(y, rest, f.of(v128.load(a), v128.load(b)));
  } else if (aStep) {
    const constant = v128.load32_splat(b);
    for (; y < end; y += 16, a += 16) v128.store(y, f.of(v128.load(a), constant));
    if (rest) storeLanes(y, rest, f.of(v128.load(a), constant));
  } else {
    // Both constant happens only for runs of one element: `b` is then as good as any vector.
    const constant = v128.load32_splat(a);
    for (; y < end; y += 16, b += 16) v128.store(y, f.of(constant, v128.load(b)));
    if (rest) storeLanes(y, rest, f.of(constant, v128.load(b)));
  }
}

function dispatch(code: i32, a: usize, b: usize, y: usize, n: i32, aStep: i32, bStep: i32): void {
  switch (code) {
    case 0:
      run<Add>(a, b, y, n, aStep, bStep);
      break;
    case 1:
      run<Subtract>(a, b, y, n, aStep, bStep);
      break;
    case 2:
      run<Multiply>(a, b, y, n, aStep, bStep);
      break;
    case 3:
      run<Divide>(a, b, y, n, aStep, bStep);
      break;
    case 4:
      run<Maximum>(a, b, y, n, aStep, bStep);
      break;
    case 5:
      run<Minimum>(a, b, y, n, aStep, bStep);
      break;
    default:
      run<SquaredDifference>(a, b, y, n, aStep, bStep);
  }
}

/** y[i] = f(a[i · aStep], b[i · bStep]), steps 0 or 1, not both 0. Codes: `BINARY`. Units: blocks. */
export function binary(
  code: i32,
  a: usize,
  b: usize,
  y: usize,
  n: i32,
  aStep: i32,
  bStep: i32,
  begin: i32,
  end: i32,
): void {
  const first = begin * BLOCK;
  const at = <usize> first << 2;
  const last = min(end * BLOCK, n);
  dispatch(code, a + at * aStep, b + at * bStep, y + at, last - first, aStep, bStep);
}

/**
 * Broadcasting: the output is n0 × n1 × n2 runs of `inner` elements; run (i0, i1, i2) reads a from
 * i0·a0 + i1·a1 + i2·a2 on with step aStep, b likewise. Units: runs.
 */
export function binaryRuns(
  code: i32,
  a: usize,
  b: usize,
  y: usize,
  inner: i32,
  aStep: i32,
  bStep: i32,
  n1: i32,
  n2: i32,
  a0: i32,
  a1: i32,
  a2: i32,
  b0: i32,
  b1: i32,
  b2: i32,
  begin: i32,
  end: i32,
): void {
  for (let unit = begin; unit < end; unit++) {
    const i2 = unit % n2;
    const i1 = unit / n2 % n1;
    const i0 = unit / n2 / n1;
    const aAt = a + (<usize> (i0 * a0 + i1 * a1 + i2 * a2) << 2);
    const bAt = b + (<usize> (i0 * b0 + i1 * b1 + i2 * b2) << 2);
    dispatch(code, aAt, bAt, y + (<usize> unit * inner << 2), inner, aStep, bStep);
  }
}
