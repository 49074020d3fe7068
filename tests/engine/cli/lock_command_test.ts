import assert from "node:assert/strict";
import { lockCommand } from "../../../engine/cli/lock_command.ts";
import { typing } from "./typed.ts";

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
