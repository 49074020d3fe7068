/** The failure of a step, in a sentence. */
import assert from "node:assert/strict";
import { stepFailure } from "../../../engine/graph/step_failure.ts";
import type { AnyOp, OwnReference } from "../../../engine/op.ts";

const step = { name: "model", params: {} } as never;
const own = (...entries: readonly Partial<OwnReference>[]) =>
  ({ name: "train", own: () => entries }) as unknown as AnyOp;
const term = { list: "terms", name: "oops", module: "file:///elsewhere/terms.ts" };
const family = { list: "families", name: "wide", module: "file:///elsewhere/families.ts" };

function failed(error: unknown, op: AnyOp) {
  const { code, message, help } = stepFailure({ op, step }, error);
  assert.equal(code, "step-failed");
  return [message, help];
}

function thrownIn(file: string): Error {
  const error = new TypeError("odd");
  error.stack = `TypeError: odd\n    at value (${file}:3:72)`;
  return error;
}

Deno.test("a step without code of one's own says what went wrong, wherever", () => {
  const none = { name: "train" } as unknown as AnyOp;
  assert.deepEqual(failed(thrownIn(term.module), none), ["`model` failed: odd", undefined]);
  assert.deepEqual(failed(thrownIn(term.module), own()), ["`model` failed: odd", undefined]);
});

Deno.test("an error in code of one's own names the definition, its list and the line of the file", () => {
  assert.deepEqual(failed(thrownIn(term.module), own(term)), [
    "`model` failed in `oops`, one of terms (/elsewhere/terms.ts:3:72): odd",
    undefined,
  ]);
  const mine = { name: "mine", code: "d", module: term.module } as unknown as AnyOp;
  assert.deepEqual(failed(thrownIn(term.module), mine), [
    "`model` failed in `mine`, an op (/elsewhere/terms.ts:3:72): odd",
    undefined,
  ]);
});

Deno.test("of several definitions that in whose file it was thrown is meant, else any", () => {
  const both = own(family, term);
  assert.equal(
    failed(thrownIn(term.module), both)[0],
    "`model` failed in `oops`, one of terms (/elsewhere/terms.ts:3:72): odd",
  );
  assert.equal(
    failed(thrownIn("file:///elsewhere/helps.ts"), both)[0],
    "`model` failed in `wide`, one of families, or `oops`, one of terms (/elsewhere/helps.ts:3:72): odd",
  );
});

Deno.test("where no stack says it, what the step runs is told beside what went wrong", () => {
  for (const error of ["odd", Object.assign(new Error("odd"), { stack: undefined })]) {
    assert.deepEqual(failed(error, own(term)), [
      "`model` failed: odd",
      "it runs code that did not come with Decant: `oops`, one of terms",
    ]);
  }
  // Whoever names no module is not taken for him who threw nowhere.
  const { module: _, ...nameless } = family;
  assert.equal(
    failed("odd", own(nameless, term))[1],
    "it runs code that did not come with Decant: `wide`, one of families, or `oops`, one of terms",
  );
});

Deno.test("memory that there is not is what is missing, in code of one's own too", () => {
  const error = new RangeError("Array buffer allocation failed");
  error.stack = thrownIn(term.module).stack!;
  assert.match(
    failed(error, own(term))[0]!,
    /terms.ts:3:72\): it needs more memory than there is$/,
  );
});
