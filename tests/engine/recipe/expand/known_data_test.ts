/** What is known of data before anything is read. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../../engine/error.ts";
import { knownData } from "../../../../engine/recipe/expand/known_data.ts";
import { fakeOps } from "../fake_ops.ts";
import { draftOf } from "./written.ts";

const failing = (error: Error) =>
  new Map(fakeOps).set("data", {
    ...fakeOps.get("data")!,
    facts: () => {
      throw error;
    },
  });
const digits = draftOf("data", { params: { use: "digits" } });

Deno.test("of embedded data shapes are known, of broken ones and of an unknown op nothing", () => {
  const facts = knownData(digits, fakeOps);
  assert.deepEqual(facts, {
    kind: "dataset",
    task: "classification",
    input: [28, 28, 1],
    outputs: 10,
  });
  assert.equal(knownData({ ...digits, broken: true }, fakeOps), undefined);
  assert.equal(knownData(draftOf("unheard-of"), fakeOps), undefined);
});

Deno.test("a wrong parameter is left to who compiles, any other error is not swallowed", () => {
  const wrong = new ParameterError("out-of-range", "limit", "too many");
  assert.equal(knownData(digits, failing(wrong)), undefined);
  assert.throws(() => knownData(digits, failing(new RangeError("a mistake"))), RangeError);
});
