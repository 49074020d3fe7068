import assert from "node:assert/strict";
import { EXCEPTIONS } from "./exceptions.ts";
import { runSuite } from "./run_suite.ts";

Deno.test({
  name: "tfjs-core's own test suite passes on the room's backend, but for exceptions with a reason",
  // The suite's own: it leaves timers and globals of jasmine behind.
  ...{ sanitizeOps: false, sanitizeResources: false },
  async fn(t) {
    const results = await runSuite("room");
    const failed = results.filter(({ status }) => status === "failed");
    const excused = (name: string) => EXCEPTIONS.some((known) => name.startsWith(known.name));

    await t.step("at least 4,185 specs pass", () => {
      const passed = results.filter(({ status }) => status === "passed").length;
      assert.ok(passed >= 4185, `${passed} of ${results.length} specs passed`);
    });
    await t.step("every failure is a known exception", () => {
      const unknown = failed.filter(({ fullName }) => !excused(fullName))
        .map(({ fullName, failedExpectations }) =>
          `${fullName}: ${failedExpectations[0]?.message}`
        );
      assert.deepEqual(unknown, []);
    });
    await t.step("no exception is out of date", () => {
      const idle = EXCEPTIONS.filter(({ name }) =>
        !failed.some(({ fullName }) => fullName.startsWith(name))
      );
      assert.deepEqual(idle, []);
    });
  },
});
