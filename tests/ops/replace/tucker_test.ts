/** Tucker-2: ranks, unfoldings and kernels, by hand and against what is lost. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { stream } from "../../../engine/tensor/random.ts";
import {
  assertTuckerBudget,
  fittedTuckerRanks,
  tuckerFit,
  tuckerRanks,
  tuckerWeights,
  unfoldings,
} from "../../../ops/replace/tucker.ts";
import { fc } from "../../deps.ts";

const squares = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value * value, 0);

Deno.test("three kernels have M·R₃ + k²·R₃·R₄ + R₄·N weights; no side has more rank than channels", () => {
  assert.equal(tuckerWeights([3, 3, 4, 8], [2, 3]), 4 * 2 + 9 * 2 * 3 + 3 * 8);
  assert.deepEqual(tuckerRanks([3, 3, 4, 8], 6), [4, 6]);
  assert.deepEqual(tuckerRanks([3, 3, 4, 8], 2), [2, 2]);
});

Deno.test("both unfoldings hold every weight: a kernel with one value for each input has those values", () => {
  // Input 0 goes to filter 1 by 3, input 1 to filter 0 by 2, at one place of two.
  const kernel = Float32Array.of(0, 3, 2, 0, 0, 0, 0, 0);
  const [inner, outer] = unfoldings(kernel, [1, 2, 2, 2]);
  for (const { values } of [inner, outer]) {
    assert.deepEqual([...values].map((value) => Math.round(value * 1e6) / 1e6), [3, 2]);
  }
  assert.deepEqual([...inner.left[0]!].map(Math.abs), [1, 0]);
  assert.deepEqual([...outer.left[0]!].map(Math.abs), [0, 1]);
});

/** The kernel that three kernels are together. */
function product(
  kernels: readonly Float32Array[],
  shape: readonly number[],
  ranks: readonly number[],
) {
  const [height, width, inputs, filters] = shape as [number, number, number, number];
  const [inner, outer] = ranks as [number, number];
  const [reduce, core, expand] = kernels as [Float32Array, Float32Array, Float32Array];
  return Array.from({ length: height * width * inputs * filters }, (_, at) => {
    const [n, row] = [at % filters, Math.floor(at / filters)];
    const [m, place] = [row % inputs, Math.floor(row / inputs)];
    let sum = 0;
    for (let r = 0; r < inner; r++) {
      for (let s = 0; s < outer; s++) {
        sum += reduce[m * inner + r]! * core[(place * inner + r) * outer + s]! *
          expand[s * filters + n]!;
      }
    }
    return sum;
  });
}

const shapes = fc.record({
  height: fc.integer({ min: 1, max: 3 }),
  width: fc.integer({ min: 1, max: 3 }),
  inputs: fc.integer({ min: 1, max: 4 }),
  filters: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(500),
});

Deno.test("kernels of any ranks differ from the convolution's by what they say, at most by both tails", () => {
  fc.assert(fc.property(shapes, fc.nat(3), fc.nat(3), (of, one, other) => {
    const shape = [of.height, of.width, of.inputs, of.filters];
    const kernel = stream(of.seed, "k").normals(0, shape.reduce((a, b) => a * b));
    const known = unfoldings(kernel, shape);
    const ranks = [
      Math.min(one + 1, known[0].values.length),
      Math.min(other + 1, known[1].values.length),
    ] as const;
    const { kernels, lost, whole } = tuckerFit(kernel, shape, ranks, known);
    assert.deepEqual(kernels.map(({ length }) => length), [
      of.inputs * ranks[0],
      of.height * of.width * ranks[0] * ranks[1],
      ranks[1] * of.filters,
    ]);
    const is = squares(product(kernels, shape, ranks).map((value, i) => value - kernel[i]!));
    assert.ok(Math.abs(is - lost) < 1e-4, `${is} is not ${lost}`);
    assert.ok(Math.abs(whole - squares(kernel)) < 1e-4);
    const tail = (side: 0 | 1) => squares(known[side].values.subarray(ranks[side]));
    assert.ok(lost <= tail(0) + tail(1) + 1e-4);
    const full = known.map(({ values }) => values.length) as [number, number];
    if (ranks[0] === full[0] && ranks[1] === full[1]) assert.ok(lost < 1e-4);
  }));
});

/** A layer 3×3, 4 → 4, with these singular values on its sides. */
const layer = (inner: readonly number[], outer: readonly number[]) => ({
  shape: [3, 3, 4, 4],
  unfoldings: [inner, outer].map((values) => ({
    values: Float64Array.from(values),
    left: [],
    right: [],
  })) as never,
});

