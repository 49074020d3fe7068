import assert from "node:assert/strict";
import { lockCommand } from "../../../engine/cli/lock_command.ts";
import { loadRecipe, recipeOf } from "../../../engine/library/open_recipe.ts";
import { opSet } from "../../../engine/op.ts";
import { fakeOps } from "../run/support/fake.ts";
import { SEARCH, typing } from "./typed.ts";

const lock = (here: Awaited<ReturnType<typeof typing>>, ...words: string[]) =>
  here.decant("lock", "DIR/a.yaml", "--cache", "DIR/cache", ...words);

Deno.test("a recipe that has run is locked beside itself, whole or not at all", async () => {
  await using here = await typing();
  const early = await lock(here);
  assert.equal(early.code, 2);
  assert.match(
    early.err,
    /not everything of `numbers` is recorded: one, more, more-test\n.*run it first/,
  );
  await here.decant("run", "DIR/a.yaml", "--quiet", "--cache", "DIR/cache", "--out", "DIR/out");
  assert.deepEqual(await lock(here), {
    code: 0,
    out: "DIR/a.lock.json: 3 steps, 0 sources.\n",
    err: "",
  });
  const text = await Deno.readTextFile(`${here.path}/a.lock.json`);
  assert.deepEqual(JSON.parse((await lock(here, "--json")).out), JSON.parse(text));
  assert.equal(lockCommand.name, "lock");
  const names = (await Array.fromAsync(Deno.readDir(here.path))).map(({ name }) => name);
  assert.ok(!names.some((name) => name.endsWith(".tmp")), names.join());
});

Deno.test("what was set is said and locked", async () => {
  await using here = await typing();
  const set = ["--set", "steps.0.value=5"];
  await here.decant(
    "run",
    "DIR/a.yaml",
    "--quiet",
    "--cache",
    "DIR/cache",
    "--out",
    "DIR/out",
    ...set,
  );
  assert.match(
    (await lock(here, ...set)).out,
    /3 steps, 0 sources, made with steps\.0\.value=5\.\n$/,
  );
});

Deno.test("a recipe that cannot be locked is refused with a way out, and nothing is written", async () => {
  await using here = await typing();
  assert.deepEqual(await lock(here), {
    code: 2,
    out: "",
    err:
      "decant: not everything of `numbers` is recorded: one, more, more-test\n     help: run it first\n",
  });
  await assert.rejects(Deno.stat(`${here.path}/a.lock.json`), Deno.errors.NotFound);
  const ops = opSet(Object.values(fakeOps()));
  const own = recipeOf({ name: "own", steps: [{ op: "constant", as: "one", value: 1 }] }, "/", ops);
  const refused = (recipe: unknown) =>
    lockCommand.run(
      { ops, options: {}, operands: [], recipe: () => Promise.resolve(recipe) } as never,
    );
  await assert.rejects(refused(own), {
    code: "usage",
    message: "`own` stands in no file, so no lock can stand beside it",
    help: "save it",
  });
  await assert.rejects(refused({ ...own, source: "https://example.org/a.yaml" }), {
    code: "usage",
    message: "https://example.org/a.yaml cannot be written",
    help: "save the recipe here",
  });
});

Deno.test("of a search that time ended the trials that are recorded are locked; of others all must be", async () => {
  const timed = SEARCH.replace("trials: 2", "trials: 3, time: 1 h");
  for (const [text, code] of [[timed, 0], [timed.replace(", time: 1 h", ""), 2]] as const) {
    await using here = await typing({ "a.yaml": text });
    const recipe = await loadRecipe(`${here.path}/a.yaml`, opSet(Object.values(fakeOps())));
    await recipe.run({ cache: `${here.path}/cache`, trials: 2 });
    const { code: found, out } = await lock(here, "--json");
    assert.equal(found, code);
    if (code === 0) assert.equal(JSON.parse(out).search.trials.length, 2);
  }
});
