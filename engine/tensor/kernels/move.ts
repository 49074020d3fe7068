/** Copies of four-byte values between places of different strides: transpositions, slices, paddings. */
import { loadLanes, storeLanes } from "./lanes";

/**
 * out[i0·o0 + … + i3·o3 + j] = from[i0·f0 + … + i3·f3 + j·step] for all i below n0 … n3 and j below `inner`; strides in
 * elements, perhaps negative. Units: pairs (i0, i1).
 */
export function move(
  out: usize,
  from: usize,
  inner: i32,
  step: i32,
  n1: i32,
  n2: i32,
  n3: i32,
  f0: i32,
  f1: i32,
  f2: i32,
  f3: i32,
  o0: i32,
  o1: i32,
  o2: i32,
  o3: i32,
  begin: i32,
  end: i32,
): void {
  for (let unit = begin; unit < end; unit++) {
    const i0 = unit / n1;
    const i1 = unit % n1;
    for (let i2 = 0; i2 < n2; i2++) {
      let source = from + <usize> (i0 * f0 + i1 * f1 + i2 * f2 << 2);
      let target = out + <usize> (i0 * o0 + i1 * o1 + i2 * o2 << 2);
      for (let i3 = 0; i3 < n3; i3++) {
        if (step == 1) copyRun(target, source, inner);
        else gatherRun(target, source, inner, step);
        source += <usize> (f3 << 2);
        target += <usize> (o3 << 2);
      }
    }
  }
}

/** Copies n values of four bytes. */
export function copyRun(out: usize, from: usize, n: i32): void {
  if (n > 256) {
    memory.copy(out, from, <usize> n << 2);
    return;
  }
  const whole = out + (<usize> (n & ~3) << 2);
  for (; out < whole; out += 16, from += 16) v128.store(out, v128.load(from));
  if (n & 3) storeLanes(out, n & 3, loadLanes(from, n & 3, i32x4.splat(0)));
}

function gatherRun(out: usize, from: usize, n: i32, step: i32): void {
  const end = out + (<usize> n << 2);
  const bytes = <usize> (step << 2);
  for (; out < end; out += 4, from += bytes) store<i32>(out, load<i32>(from));
}
