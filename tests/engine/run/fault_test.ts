import assert from "node:assert/strict";
import { DecantError, ParameterError } from "../../../engine/error.ts";
import { fault, faultOf, isForPerson } from "../../../engine/run/fault.ts";
import type { Journal } from "../../../engine/store/store.ts";

const REPORT = "this is a fault of Decant; please report it";

/** A journal that keeps its lines, or cannot. */
function journal(path?: string, broken = false) {
  const lines: unknown[] = [];
  return {
    lines,
    ...path !== undefined && { path },
    append(line: unknown) {
      if (broken) return Promise.reject(new Error("full"));
      lines.push(line);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  } as never as Journal & { readonly lines: unknown[] };
}

Deno.test("a fault says what went wrong and asks for a report, or for what is to be done", () => {
  const { code, message, help, cause } = fault(new TypeError("odd "));
  assert.deepEqual([code, message, help], ["internal", "internal: odd", REPORT]);
  assert.ok(cause instanceof TypeError);
  assert.equal(fault("words", "do that").help, "do that");
  assert.equal(fault(new Error("")).message, "internal: ?");
});

Deno.test("what a person can mend is no fault; a parameter is only where its step is known", () => {
  assert.equal(isForPerson(new DecantError("source", "no")), true);
  assert.equal(isForPerson(new ParameterError("order", "a", "no")), false);
  assert.equal(isForPerson(new Error("no")), false);
});

Deno.test("an error for a person is thrown as it is, and nothing is journalled", async () => {
  const kept = journal();
  for (const error of [new DecantError("source", "no"), new Deno.errors.NotCapable("no")]) {
    assert.equal(await faultOf(error, kept), error);
  }
  assert.deepEqual(kept.lines, []);
});

Deno.test("any other is a fault whose stack stands in the journal, which it names", async () => {
  const kept = journal("/cache/journal/1.jsonl");
  const error = new TypeError("odd");
  const thrown = await faultOf(error, kept) as DecantError;
  assert.equal(thrown.help, `${REPORT}, with /cache/journal/1.jsonl`);
  assert.deepEqual(kept.lines, [{ event: "fault", stack: error.stack }]);
  assert.equal((await faultOf("words", journal()) as DecantError).help, REPORT);
  assert.equal((await faultOf(error, undefined) as DecantError).help, REPORT);
  const lost = await faultOf(error, journal("/x", true)) as DecantError;
  assert.deepEqual([lost.message, lost.help], ["internal: odd", REPORT]);
});

Deno.test("the journal has the stack, or what there is instead of one", async () => {
  const kept = journal();
  const bare = new Error("no stack");
  Object.assign(bare, { stack: undefined });
  await faultOf(bare, kept);
  await faultOf("words", kept);
  assert.deepEqual(kept.lines, [
    { event: "fault", stack: "no stack" },
    { event: "fault", stack: "words" },
  ]);
});
