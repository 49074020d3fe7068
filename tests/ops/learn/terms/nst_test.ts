/** Neuron selectivity (Huang & Wang 2017, arXiv 1707.01219): equation 5 and its kernels by hand. */
import assert from "node:assert/strict";
import { nst as stated } from "../../../../ops/learn/terms/nst.ts";
import { assertNear, evaluated, matched, type Numbers } from "./support/evaluated.ts";

type Map2 = readonly (readonly (readonly (readonly number[])[])[])[];

const T: Map2 = [[[[1, 2], [3, 4]], [[0, 1], [1, 0]]], [[[2, 0], [0, 2]], [[1, 1], [1, 1]]]];

const S: Map2 = [[[[1, 1], [2, 2]], [[1, 0], [0, 1]]], [[[0, 1], [1, 0]], [[2, 1], [1, 2]]]];

/** [B][C][H][W] → [B, H, W, C]. */
function turned(map: Map2): Numbers {
  const [channels, height, width] = [map[0]!.length, map[0]![0]!.length, map[0]![0]![0]!.length];
  const values = map.flatMap((sample) =>
    Array.from(
      { length: height * width },
      (_, place) => sample.map((channel) => channel[Math.floor(place / width)]![place % width]!),
    ).flat()
  );
  return { shape: [map.length, height, width, channels], values };
}

const reversed = (map: Map2): Map2 => map.map((sample) => [...sample].reverse());

const scaled = (map: Map2, by: (channel: number) => number): Map2 =>
  map.map((sample) => sample.map((channel, c) => channel.map((row) => row.map((x) => x * by(c)))));

const student = [turned(S)];

const teacher = [turned(T)];

const value = async (
  use: string,
  said: { student: readonly Numbers[]; teacher: readonly Numbers[] },
  more = {},
) => (await evaluated(matched(use, more), said)).value;

Deno.test("NST's squared kernel is 0.38416667; order and scale of channels mean nothing", async () => {
  // Means of (x·y)² over four pairs of channels of length 1: student with itself, teacher with itself, both. The first
  // sample has 0.725 + 0.70833333 − 2 · 0.4575, the second 0.6 + 0.75 − 2 · 0.55: 0.51833333 and 0.25, the mean.
  assertNear(await value("nst", { student, teacher }), 0.38416667);
  for (const each of [reversed(S), scaled(S, (c) => c + 2)]) {
    assertNear(await value("nst", { student: [turned(each)], teacher }), 0.38416667);
  }
});

Deno.test("NST's other kernels, by hand: orthogonal channels against equal ones", async () => {
  // Student's channels (1,0) and (0,1), the teacher's twice (1,0): products are known.
  const said = {
    student: [turned([[[[1, 0]], [[0, 1]]]])],
    teacher: [turned([[[[1, 0]], [[1, 0]]]])],
  };
  // linear: mean(I) + 1 − 2 · ½ = ½.
  assertNear(await value("nst", said, { kernel: "linear" }), 0.5);
  // gaussian: ‖s − t‖² is 0, 0, 2, 2, so σ² = 1: k is 1 where equal and e⁻¹ where not.
  const e = Math.exp(-1);
  assertNear(await value("nst", said, { kernel: "gaussian" }), (1 + e) / 2 + 1 - (1 + e));
});

Deno.test("NST with a channel that is dead, by hand: its distance to a vector of length 1 is 1", async () => {
  // Student's channels (1,0) and (0,0), the teacher's twice (1,0): ‖s − t‖² is 0, 0, 1, 1, so σ² = ½.
  const said = {
    student: [turned([[[[3, 0]], [[0, 0]]]])],
    teacher: [turned([[[[1, 0]], [[2, 0]]]])],
  };
  const e = Math.exp(-1);
  const half = (1 + e) / 2;
  assertNear(await value("nst", said, { kernel: "gaussian" }), half + 1 - 2 * half);
  // The other way round σ² is the same; between two dead channels the distance is 0.
  const dead = { student: [turned([[[[0, 0]], [[0, 0]]]])], teacher: said.student };
  assertNear(await value("nst", dead, { kernel: "gaussian" }), 1 + half - 2 * half);
  // linear: products with a dead channel are 0.
  assertNear(await value("nst", said, { kernel: "linear" }), 1 / 4 + 1 - 2 * (1 / 2));
});

Deno.test("nst states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});
