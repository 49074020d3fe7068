/** Which places `match` means. */
import assert from "node:assert/strict";
import { placesOf } from "../../../../../ops/learn/terms/parts/match.ts";

Deno.test("pairs are said apart for each side, and `replaced` is each replaced layer on both sides at once", () => {
  assert.deepEqual(placesOf([{ student: ["a"], teacher: ["b"] }], ["c"]), [{
    student: ["a"],
    teacher: ["b"],
    at: { pair: "match.0", student: "match.0.student", teacher: "match.0.teacher" },
  }]);
  const at = { pair: "match", student: "match", teacher: "match" };
  assert.deepEqual(placesOf("replaced", ["x", "y"]), [
    { student: ["x"], teacher: ["x"], at },
    { student: ["y"], teacher: ["y"], at },
  ]);
});
