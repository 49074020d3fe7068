import assert from "node:assert/strict";
import type { Explanation } from "../../../engine/graph/explain.ts";
import { estimate } from "../../../engine/graph/estimate.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";
import { outcome } from "../report/support/subject.ts";

const graph = (params: Readonly<Record<string, number>>) =>
  graphOf([{ name: "one", op: fakeOps().constant, params }]);
const host = "nowhere";

/** Seconds of a step with these parameters whose nearest record took ten with those. */
function seconds(now: Record<string, number>, before: Record<string, number>, more: object = {}) {
  const provenance = { seconds: 10, host, date: "", threads: 1 };
  const nearest = outcome({}, { provenance, preimage: { params: before } });
  const node = graph(now).nodes[0]!;
  const explanation = { node, state: "run", differences: [], nearest, ...more } as Explanation;
  return estimate(explanation, { host });
}

Deno.test("a step takes what the nearest record took, in proportion to the epochs where both train", () => {
  assert.equal(seconds({}, {}), 10);
  assert.equal(seconds({ epochs: 6 }, { epochs: 2 }), 30);
  assert.equal(seconds({ epochs: 6 }, {}), 10);
  assert.equal(seconds({}, { epochs: 6 }), 10);
  assert.equal(seconds({ epochs: 6 }, { epochs: 0 }), 10);
});

Deno.test("of a recorded step, and where this machine has no record, nothing is guessed", () => {
  assert.equal(seconds({}, {}, { state: "hit" }), undefined);
  assert.equal(seconds({}, {}, { nearest: undefined }), undefined);
  const provenance = { seconds: 10, host: "elsewhere", date: "", threads: 1 };
  assert.equal(seconds({}, {}, { nearest: outcome({}, { provenance }) }), undefined);
});
