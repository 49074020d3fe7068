/** What a training block says of the data it reads. */
import assert from "node:assert/strict";
import { neededParts, readsValidation } from "../../../ops/learn/training_fields.ts";

Deno.test("validation samples must be there only where an epoch, or when to stop, is chosen by them", () => {
  const parts = (checkpoint: "last" | "best", patience?: number) => {
    const training = { checkpoint, ...patience !== undefined && { patience } };
    assert.equal(readsValidation(training), neededParts(training).includes("validation" as never));
    return [...neededParts(training)];
  };
  assert.deepEqual(parts("last"), ["train"]);
  assert.deepEqual(parts("best"), ["train", "validation"]);
  assert.deepEqual(parts("last", 3), ["train", "validation"]);
});
