import assert from "node:assert/strict";
import { explainCommand } from "../../../engine/cli/explain_command.ts";
import { NUMBERS, typing } from "./typed.ts";

const CACHE = ["--cache", "DIR/cache"];

Deno.test("without a record each step says that there is none, or for what it waits", async () => {
  await using here = await typing();
  const { code, out } = await here.decant("explain", "DIR/a.yaml", ...CACHE);
  assert.equal(code, 0);
  assert.equal(
    out,
    "▸ one runs: no constant is recorded\n? more waits for one: no add is recorded\n" +
      "? more-test waits for more: no evaluate is recorded\n",
  );
  assert.equal(explainCommand.name, "explain");
});

Deno.test("a recorded step says since when, a changed one what changed and where", async () => {
  await using here = await typing({
    "a.yaml": NUMBERS,
    "b.yaml": NUMBERS.replace("amount: 2", "amount: 3"),
  });
  await here.decant("run", "DIR/a.yaml", "--quiet", ...CACHE, "--out", "DIR/out");
  const same = (await here.decant("explain", "DIR/a.yaml", "one", ...CACHE)).out;
  assert.match(same, /^= one: recorded [-\d: ]+, saves \d/);
  const { out } = await here.decant("explain", "DIR/b.yaml", ...CACHE);
  assert.match(out, /▸ more runs \(against the record of /);
  assert.match(out, /^ {4}steps\.1\.amount 2 → 3 at DIR\/b\.yaml:5:/m);
  assert.match(out, /^\? more-test waits for more; recalled if that comes out as on /m);
  const { steps } = JSON.parse(
    (await here.decant("explain", "DIR/b.yaml", "more", "--json", ...CACHE)).out,
  );
  assert.equal(steps.length, 1);
  assert.deepEqual([steps[0].name, steps[0].state, steps[0].differences[0].now], [
    "more",
    "run",
    3,
  ]);
});

Deno.test("a step that is not there is a mistake, with those that are", async () => {
  await using here = await typing();
  const { code, err } = await here.decant("explain", "DIR/a.yaml", "none", ...CACHE);
  assert.equal(code, 2);
  assert.match(err, /the recipe has no step "none"/);
  assert.match(err, /the steps are one, more, more-test/);
});
