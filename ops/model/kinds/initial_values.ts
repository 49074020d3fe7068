/** Distributions of first weights. */
import type { Stream } from "../../../engine/tensor/random.ts";

/** Rows about 1 long: normal with deviation 1/√width. */
export function unitRows(draws: Stream, size: number, width: number): Float32Array {
  const deviation = 1 / Math.sqrt(width);
  return draws.normals(0, size).map((value) => value * deviation);
}

/** Normal with deviation √(2 / fan-in), not truncated (He et al. 2015, eq. 10). */
export function heNormal(draws: Stream, size: number, fanIn: number): Float32Array {
  const deviation = Math.sqrt(2 / fanIn);
  return draws.normals(0, size).map((value) => value * deviation);
}

/** Uniform within ±√(6 / fans), which are fan-in and fan-out together (Glorot & Bengio 2010, eq. 16). */
export function glorotUniform(draws: Stream, size: number, fans: number): Float32Array {
  const limit = Math.sqrt(6 / fans);
  return draws.uniforms(0, size).map((value) => (2 * value - 1) * limit);
}

/**
 * Rows of normal draws, each without its share in those before it and 1 long (Gram & Schmidt), in double precision.
 */
export function orthonormalRows(draws: Stream, rows: number, columns: number): Float64Array {
  const values = Float64Array.from(draws.normals(0, rows * columns));
  const row = (i: number) => values.subarray(i * columns, (i + 1) * columns);
  const dot = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, each, k) => sum + each * b[k]!, 0);
  for (let i = 0; i < rows; i++) {
    const own = row(i);
    for (let j = 0; j < i; j++) {
      const other = row(j);
      const share = dot(own, other);
      for (let k = 0; k < columns; k++) own[k]! -= share * other[k]!;
    }
    const length = Math.sqrt(dot(own, own));
    for (let k = 0; k < columns; k++) own[k]! /= length;
  }
  return values;
}
