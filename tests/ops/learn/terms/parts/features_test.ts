/** What holds for all terms that compare maps: equal features, the order of samples, dark maps, differences. */
import {
  canPool,
  huber,
  shortfall,
  unit,
  unlikeness,
} from "../../../../../ops/learn/terms/parts/features.ts";
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import assert from "node:assert/strict";
import {
  assertAllNear,
  assertDifferentiable,
  assertNear,
  evaluated,
  matched,
  type Numbers,
  rows,
} from "../support/evaluated.ts";

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

const uses = ["hint", "attention-transfer", "nst"];

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

Deno.test("huber is x²/2 to 1 and straight beyond; units have length 1, unlike ones are 1 − cos apart", async () => {
  await withTensors((room) =>
    room.tf.tidy(() => {
      const of = (...values: number[]) =>
        room.tensor(Float32Array.from(values), [1, values.length]);
      assertAllNear([...room.values(huber(room, of(0, 0.5, -1, 3)))], [0, 0.125, 0.5, 2.5]);
      assertAllNear([...room.values(unit(room, of(3, 4), 1))], [0.6, 0.8]);
      const apart = (a: number[], b: number[]) =>
        room.values(unlikeness(room, of(...a), of(...b), 1))[0]!;
      assertNear(apart([2, 0], [1, 1]), 1 - Math.SQRT1_2);
      assertNear(apart([0, 0], [1, 1]), 1);
      assert.deepEqual([...room.values(shortfall(room, of(0, 0), 1))], [1]);
    })
  );
  assert.equal(canPool([4, 6, 1], [2, 3, 9]), true);
  assert.equal(canPool([4, 6, 1], [3, 3, 9]), false);
});
