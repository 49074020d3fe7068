/** Kernels whose product comes as near as possible to one. */
import { type Svd, svd } from "../model/svd.ts";

/** Kernels of a block's layers, in order, and how far their product is from the kernel they replace. */
export interface Fit {
  readonly kernels: readonly Float32Array[];
  /** Σ of squared differences, and Σ of the kernel's squares. */
  readonly lost: number;
  readonly whole: number;
}

/**
 * Factors of rank r: the first r singular vectors, each scaled by the root of its singular value on both sides. No
 * matrix of this rank is nearer: the squared error is the sum of the squares of the singular values that are left out
 * (Eckart & Young 1936). The first is rows × r, the second r × columns, row-major.
 */
export function factors({ values, left, right }: Svd, rank: number): Fit {
  const [rows, columns] = [left[0]!.length, right[0]!.length];
  const roots = values.map(Math.sqrt);
  const first = new Float32Array(rows * rank);
  const second = new Float32Array(rank * columns);
  for (let k = 0; k < rank; k++) {
    left[k]!.forEach((value, row) => first[row * rank + k] = value * roots[k]!);
    right[k]!.forEach((value, column) => second[k * columns + column] = value * roots[k]!);
  }
  const energy = (of: Float64Array) => of.reduce((sum, value) => sum + value * value, 0);
  return { kernels: [first, second], lost: energy(values.subarray(rank)), whole: energy(values) };
}

/**
 * A depthwise kernel D [height, width, inputs, 1] and a pointwise one P [1, 1, inputs, filters] for a convolution's
 * kernel W [height, width, inputs, filters]. For each input channel m the product D[i, j, m] · P[m, n] is the one
 * nearest to W[i, j, m, n], by the largest singular value of the window × filters matrix. Exact where each of these has
 * rank 1.
 */
export function separableFit(kernel: Float32Array, shape: readonly number[]): Fit {
  const [height, width, inputs, filters] = shape as [number, number, number, number];
  const window = height * width;
  const first = new Float32Array(window * inputs);
  const second = new Float32Array(inputs * filters);
  let [lost, whole] = [0, 0];
  for (let m = 0; m < inputs; m++) {
    const matrix = Float64Array.from(
      { length: window * filters },
      (_, at) => kernel[(Math.floor(at / filters) * inputs + m) * filters + at % filters]!,
    );
    const channel = factors(svd(matrix, window, filters), 1);
    const [filter, mix] = channel.kernels as [Float32Array, Float32Array];
    filter.forEach((value, place) => first[place * inputs + m] = value);
    second.set(mix, m * filters);
    lost += channel.lost;
    whole += channel.whole;
  }
  return { kernels: [first, second], lost, whole };
}
