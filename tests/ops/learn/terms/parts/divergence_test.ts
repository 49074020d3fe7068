/** Divergences at high temperatures, against the same sums in double precision. */
import assert from "node:assert/strict";
import { divergenceOf, isClose } from "../../../../../ops/learn/terms/parts/divergence.ts";
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import { assertAllNear, assertNear, evaluated, rows, term } from "../support/evaluated.ts";

const one = {
  student: [rows([1, 0.5, -0.5, 0.2])],
  teacher: [rows([2, 1, 0.1, -1])],
  targets: rows([1, 0, 0, 0]),
};

Deno.test("a divergence keeps its digits at a temperature where both answers are nearly even", async () => {
  const softmax = (z: readonly number[], t: number) => {
    const powers = z.map((each) => Math.exp(each / t));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((each) => each / sum);
  };
  // In double precision: the same sums, with digits enough.
  const divergence = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, each, i) => sum + each * Math.log(each / q[i]!), 0);
  const [zs, zt] = [one.student[0]!.values, one.teacher[0]!.values];
  for (const t of [31, 33, 100, 1000, 10_000]) {
    const [q, p] = [softmax(zs, t), softmax(zt, t)];
    for (const [direction, expected] of [["forward", [p, q]], ["reverse", [q, p]]] as const) {
      const chosen = term({ use: "soft-targets", temperature: t, divergence: direction });
      const [from, to] = expected;
      assertNear((await evaluated(chosen, one)).value, t * t * divergence(from, to), 1e-3);
    }
    const y = one.targets!.values.indexOf(1);
    const target = [p, q].map((each) => [each[y]!, 1 - each[y]!]);
    const parts = term({ use: "dkd", tckd: 1, nckd: 0, temperature: t });
    const { value, gradients } = await evaluated(parts, one);
    assertNear(value, t * t * divergence(target[0]!, target[1]!), 2e-3);
    const slope = zs.map((_, i) => {
      const step = 1e-3 * t;
      const [up, down] = [step, -step].map((by) => {
        const moved = softmax(zs.map((z, j) => j === i ? z + by : z), t);
        return t * t * divergence(target[0]!, [moved[y]!, 1 - moved[y]!]);
      });
      return (up! - down!) / (2 * step);
    });
    assertAllNear(gradients[0]!, slope, 2e-2);
  }
});

Deno.test("the divergence of [3/4, 1/4] from [1/2, 1/2] is ¾ log 3/2 − ¼ log 2, at either way to compute it", async () => {
  const expected = 0.75 * Math.log(1.5) - 0.25 * Math.log(2);
  await withTensors((room) =>
    room.tf.tidy(() => {
      for (const t of [1, 32, 33, 50]) {
        const from = room.tensor(Float32Array.of(t * Math.log(3), 0), [1, 2]);
        const found = room.values(divergenceOf(room, from, room.tf.zeros([1, 2]), t))[0]!;
        assertNear(found, expected, 1e-4);
      }
    })
  );
  assert.deepEqual([32, 33].map(isClose), [false, true]);
});