Deno.test("by energy each side has the lowest rank that keeps the share", () => {
  const layers = new Map([["a", layer([8, 4, 4, 2], [6, 8, 0, 0].sort((a, b) => b - a))]]);
  const ranks = (share: number) =>
    fittedTuckerRanks(layers, { use: "energy", share } as never).get("a");
  assert.deepEqual(ranks(0.6), [1, 1]);
  assert.deepEqual(ranks(0.65), [2, 2]);
  assert.deepEqual(ranks(1), [4, 2]);
});

Deno.test("within a budget the side goes on whose next value is worth the most for its weights", () => {
  // At [1, 1] a layer has 4 + 9 + 4 = 17 weights; one more on a side costs 4 + 9, then 4 + 9 · 2 beside two.
  const layers = new Map([
    ["a", layer([9, 3, 0, 0], [9, 2, 0, 0])],
    ["b", layer([9, 1, 0, 0], [9, 4, 0, 0])],
  ]);
  const ranks = (parameters: number) => [
    ...fittedTuckerRanks(layers, { use: "budget", parameters } as never).values(),
  ];
  assert.deepEqual(ranks(34), [[1, 1], [1, 1]]);
  assert.deepEqual(ranks(34 + 12), [[1, 1], [1, 1]]);
  // 4² of 98 before 3² of 90.
  assert.deepEqual(ranks(34 + 13), [[1, 1], [1, 2]]);
  assert.deepEqual(ranks(34 + 26), [[2, 1], [1, 2]]);
  // Values of 0 are worth nothing, whatever is left.
  assert.deepEqual(ranks(1000), [[2, 2], [2, 2]]);
});

Deno.test("no budget makes a block as large as its layer", () => {
  const flat = new Map([["a", layer([1, 1, 1, 1], [1, 1, 1, 1])]]);
  const [ranks] = [
    ...fittedTuckerRanks(flat, { use: "budget", parameters: 1e6 } as never).values(),
  ];
  assert.ok(tuckerWeights([3, 3, 4, 4], ranks!) < 144);
  // One more on either side would be.
  const [inner, outer] = ranks!;
  for (const more of [[inner + 1, outer], [inner, outer + 1]] as const) {
    assert.ok(Math.max(...more) > 4 || tuckerWeights([3, 3, 4, 4], more) >= 144);
  }
});

Deno.test("a block that would be as large as its layer goes no further", () => {
  // 1×3, 2 → 2: 12 weights; at [1, 1] 7, at [1, 2] and [2, 1] 12.
  const small = { ...layer([1, 1], [1, 1]), shape: [1, 3, 2, 2] };
  const found = fittedTuckerRanks(new Map([["a", small]]), { use: "budget", parameters: 99 });
  assert.deepEqual([...found.values()], [[1, 1]]);
});

Deno.test("of equals the earlier goes on: its entering side first, then the earlier layer's", () => {
  const flat = layer([1, 1, 0, 0], [1, 1, 0, 0]);
  const ranks = (parameters: number) => [
    ...fittedTuckerRanks(new Map([["a", flat], ["b", flat]]), { use: "budget", parameters })
      .values(),
  ];
  assert.deepEqual(ranks(34 + 13), [[2, 1], [1, 1]]);
  assert.deepEqual(ranks(34 + 26), [[2, 1], [2, 1]]);
});

Deno.test("a value counts for each weight that it costs", () => {
  // One more of `a` costs 13, of `b`, 3×3 with 16 → 16 channels, 25; b's value keeps more, for a weight less.
  const layers = new Map([
    ["a", layer([9, 3, 0, 0], [9, 0, 0, 0])],
    ["b", { ...layer([9, 4, 0, 0], [9, 0, 0, 0]), shape: [3, 3, 16, 16] }],
  ]);
  const ranks = (parameters: number) => [
    ...fittedTuckerRanks(layers, { use: "budget", parameters }).values(),
  ];
  assert.deepEqual(ranks(17 + 41 + 25), [[2, 1], [1, 1]]);
  assert.deepEqual(ranks(17 + 41 + 38), [[2, 1], [2, 1]]);
});

Deno.test("a budget below rank 1 everywhere is refused, with the least that would do", () => {
  const two = new Map([["a", [3, 3, 4, 4]], ["b", [1, 1, 2, 2]]]);
  assertTuckerBudget(two, 17 + 5);
  assert.throws(
    () => assertTuckerBudget(two, 21),
    new ParameterError(
      ...["out-of-range", "with.rank.parameters"] as const,
      "21 weights are not enough: at rank 1 the kernels have 22",
      "parameters: 22 or more, or fewer layers",
    ),
  );
});
