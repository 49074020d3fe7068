/** Tucker-2: a convolution's kernel through few channels on both sides (Kim et al. 2016, arXiv 1511.06530). */
import { ParameterError } from "../../engine/op.ts";
import { type Shape, sizeOf } from "../model/layers.ts";
import type { Rank } from "./fields.ts";
import type { Fit } from "./fit.ts";
import { rankOfShare } from "./rank.ts";
import { type Svd, svd } from "../model/svd.ts";

/** Ranks of the side of the channels that enter, and of those that leave. */
export type TuckerRanks = readonly [inner: number, outer: number];

/** The weights of the three kernels: M·R₃ + k²·R₃·R₄ + R₄·N. */
export function tuckerWeights(shape: Shape, [inner, outer]: TuckerRanks): number {
  const [height, width, inputs, filters] = shape as [number, number, number, number];
  return inputs * inner + height * width * inner * outer + outer * filters;
}

/** A rank for both sides; a side with fewer channels has no more than it has channels. */
export function tuckerRanks(shape: Shape, rank: number): TuckerRanks {
  const [, , inputs, filters] = shape as [number, number, number, number];
  return [Math.min(rank, inputs), Math.min(rank, filters)];
}

/** Singular values and vectors of a kernel unfolded by the channels that enter, and by those that leave. */
export type Unfoldings = readonly [inner: Svd, outer: Svd];

/** The unfoldings M × k²N and N × k²M of a kernel [height, width, M, N]. */
export function unfoldings(kernel: Float32Array, shape: Shape): Unfoldings {
  const [height, width, inputs, filters] = shape as [number, number, number, number];
  const window = height * width;
  const inner = new Float64Array(kernel.length);
  const outer = new Float64Array(kernel.length);
  for (let place = 0; place < window; place++) {
    for (let m = 0; m < inputs; m++) {
      for (let n = 0; n < filters; n++) {
        const value = kernel[(place * inputs + m) * filters + n]!;
        inner[(m * window + place) * filters + n] = value;
        outer[(n * window + place) * inputs + m] = value;
      }
    }
  }
  return [svd(inner, inputs, window * filters), svd(outer, filters, window * inputs)];
}

/**
 * The truncated higher-order SVD (De Lathauwer et al. 2000): U₃ and U₄, the first left singular vectors of the two
 * unfoldings, and the core W ×₃ U₃ᵀ ×₄ U₄ᵀ. Kernels [1, 1, M, R₃], [height, width, R₃, R₄], [1, 1, R₄, N]. The
 * squared error is at most the sum over both unfoldings of the squares of the singular values left out; exact at full
 * rank.
 */
export function tuckerFit(
  kernel: Float32Array,
  shape: Shape,
  [inner, outer]: TuckerRanks,
  [entering, leaving]: Unfoldings,
): Fit {
  const [height, width, inputs, filters] = shape as [number, number, number, number];
  const window = height * width;
  const reduce = new Float32Array(inputs * inner);
  const core = new Float32Array(window * inner * outer);
  const expand = new Float32Array(outer * filters);
  for (let r = 0; r < inner; r++) {
    entering.left[r]!.forEach((value, m) => reduce[m * inner + r] = value);
  }
  for (let s = 0; s < outer; s++) expand.set(leaving.left[s]!, s * filters);
  let [whole, kept] = [0, 0];
  for (const value of kernel) whole += value * value;
  const mixed = new Float64Array(inputs * outer);
  for (let place = 0; place < window; place++) {
    for (let m = 0; m < inputs; m++) {
      const row = kernel.subarray(
        (place * inputs + m) * filters,
        (place * inputs + m + 1) * filters,
      );
      for (let s = 0; s < outer; s++) mixed[m * outer + s] = product(row, leaving.left[s]!);
    }
    for (let r = 0; r < inner; r++) {
      for (let s = 0; s < outer; s++) {
        let sum = 0;
        for (let m = 0; m < inputs; m++) sum += entering.left[r]![m]! * mixed[m * outer + s]!;
        core[(place * inner + r) * outer + s] = sum;
        kept += sum * sum;
      }
    }
  }
  // Orthonormal on both sides: what the core does not hold is lost.
  return { kernels: [reduce, core, expand], lost: Math.max(0, whole - kept), whole };
}

/** A layer's kernel shape and the unfoldings of its kernel. */
interface Unfolded {
  readonly shape: Shape;
  readonly unfoldings: Unfoldings;
}

/** The ranks that a rule leads to, by layer. */
export function fittedTuckerRanks(
  layers: ReadonlyMap<string, Unfolded>,
  rank: Exclude<Rank, number>,
): ReadonlyMap<string, TuckerRanks> {
  if (rank.use === "budget") return tuckerRanksInBudget(layers, rank.parameters);
  return new Map(
    [...layers].map(([layer, { unfoldings: [inner, outer] }]) => [
      layer,
      [rankOfShare(inner.values, rank.share), rankOfShare(outer.values, rank.share)],
    ]),
  );
}

/**
 * Every side of every layer gets 1. Then, again and again, one more goes to the side whose next singular value keeps
 * the largest share of its layer's energy for each weight that it costs now; of equals to the earlier. Sides count that
 * still fit and leave the block smaller than its layer. Throws a ParameterError where rank 1 is too much already.
 */
function tuckerRanksInBudget(
  layers: ReadonlyMap<string, Unfolded>,
  parameters: number,
): ReadonlyMap<string, TuckerRanks> {
  assertTuckerBudget(new Map([...layers].map(([name, { shape }]) => [name, shape])), parameters);
  const ranks = new Map<string, [number, number]>([...layers.keys()].map((name) => [name, [1, 1]]));
  const energies = new Map(
    [...layers].map(([name, { unfoldings: [{ values }] }]) => [name, product(values, values)]),
  );
  let left = parameters;
  for (const { shape } of layers.values()) left -= tuckerWeights(shape, [1, 1]);
  for (;;) {
    let best: { name: string; side: 0 | 1; cost: number; worth: number } | undefined;
    for (const [name, { shape, unfoldings }] of layers) {
      const now = ranks.get(name)!;
      for (const side of [0, 1] as const) {
        const value = unfoldings[side].values[now[side]];
        if (value === undefined || value === 0) continue;
        const more = now.map((each, i) => i === side ? each + 1 : each) as [number, number];
        if (tuckerWeights(shape, more) >= sizeOf(shape)) continue;
        const cost = tuckerWeights(shape, more) - tuckerWeights(shape, now);
        const worth = value * value / energies.get(name)! / cost;
        if (cost <= left && worth > (best?.worth ?? 0)) best = { name, side, cost, worth };
      }
    }
    if (best === undefined) return ranks;
    ranks.get(best.name)![best.side]++;
    left -= best.cost;
  }
}

/** Throws a ParameterError where a budget does not give every layer rank 1 on both sides. */
export function assertTuckerBudget(shapes: ReadonlyMap<string, Shape>, parameters: number): void {
  let least = 0;
  for (const shape of shapes.values()) least += tuckerWeights(shape, [1, 1]);
  if (parameters >= least) return;
  throw new ParameterError(
    "out-of-range",
    "with.rank.parameters",
    `${parameters} weights are not enough: at rank 1 the kernels have ${least}`,
    `parameters: ${least} or more, or fewer layers`,
  );
}

function product(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
