import assert from "node:assert/strict";
import { count } from "../../../../engine/cli/queue/queue_options.ts";

Deno.test("a count is a whole number that a day has seconds for", () => {
  assert.equal(count("grace", undefined), undefined);
  assert.equal(count("grace", "0"), 0);
  assert.equal(count("grace", "86400"), 86_400);
  for (const text of ["", "1.5", "-1", "1e3", "x", "86401"]) {
    assert.throws(() => count("grace", text), {
      code: "usage",
      message: `--grace needs a whole number from 0 to 86400; this is "${text}"`,
    });
  }
});

Deno.test("a count that must not be none is at least 1", () => {
  assert.equal(count("concurrency", "1", 1), 1);
  assert.throws(() => count("concurrency", "0", 1), {
    message: '--concurrency needs a whole number from 1 to 86400; this is "0"',
  });
});
