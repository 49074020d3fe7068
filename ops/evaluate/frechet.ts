/**
 * The Fréchet distance between two clouds of features, each taken for a normal distribution (Dowson & Landau 1982; of
 * images through a classifier: Heusel et al. 2017, arXiv 1706.08500, eq. 6).
 */
import { svd } from "../model/svd.ts";

/** Mean and covariance of rows, double precision. */
export interface Moments {
  readonly mean: Float64Array;
  /** width × width, row-major; divided by count − 1. */
  readonly covariance: Float64Array;
}

/** Moments of `count` rows of `width` numbers, summed in their order. Throws a RangeError for fewer than two rows. */
export function momentsOf(rows: Float32Array, count: number): Moments {
  if (count < 2) throw new RangeError("Cannot compare clouds of fewer than two samples");
  const width = rows.length / count;
  const sums = new Float64Array(width);
  for (let i = 0; i < rows.length; i++) sums[i % width]! += rows[i]!;
  const mean = sums.map((sum) => sum / count);
  const covariance = new Float64Array(width * width);
  for (let row = 0; row < count; row++) {
    const centred = mean.map((each, c) => rows[row * width + c]! - each);
    for (const [i, value] of centred.entries()) {
      // Half of it says all.
      for (let j = 0; j <= i; j++) covariance[i * width + j]! += value * centred[j]!;
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      covariance[i * width + j]! /= count - 1;
      covariance[j * width + i] = covariance[i * width + j]!;
    }
  }
  return { mean, covariance };
}

/**
 * |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2 (√Σ₁ Σ₂ √Σ₁)^½). The last trace is the sum of the singular values of √Σ₂ √Σ₁, whose
 * square the matrix under the root is: they are found without squaring, so small ones keep their digits. Never below 0.
 */
export function frechetDistance(one: Moments, other: Moments): number {
  const width = one.mean.length;
  let distance = 0;
  for (let c = 0; c < width; c++) {
    const difference = one.mean[c]! - other.mean[c]!;
    distance += difference * difference;
  }
  const trace = (matrix: Float64Array): number => {
    let sum = 0;
    for (let c = 0; c < width; c++) sum += matrix[c * width + c]!;
    return sum;
  };
  const roots = product(rootOf(other.covariance, width), rootOf(one.covariance, width), width);
  const shared = svd(roots, width, width).values.reduce((sum, value) => sum + value, 0);
  return Math.max(0, distance + trace(one.covariance) + trace(other.covariance) - 2 * shared);
}

/** The root of a symmetric matrix without negative eigenvalues: V √λ Vᵀ; its singular values are its eigenvalues. */
function rootOf(matrix: Float64Array, width: number): Float64Array {
  const { values, right } = svd(matrix, width, width);
  const root = new Float64Array(width * width);
  for (const [k, vector] of right.entries()) {
    const scale = Math.sqrt(values[k]!);
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) root[i * width + j]! += scale * vector[i]! * vector[j]!;
    }
  }
  return root;
}

function product(a: Float64Array, b: Float64Array, width: number): Float64Array {
  const result = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let k = 0; k < width; k++) {
      const value = a[i * width + k]!;
      for (let j = 0; j < width; j++) result[i * width + j]! += value * b[k * width + j]!;
    }
  }
  return result;
}
