import assert from "node:assert/strict";
import { planCommand } from "../../../engine/cli/plan_command.ts";
import { NUMBERS, typing } from "./typed.ts";

const CACHE = ["--cache", "DIR/cache"];

Deno.test("a plan says what a run would do, step by step, and which permissions it needs", async () => {
  await using here = await typing();
  const { code, out } = await here.decant("plan", "DIR/a.yaml", ...CACHE);
  assert.equal(code, 0);
  assert.match(out, /^numbers {2}seed 0\n/);
  assert.match(out, /^one +constant +▸ run/m);
  assert.match(out, /^more +add +\? waits for one/m);
  assert.match(out, /^3 steps: 0 recorded, 1 would run, 2 unknown until then\.$/m);
  assert.match(out, /^needs --allow-read=/m);
  assert.equal(planCommand.name, "plan");
});

Deno.test("as JSON every step has its state and what is known of it", async () => {
  await using here = await typing();
  await here.decant("run", "DIR/a.yaml", "--quiet", ...CACHE, "--out", "DIR/out");
  const plan = JSON.parse((await here.decant("plan", "DIR/a.yaml", "--json", ...CACHE)).out);
  assert.deepEqual([plan.format, plan.recipe, plan.ok, plan.problems], [1, "numbers", true, []]);
  for (const step of plan.steps) {
    assert.equal(step.state, "hit");
    assert.ok(step.seconds >= 0 && step.recorded.length > 10 && step.artifact.bytes > 0);
  }
  assert.ok(plan.flags.some((flag: string) => flag.startsWith("--allow-write=")));
});

Deno.test("a source that is not there is a problem of the plan, which says so with its exit code", async () => {
  const text = NUMBERS.replace(
    "op: constant, as: one, value: 1",
    "op: file, as: one, from: ./gone",
  );
  await using here = await typing({ "a.yaml": text });
  const { code, err } = await here.decant("plan", "DIR/a.yaml", ...CACHE);
  assert.equal(code, 2);
  assert.match(err, /`\.\/gone` is not there/);
  const { ok, problems } = JSON.parse(
    (await here.decant("plan", "DIR/a.yaml", "--json", ...CACHE)).out,
  );
  assert.deepEqual([ok, problems.length], [false, 1]);
});
