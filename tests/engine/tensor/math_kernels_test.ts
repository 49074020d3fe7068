import assert from "node:assert/strict";
import { kernelInstance } from "../../../engine/tensor/instance.ts";
import * as scalar from "../../../engine/tensor/scalar_math.ts";
import { stream } from "../../../engine/tensor/random.ts";

const { kernels, memory, allocator } = kernelInstance();

/** Runs a one-operand kernel on an array of any length. */
function kernel(code: number, xs: ArrayLike<number>): Float32Array {
  const from = allocator.allocate(xs.length * 4);
  const to = allocator.allocate(xs.length * 4);
  new Float32Array(memory.buffer, from, xs.length).set(xs);
  kernels.unary(code, from, to, xs.length, 0, Math.ceil(xs.length / 8192));
  const result = new Float32Array(memory.buffer, to, xs.length).slice();
  allocator.release(from);
  allocator.release(to);
  return result;
}

/** The spacing of float32 at x. */
function spacing(x: number): number {
  const bits = new Uint32Array(new Float32Array([Math.abs(x)]).buffer)[0]!;
  return Math.pow(2, Math.max(bits >>> 23, 1) - 150);
}

/** float32 values all over [from, to], and where both are positive, evenly over magnitudes. */
function floats(from: number, to: number, count = 200_000): Float32Array {
  const uniforms = stream(2, `${from} to ${to}`).uniforms(0, count);
  return uniforms.map((u) => from > 0 ? from * Math.pow(to / from, u) : from + u * (to - from));
}

/** The double-precision oracle is itself tested against exact arithmetic, to 10 of its far finer ulp. */
function worst(code: number, xs: Float32Array, exact: (x: number) => number): number {
  const ours = kernel(code, xs);
  let most = 0;
  for (const [i, x] of xs.entries()) {
    const expected = exact(x);
    most = Math.max(most, Math.abs(ours[i]! - expected) / spacing(expected));
  }
  return most;
}

/** eˣ − 1 without cancellation: Taylor near 0. */
function expm1(x: number): number {
  if (Math.abs(x) > 0.5) return scalar.exp(x) - 1;
  let total = 0;
  for (let n = 18; n >= 1; n--) total = (1 + total) * x / n;
  return total;
}

const cases: [name: string, code: number, ulp: number, xs: Float32Array, (x: number) => number][] =
  [
    ["exp", 9, 1, floats(-103, 88.7), scalar.exp],
    ["exp near 0", 9, 1, floats(1e-9, 1), scalar.exp],
    ["expm1", 10, 2, floats(-20, 20), expm1],
    ["expm1 near 0", 10, 2, floats(1e-9, 1), expm1],
    ["expm1 just below 0", 10, 2, floats(-1, 0), expm1],
    ["log", 11, 1, floats(1e-44, 3e38), scalar.log],
    ["log near 1", 11, 1, floats(0.5, 2), scalar.log],
    ["erf", 12, 2, floats(-5, 5), scalar.erf],
    ["erf near 0", 12, 2, floats(1e-9, 1), scalar.erf],
    ["sigmoid", 13, 3, floats(-100, 20), (x) => 1 / (1 + scalar.exp(-x))],
    ["tanh", 14, 2, floats(-10, 10), Math.tanh],
    ["tanh near 0", 14, 2, floats(1e-9, 1), Math.tanh],
  ];

for (const [name, code, ulp, xs, exact] of cases) {
  Deno.test(`kernel ${name} is within ${ulp} ulp of float32`, () => {
    const off = worst(code, xs, exact);
    assert.ok(off <= ulp, `${name} is ${off} ulp off`);
  });
}

Deno.test("gelu is within 2⁻²² of |x| (1 + Φ)", () => {
  const xs = floats(-12, 12);
  const ours = kernel(20, xs);
  for (const [i, x] of xs.entries()) {
    const expected = x / 2 * (1 + scalar.erf(x / Math.sqrt(2)));
    assert.ok(Math.abs(ours[i]! - expected) <= Math.abs(x) * 2.4e-7, `gelu(${x}) = ${ours[i]}`);
  }
});

Deno.test("limits, zeros and NaN pass through the kernels as they should", () => {
  const xs = [Infinity, -Infinity, NaN, 0, -0, 1e-45, 100, -110];
  const expected: Record<string, [number, number[]]> = {
    exp: [9, [Infinity, 0, NaN, 1, 1, 1, Infinity, 0]],
    expm1: [10, [Infinity, -1, NaN, 0, -0, 1e-45, Infinity, -1]],
    log: [11, [Infinity, NaN, NaN, -Infinity, -Infinity, -103.27893, 4.6051702, NaN]],
    erf: [12, [1, -1, NaN, 0, -0, 1e-45, 1, -1]],
    sigmoid: [13, [1, 0, NaN, 0.5, 0.5, 0.5, 1, 0]],
    tanh: [14, [1, -1, NaN, 0, -0, 1e-45, 1, -1]],
  };
  for (const [name, [code, values]] of Object.entries(expected)) {
    const results = kernel(code, xs);
    for (const [i, value] of Float32Array.from(values).entries()) {
      const same = results[i] === value || Number.isNaN(value) && Number.isNaN(results[i]);
      assert.ok(same, `${name}(${xs[i]}) is ${results[i]}, not ${value}`);
    }
  }
});

Deno.test("a value is the same in every lane and at every length", () => {
  const xs = floats(-4, 4, 23);
  for (const code of [9, 10, 11, 12, 13, 14]) {
    const all = kernel(code, xs);
    for (let i = 0; i < xs.length; i++) {
      assert.ok(Object.is(kernel(code, [xs[i]!])[0], all[i]), `code ${code}, x ${xs[i]}`);
    }
  }
});
