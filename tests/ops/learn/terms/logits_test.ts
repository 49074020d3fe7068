/** Distance between logits, by hand. */
import assert from "node:assert/strict";
import { logits as stated } from "../../../../ops/learn/terms/logits.ts";
import { type Room, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { curveAt } from "../../../../ops/learn/curve.ts";
import { type LossTerm, termValue } from "../../../../ops/learn/terms/terms.ts";
import { assertAllNear, assertNear } from "./support/evaluated.ts";

refuseLeaks(true);

const TEACHER = [2, 1, 0.1, -1];

const STUDENT = [1, 0.5, -0.5, 0.2];

interface Row {
  readonly student?: readonly number[];
  readonly teacher?: readonly number[];
  readonly targets?: readonly number[];
  readonly rows?: number;
  readonly task?: "classification" | "regression";
}

/** Value of a term and its gradient for the student's logits; a gradient for the teacher would be an error. */
async function oneRow(
  term: LossTerm,
  said: Row = {},
): Promise<{ value: number; gradient: number[] }> {
  const { student = STUDENT, teacher = TEACHER, rows = 1, task = "classification" } = said;
  const targets = said.targets ?? student.map((_, i) => i % (student.length / rows) === 0 ? 1 : 0);
  return await withTensors((room: Room) => {
    const shape = [rows, student.length / rows];
    const [logits, theirs, truth] = [student, teacher, targets].map((values) =>
      room.tensor(Float32Array.from(values), shape)
    );
    const at = (curve: Parameters<typeof curveAt>[0]) => curveAt(curve, 0, 1);
    const { value, gradients } = room.valueAndGradients(
      () => termValue({ room, task, logits: logits!, targets: truth!, teacher: theirs!, at }, term),
      [logits!],
    );
    const result = { value: room.values(value)[0]!, gradient: [...room.values(gradients[0]!)] };
    for (const tensor of [logits!, theirs!, truth!, value, gradients[0]!]) tensor.dispose();
    return result;
  });
}

const byDistance = (distance: "mse" | "l1"): LossTerm => ({ use: "logits", weight: 1, distance });

Deno.test("logits by l1 have no gradient where both sides are equal, as torch has none", async () => {
  const found = await oneRow(byDistance("l1"), { student: [2, 1, 0, 0], teacher: [2, 0, 0, 1] });
  assertNear(found.value, 0.5);
  assertAllNear(found.gradient, [0, 0.25, 0, -0.25]);
});

Deno.test("logits are the mean squared difference, which a common shift does change", async () => {
  const found = await oneRow(byDistance("mse"));
  // Differences −1, −0.5, −0.6, 1.2: their squares are 3.05 together, over 4; the gradient is half of each.
  assertNear(found.value, 0.7625);
  assertAllNear(found.gradient, [-0.5, -0.25, -0.3, 0.6]);
  // Then 0, 0.5, 0.4, 2.2: 5.25 over 4.
  assertNear(
    (await oneRow(byDistance("mse"), { student: STUDENT.map((z) => z + 1) })).value,
    1.3125,
  );
  const absolute = await oneRow(byDistance("l1"));
  assertNear(absolute.value, (1 + 0.5 + 0.6 + 1.2) / 4);
  assertAllNear(absolute.gradient, [-0.25, -0.25, -0.25, 0.25]);
});

Deno.test("logits states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { teacher: true });
  assert.equal(stated.compares, undefined);
});
