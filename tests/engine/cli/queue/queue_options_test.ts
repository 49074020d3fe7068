import assert from "node:assert/strict";
import { count } from "../../../../engine/cli/queue/queue_options.ts";

Deno.test("a count is a whole number that a day has seconds for", () => {
  assert.equal(count("grace", undefined), undefined);
  assert.equal(count("grace", "0"), 0);
  assert.equal(count("grace", "86400"), 86_400);
  for (const text of ["", "1.5", "-1", "1e3", "x", "86401"]) {
    assert.throws(() => count("grace", text), {
      code: "usage",
      message: `--grace needs a whole number; this is "${text}"`,
    });
  }
});
