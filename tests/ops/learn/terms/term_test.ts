/** What `defineTerm` makes of a literal. */
import assert from "node:assert/strict";
import { readsSource } from "../../../../engine/loss_term.ts";
import { Type } from "../../../../engine/field.ts";
import { defineTerm } from "../../../../ops/learn/terms/term.ts";
import { discriminatorOf, reads, readsTeacher, termOf } from "../../../../ops/learn/terms/terms.ts";
import { matched, term } from "./support/evaluated.ts";

const value = (): never => {
  throw new Error("not computed here");
};

Deno.test("a term has a weight, its fields, and a teacher exactly where it reads one", () => {
  const fields = { power: Type.Number({ description: "The power" }) };
  const names = (reads: object) =>
    Object.keys(defineTerm({ summary: "One", fields, reads, value }).schema.properties);
  assert.deepEqual(names({ labels: true }), ["weight", "power"]);
  assert.deepEqual(names({ teacher: true }), ["weight", "power", "teacher"]);
  assert.deepEqual(names({ features: true }), ["weight", "power", "teacher"]);
});

Deno.test("what is read may depend on a field: on its value, or on its absence", () => {
  const swap = { labels: { where: "errors", is: "swap" } } as const;
  assert.equal(readsSource(swap, { errors: "swap" }, "labels"), true);
  assert.equal(readsSource(swap, { errors: "keep" }, "labels"), false);
  assert.equal(readsSource(swap, { errors: "swap" }, "teacher"), false);
  const unless = { teacher: { unless: "real" } } as const;
  assert.equal(readsSource(unless, {}, "teacher"), true);
  assert.equal(readsSource(unless, { real: "numbers" }, "teacher"), false);
  assert.equal(readsSource(undefined, {}, "teacher"), false);
});

Deno.test("chosen terms say what they read: a swap reads labels, a hint features, data replace a teacher", () => {
  const soft = (teacher_errors: string) => term({ use: "soft-targets", teacher_errors });
  assert.deepEqual([reads(soft("swap"), "labels"), reads(soft("keep"), "labels")], [true, false]);
  assert.deepEqual([readsTeacher(matched("hint")), reads(matched("hint"), "teacher")], [
    true,
    false,
  ]);
  const game = (more: object) => term({ use: "adversarial", through: "critic", ...more });
  assert.deepEqual([readsTeacher(game({})), readsTeacher(game({ real: "numbers" }))], [
    true,
    false,
  ]);
  assert.equal(discriminatorOf(game({ real: "numbers" }))!.real, "numbers");
  assert.equal(discriminatorOf(game({ critic: "frozen" }))!.loss, undefined);
  assert.equal(discriminatorOf(soft("keep")), undefined);
  assert.equal(termOf(term({ use: "dkd", nckd: 8 })).oneClass, true);
});
