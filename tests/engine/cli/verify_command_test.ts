import assert from "node:assert/strict";
import { verifyCommand } from "../../../engine/cli/verify_command.ts";
import { typing } from "./typed.ts";

/** A folder in which the recipe is locked. */
async function locked() {
  const here = await typing();
  await here.decant("run", "DIR/a.yaml", "--quiet", "--cache", "DIR/cache", "--out", "DIR/out");
  const { code, err } = await here.decant("lock", "DIR/a.yaml", "--cache", "DIR/cache");
  assert.equal(code, 0, err);
  return here;
}

/** Changes the lock beside the recipe. */
async function change(path: string, edit: (lock: Record<string, never>) => void): Promise<void> {
  const lock = JSON.parse(await Deno.readTextFile(`${path}/a.lock.json`));
  edit(lock);
  await Deno.writeTextFile(`${path}/a.lock.json`, JSON.stringify(lock));
}

Deno.test("what is made anew as the lock says is identical", async () => {
  await using here = await locked();
  const { code, out } = await here.decant("verify", "DIR/a.yaml", "--quiet");
  assert.equal(code, 0);
  assert.match(out, /^Identical: all 3 steps, made anew in /);
  const json = JSON.parse((await here.decant("verify", "DIR/a.yaml", "--quiet", "--json")).out);
  assert.deepEqual(json, { format: 1, recipe: "numbers", identical: true, differences: [] });
  assert.equal(verifyCommand.name, "verify");
});

Deno.test("what differs is named step by step, and refuses", async () => {
  await using here = await locked();
  await change(here.path, ({ steps }) => {
    const [one, more] = steps as unknown as { key: string; artifact: { digest: string } }[];
    one!.key = "0".repeat(64);
    more!.artifact.digest = "f".repeat(64);
    (steps as unknown as object[]).push({ ...more!, name: "gone" });
  });
  const { code, out } = await here.decant("verify", "DIR/a.yaml", "--quiet");
  assert.equal(code, 4);
  assert.match(out, /^one: another step than locked, with the same result\n/m);
  assert.match(out, /^more: the lock says f{12}, made was [0-9a-f]{12}\n/m);
  assert.match(out, /^gone: in the lock, not in the recipe\n/m);
  assert.match(out, /^3 of 4 steps differ, made anew in /m);
});

Deno.test("the files of a folder are compared with the report there, and what differs refuses", async () => {
  await using here = await typing();
  await here.decant("run", "DIR/a.yaml", "--quiet", "--cache", "DIR/cache", "--out", "DIR/out");
  const verify = () => here.decant("verify", "--out", "DIR/out");
  assert.deepEqual(await verify(), {
    code: 0,
    out: "DIR/out: The report lists no exported files.\n",
    err: "",
  });
  await Deno.writeTextFile(`${here.path}/out/report.json`, "{}");
  const { code, out } = await verify();
  assert.equal(code, 4);
  assert.match(out, /^changed: report\.json is not what the report says$/m);
  const { identical } = JSON.parse((await here.decant("verify", "--out", "DIR/out", "--json")).out);
  assert.equal(identical, false);
});

Deno.test("a folder without a report cannot be compared, and no recipe is made beside it", async () => {
  await using here = await typing();
  const none = await here.decant("verify", "--out", "DIR/none");
  assert.equal(none.code, 2);
  assert.match(none.err, /there is no report\.json in DIR\/none/);
  const both = await here.decant("verify", "DIR/a.yaml", "--out", "DIR/none");
  assert.equal(both.code, 2);
  assert.match(both.err, /--out says which files to compare/);
});
