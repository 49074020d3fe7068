import assert from "node:assert/strict";
import { concurrency, count, grace, queue } from "../../../../engine/cli/queue/queue_options.ts";

Deno.test("a count is a whole number that a day has seconds for", () => {
  assert.equal(count("grace", undefined), undefined);
  assert.equal(count("grace", "0"), 0);
  assert.equal(count("grace", "86400"), 86_400);
  for (const text of ["", "1.5", "-1", "1e3", "x", "86401"]) {
    assert.throws(() => count("grace", text), {
      code: "usage",
      message: `--grace needs a whole number from 0 to 86400; this is "${text}"`,
      help: "--grace 1",
    });
  }
});

Deno.test("a count that must not be none is at least 1", () => {
  assert.equal(count("concurrency", "1", 1), 1);
  assert.throws(() => count("concurrency", "0", 1), {
    message: '--concurrency needs a whole number from 1 to 86400; this is "0"',
  });
});

Deno.test("what stands for the values of these options in help", () => {
  assert.deepEqual([queue.value, concurrency.value, grace.value], ["URL", "N", "SECONDS"]);
});
