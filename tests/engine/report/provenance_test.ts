import assert from "node:assert/strict";
import {
  madeText,
  measuredText,
  measuredWhen,
  whenText,
} from "../../../engine/report/provenance.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";
import { model, runDocument, stepDocument } from "./support/subject.ts";

const recalled = { date: "2026-11-24T14:05:59.999Z", host: "vm" };

Deno.test("a moment is written to the minute, and whose it is beside it", () => {
  assert.equal(whenText(recalled.date), "2026-11-24 14:05 UTC");
  assert.equal(measuredText({ recalled }), "2026-11-24 14:05, vm");
  assert.equal(measuredText({}), "now");
});

Deno.test("a step says how it was made, and why where that is not plain", () => {
  const said = (more: Parameters<typeof stepDocument>[1]) => madeText(stepDocument("a", more));
  assert.equal(said({}), "made now in 2.0 s");
  assert.equal(said({ cause: "nothing recorded" }), "made now in 2.0 s");
  assert.equal(said({ cause: "forced" }), "made now in 2.0 s: forced");
  assert.equal(said({ host: "anvil" }), "made now on anvil in 2.0 s");
  assert.equal(
    said({ status: "hit", recalled }),
    "recalled from 2026-11-24 14:05, vm; it took 2.0 s",
  );
  assert.equal(said({ status: "failed" }), "failed after 2.0 s");
  assert.equal(said({ status: "skipped" }), "not done");
  assert.equal(said({ status: "skipped", cause: "a failed" }), "a failed");
});

Deno.test("a model that was measured more than once says each moment once", () => {
  const ops = fakeOps();
  const test = (name: string) => ({ name, op: ops.score, inputs: { model: "a" } });
  const graph = graphOf([
    { name: "a", op: ops.constant },
    { name: "b", op: ops.constant },
    ...["one", "two", "three", "none"].map(test),
  ]);
  const metrics = model("x");
  const steps = [
    stepDocument("a", { metrics }),
    stepDocument("one", { metrics }),
    stepDocument("two", { metrics, recalled }),
    stepDocument("three", { metrics }),
    stepDocument("none"),
  ];
  assert.deepEqual(
    measuredWhen(graph, runDocument({ steps })),
    new Map([["a", "now; 2026-11-24 14:05, vm"]]),
  );
});
