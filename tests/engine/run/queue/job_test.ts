import assert from "node:assert/strict";
import { DecantError, ParameterError } from "../../../../engine/error.ts";
import { SourceError, TrustError } from "../../../../engine/graph/sources/source_error.ts";
import { CorruptBlobError, StoreError } from "../../../../engine/store/store.ts";
import { errorIn, failureIn, failureText } from "../../../../engine/run/queue/job.ts";

const there = (error: unknown): Error => errorIn(failureText("model", "anvil", error));

Deno.test("an error arrives with its class, code, place and way out", () => {
  const unfit = there(new ParameterError("out-of-range", "ratio", "2 is too much", "try 1"));
  assert.ok(unfit instanceof ParameterError);
  const { code, path, message, help } = unfit;
  assert.deepEqual([code, path, message, help], [
    "out-of-range",
    "ratio",
    "2 is too much",
    "try 1",
  ]);
  const lost = there(new CorruptBlobError("a".repeat(64) as never, "missing"));
  assert.ok(lost instanceof CorruptBlobError && lost.digest === "a".repeat(64));
  assert.ok(there(new StoreError("full", "the disk is full")) instanceof StoreError);
  assert.equal(there("a word").message, "a word");
  const gone = there(new SourceError("./data", "it is gone", "look for it"));
  assert.ok(gone instanceof SourceError && gone.help === "look for it");
  assert.ok(there(new TrustError("./data", "unsigned", "trust it")) instanceof TrustError);
  const bare = new Error("bare");
  delete bare.stack;
  assert.equal(failureIn(failureText("model", "anvil", bare))!.error.stack, "");
});

Deno.test("what is printed of an error steers no terminal, and its stack is bounded", () => {
  const error = new DecantError("diverged", "red \u001b[31m", "back \u001b[0m");
  error.stack = "x".repeat(100_000);
  const found = there(error) as DecantError;
  assert.ok(!(found.message + found.help).includes("\u001b"));
  assert.equal(found.code, "diverged");
  assert.equal(found.stack?.length, 4000);
});

Deno.test("a reason of the queue itself is a sentence; one of a worker says which step, and where", () => {
  assert.equal(
    errorIn("job stalled more than allowable limit").message,
    "job stalled more than allowable limit",
  );
  assert.equal(errorIn("\u001b[31m7").message, "\ufffd[31m7");
  for (const text of ["7", "null", "{}", '{"step":"a","host":"b","error":{}}']) {
    assert.equal(failureIn(text), undefined, text);
  }
  const { step, host, error } = failureIn(failureText("model", "anvil", new RangeError("no")))!;
  assert.deepEqual([step, host, error.name, error.message], ["model", "anvil", "RangeError", "no"]);
});
