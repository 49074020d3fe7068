/** A recipe of 20,000 steps, given as a value, is planned with work that grows as its steps do: counted, not timed. */
import assert from "node:assert/strict";
import { type AnyOp, memoryStore, type Outcome, withOps } from "../../../../mod.ts";
import { execute } from "../../../../engine/run/execute.ts";
import { fakeOps, graphOf, nowhere } from "../support/fake.ts";

Deno.test("planning 20,000 steps asks each op for its facts once, and the store for each record once", async () => {
  const count = { facts: 0, records: 0, sources: 0 };
  const { constant, add } = fakeOps();
  const counted = [constant, add].map((op): AnyOp => ({
    ...op as AnyOp,
    facts: (...given) => {
      count.facts++;
      return (op as AnyOp).facts(...given);
    },
    source: (params) => {
      count.sources++;
      return (op as AnyOp).source(params);
    },
  }));
  // A record that stands for all: every step is a hit, so that the plan goes through to its end.
  const store = memoryStore();
  const { outcomes } = await execute(
    graphOf([{ name: "one", op: constant, params: { value: 1 } }]),
    { store, environment: nowhere },
  );
  const recorded: Outcome = outcomes.get("one")!;
  const watched = {
    ...store,
    outcome: () => {
      count.records++;
      return Promise.resolve(recorded);
    },
  };
  const length = 20_000;
  const steps = Array.from(
    { length },
    (_, at) =>
      at === 0
        ? { op: "constant", as: "s0", value: 1 }
        : { op: "add", as: `s${at}`, number: `s${at - 1}`, amount: at },
  );
  const long = withOps(counted).recipe({ name: "long", steps } as never);
  count.sources = 0;
  const plan = await long.plan({ cache: watched });
  assert.equal(plan.steps.length, length);
  assert.ok(plan.steps.every(({ state }) => state === "hit"));
  assert.deepEqual([count.facts, count.records], [length, length]);
  assert.ok(count.sources <= 2 * length, `sources are looked for ${count.sources} times`);
});
