import assert from "node:assert/strict";
import { DecantError } from "../../../../engine/error.ts";
import { consequence } from "../../../../engine/run/queue/consequence.ts";
import { SourceError } from "../../../../engine/graph/sources/source_error.ts";
import { failureIn } from "../../../../engine/run/queue/job.ts";
import { MemoryError } from "../../../../engine/size.ts";
import { CorruptBlobError, StoreError } from "../../../../engine/store/store.ts";
import { StalledError } from "../../../../engine/threads.ts";

async function after(
  error: unknown,
  aborted = false,
  moved: () => Promise<number> = () => Promise.resolve(0),
) {
  const tokens: unknown[] = [];
  const job = {
    data: { task: { step: "model" } },
    moveToWait: (token?: string) => {
      tokens.push(token);
      return moved();
    },
  };
  const thrown = await consequence(job as never, "token", { error, aborted, host: "anvil" });
  return { thrown, tokens };
}

Deno.test("what an op throws fails a job for good", async () => {
  for (const error of [new DecantError("diverged", "NaN"), new Error("a fault"), "a word"]) {
    const { thrown, tokens } = await after(error);
    assert.equal(thrown.name, "UnrecoverableError");
    assert.equal(failureIn(thrown.message)?.host, "anvil");
    assert.deepEqual(tokens, []);
  }
});

Deno.test("what is wrong with a worker lets another try", async () => {
  const troubles = [
    new StoreError("full", "the disk is full"),
    new CorruptBlobError("a".repeat(64) as never, "missing"),
    new StalledError(60),
    new SourceError("./data", "the host does not answer", "try again"),
    new MemoryError("too much"),
    new DecantError("denied", "Deno does not allow it"),
  ];
  for (const error of troubles) {
    const { thrown } = await after(error);
    assert.equal(thrown.name, "Error");
    assert.equal(failureIn(thrown.message)?.error.message, error.message);
  }
});

Deno.test("what is left is given back, where it is still this worker's", async () => {
  const { thrown, tokens } = await after(new Error("terminated"), true);
  assert.equal(thrown.name, "WaitingError");
  assert.deepEqual(tokens, ["token"]);
  const lost = await after(new Error("terminated"), true, () => Promise.reject(new Error("lock")));
  assert.equal(lost.thrown.name, "WaitingError");
});
