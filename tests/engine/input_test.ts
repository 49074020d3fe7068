import assert from "node:assert/strict";
import { implied, input } from "../../engine/input.ts";
import { numberKind } from "./run/support/fake.ts";

const plain = {
  kind: numberKind,
  description: "Grows",
  many: false,
  optional: false,
  learned: false,
};

Deno.test("an input is needed, one, need not have learned and is read as a whole where nothing else is said", () => {
  assert.deepEqual(input(numberKind, "Grows"), plain);
  assert.deepEqual(input(numberKind, "Grows", {}), plain);
});

Deno.test("each option is said apart from the others", () => {
  for (const name of ["many", "optional", "learned"] as const) {
    assert.deepEqual(input(numberKind, "Grows", { [name]: true }), { ...plain, [name]: true });
    assert.deepEqual(input(numberKind, "Grows", { [name]: false }), plain);
  }
  const needed = () => ["train"];
  assert.deepEqual(input(numberKind, "Grows", { needed }), { ...plain, needed });
});

Deno.test("parts in a list are those whatever the parameters, and no part of the text of an op", () => {
  const { parts, ...rest } = input(numberKind, "Grows", { parts: ["whole", "fraction"] });
  assert.deepEqual(rest, plain);
  assert.deepEqual([parts!({}), parts!({ any: 1 })], [["whole", "fraction"], [
    "whole",
    "fraction",
  ]]);
  assert.equal(implied.has(parts!), true);
  const chosen = ({ all }: { all: boolean }) => all ? ["whole"] : [];
  const own = input(numberKind, "Grows", { parts: chosen });
  assert.equal(own.parts, chosen);
  assert.equal(implied.has(chosen), false);
});
