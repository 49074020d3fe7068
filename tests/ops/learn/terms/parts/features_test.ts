/**
 * Published vectors F1, F2, F4, F5 and F9 of the project's oracle table. Maps are written there with channels before
 * places (two samples, two channels, 2×2); here they are turned to places before channels.
 */
import assert from "node:assert/strict";
import {
  assertAllNear,
  assertDifferentiable,
  assertNear,
  evaluated,
  matched,
  type Numbers,
  rows,
} from "../evaluated.ts";

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
const flow = {
  student: [turned(S), turned(scaled(S, () => 0.5))],
  teacher: [turned(T), turned(reversed(T))],
};

const value = async (
  use: string,
  said: { student: readonly Numbers[]; teacher: readonly Numbers[] },
  more = {},
) => (await evaluated(matched(use, more), said)).value;

Deno.test("a hint is the mean squared difference; summed over values and meaned over the batch it is 11", async () => {
  assertNear(await value("hint", { student, teacher }), 1.375);
  // The table's 5.5 is half of it.
  assertNear(await value("hint", { student, teacher }, { reduction: "batch-mean" }), 2 * 5.5);
});

Deno.test("attention is 0.01929382; scale, order and number of channels mean nothing", async () => {
  assertNear(await value("attention-transfer", { student, teacher }), 0.01929382);
  const same = [scaled(S, () => 3), reversed(S), S.map((sample) => [...sample, ...sample])];
  for (const each of same) {
    assertNear(await value("attention-transfer", { student: [turned(each)], teacher }), 0.01929382);
  }
});

Deno.test("attention of another power is of |f|ᵖ, by hand for one channel", async () => {
  // One channel: Q = |f|³ / ‖|f|³‖; student (1, 1), teacher (1, 2).
  const [ours, theirs] = [[[[[1, -1]]]], [[[[1, 2]]]]] as [Map2, Map2];
  const said = { student: [turned(ours)], teacher: [turned(theirs)] };
  const [a, b] = [1 / Math.SQRT2, 1 / Math.SQRT2];
  const [c, d] = [1 / Math.sqrt(65), 8 / Math.sqrt(65)];
  const expected = ((a - c) * (a - c) + (b - d) * (b - d)) / 2;
  assertNear(await value("attention-transfer", said, { power: 3 }), expected);
});

Deno.test("NST's squared kernel is 0.38416667; order and scale of channels mean nothing", async () => {
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

Deno.test("flows between layers differ by 7.00390625; moving places of both layers together changes nothing", async () => {
  assertNear(await value("fsp", flow), 7.00390625);
  const mirrored = (map: Map2): Map2 =>
    map.map((s) => s.map((c) => c.map((row) => [...row].reverse())));
  const moved = {
    ...flow,
    student: [turned(mirrored(S)), turned(mirrored(scaled(S, () => 0.5)))],
  };
  assertNear(await value("fsp", moved), 7.00390625);
});

Deno.test("cosine is 0.24644661, and between lengths of 1 the squared distance is twice that", async () => {
  const said = { student: [rows([1, 2], [0, 1])], teacher: [rows([2, 1], [1, 1])] };
  assertNear(await value("hint", said, { distance: "cosine" }), 0.24644661);
  const patient = { normalize: "l2", reduction: "batch-mean" };
  assertNear(await value("hint", said, patient), 0.49289322);
  const longer = { ...said, student: [rows([10, 20], [0, 0.1])] };
  assertNear(await value("hint", longer, { distance: "cosine" }), 0.24644661);
});

Deno.test("hints by other distances, by hand", async () => {
  const said = { student: [rows([0, 2, -3])], teacher: [rows([0.5, 0, 0])] };
  assertNear(await value("hint", said, { distance: "l1" }), 5.5 / 3);
  assertNear(await value("hint", said, { distance: "smooth-l1" }), (0.125 + 1.5 + 2.5) / 3);
});

Deno.test("l1 has no gradient where both sides are equal, as torch has none", async () => {
  const said = { student: [rows([1, 2, 3])], teacher: [rows([1, 0, 5])] };
  const { gradients } = await evaluated(matched("hint", { distance: "l1" }), said);
  assertAllNear(gradients[0]!, [0, 1 / 3, -1 / 3]);
  // One channel of energies |f| = (0, 3, 4): no side of 0 is nearer to the teacher's.
  const looks = { student: [turned([[[[0, 3, -4]]]])], teacher: [turned([[[[1, 1, 1]]]])] };
  const looked = await evaluated(matched("attention-transfer", { power: 1 }), looks);
  assert.equal(Math.abs(looked.gradients[0]![0]!), 0);
  assert.ok(looked.gradients[0]!.slice(1).every((g) => g !== 0));
});

Deno.test("the cosine of a sample without values is 0, as torch's is", async () => {
  const said = { student: [rows([0, 0], [3, 0])], teacher: [rows([2, 1], [1, 0])] };
  assertNear(await value("hint", said, { distance: "cosine" }), 1 / 2);
  const dark = { student: [rows([0, 0])], teacher: [rows([0, 0])] };
  assertNear(await value("hint", dark, { distance: "cosine" }), 1);
});

Deno.test("the larger map is pooled to the smaller, on either side", async () => {
  // 2×2 of one channel against 1×1: the mean 2.5 against 1.
  const large = { shape: [1, 2, 2, 1], values: [1, 2, 3, 4] };
  const small = { shape: [1, 1, 1, 1], values: [1] };
  assertNear(await value("hint", { student: [large], teacher: [small] }), 2.25);
  assertNear(await value("hint", { student: [small], teacher: [large] }), 2.25);
});

const uses = ["hint", "attention-transfer", "nst"];

Deno.test("equal features give 0 with no gradient", async () => {
  for (const use of uses) {
    const found = await evaluated(matched(use), { student: teacher, teacher });
    assert.ok(Math.abs(found.value) < 1e-6, `${use} ${found.value}`);
    assert.ok(found.gradients[0]!.every((g) => Math.abs(g) < 1e-5), use);
  }
  assertNear(await value("fsp", { student: flow.teacher, teacher: flow.teacher }), 0);
});

Deno.test("gradients are what differences say", async () => {
  for (const use of uses) await assertDifferentiable(matched(use), { student, teacher });
  for (const kernel of ["linear", "gaussian"]) {
    await assertDifferentiable(matched("nst", { kernel }), { student, teacher });
  }
  await assertDifferentiable(matched("attention-transfer", { power: 3 }), { student, teacher });
  await assertDifferentiable(matched("fsp"), flow);
  const said = { student: [rows([1, 2], [0, 1])], teacher: [rows([2.3, 1.4], [1.6, 3.2])] };
  for (const more of [{ distance: "cosine" }, { distance: "smooth-l1" }, { normalize: "l2" }]) {
    await assertDifferentiable(matched("hint", more), said);
  }
});

Deno.test("the order of samples means nothing", async () => {
  const swapped = ({ shape, values }: Numbers) => ({
    shape,
    values: [...values.slice(8), ...values.slice(0, 8)],
  });
  for (const use of uses) {
    const plain = await value(use, { student, teacher });
    assertNear(
      await value(use, { student: student.map(swapped), teacher: teacher.map(swapped) }),
      plain,
    );
  }
});

Deno.test("maps without any energy teach nothing and break nothing", async () => {
  const dark = [{ shape: [2, 2, 2, 2], values: Array<number>(16).fill(0) }];
  for (const use of uses) {
    const { value, gradients } = await evaluated(matched(use), { student: dark, teacher });
    assert.ok([value, ...gradients.flat()].every(Number.isFinite), use);
  }
});
