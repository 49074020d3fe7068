import assert from "node:assert/strict";
import { foldedText, stepCount } from "../../../../engine/report/folded/folded.ts";

Deno.test("what is not listed is said in words", () => {
  const words = (["ran", "hit", "failed", "skipped"] as const).map((status) =>
    foldedText({ op: "grow", version: 1, status, count: 7, seconds: 1, bytes: 2 })
  );
  assert.deepEqual(words, [
    "7 more of `grow` ran",
    "7 more of `grow` were recalled",
    "7 more of `grow` failed",
    "7 more of `grow` were not done",
  ]);
});

Deno.test("steps are counted with those that are not listed, of each ending or of all", () => {
  const left = { op: "grow", version: 1, status: "ran", count: 7, seconds: 1, bytes: 2 } as const;
  const folded = { steps: [left], models: 0, expect: { met: 0, missed: 0 }, problems: 0 };
  const steps = [{ status: "ran" }, { status: "hit" }] as const;
  const counts = (["ran", "hit", "failed", undefined] as const).map((
    status,
  ) => [stepCount({ steps, folded }, status), stepCount({ steps }, status)]);
  assert.deepEqual(counts, [[8, 1], [1, 1], [0, 0], [9, 2]]);
});
