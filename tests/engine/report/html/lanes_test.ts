import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import { laneRows, type Reader } from "../../../../engine/report/html/lanes.ts";

const step = (name: string, ...reads: string[]): Reader => ({ name, reads });

Deno.test("a chain runs straight down, a branch stands beside it", () => {
  assert.deepEqual(laneRows([step("a"), step("b", "a"), step("b-test", "b"), step("c", "b")]), [
    { lane: 0, through: [], into: [], out: true },
    { lane: 0, through: [], into: [0], out: true },
    // b is read again below, so its lane goes on and the test stands in the next.
    { lane: 1, through: [0], into: [0], out: false },
    { lane: 0, through: [], into: [0], out: false },
  ]);
});

Deno.test("the lane of what nobody reads any more is free for the next", () => {
  const rows = laneRows([
    step("data"),
    step("a"),
    step("b", "a", "data"),
    step("c"),
    step("d", "b", "c"),
  ]);
  assert.deepEqual(rows.map(({ lane }) => lane), [0, 1, 1, 0, 1]);
});

/** Steps that each read some of those above. */
const graphs = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
  .map((picks) =>
    picks.map((pick, at): Reader =>
      step(`s${at}`, ...new Set(at === 0 ? [] : pick.map((each) => `s${each % at}`)))
    )
  );

Deno.test("following the lines from row to row leads from each step to just those that read it", () => {
  fc.assert(fc.property(graphs, (steps) => {
    const rows = laneRows(steps);
    /** What runs in each lane between this row and the next. */
    let running = new Map<number, string>();
    for (const [at, { name, reads }] of steps.entries()) {
      const { lane, through, into, out } = rows[at]!;
      assert.deepEqual(new Set(into.map((each) => running.get(each))), new Set(reads));
      const below = new Map(through.map((each) => [each, running.get(each)!]));
      assert.ok(!below.has(lane), "a step stands in a lane that something passes through");
      if (out) below.set(lane, name);
      running = below;
    }
    assert.equal(running.size, 0, "a line ends below the last row");
  }));
});
