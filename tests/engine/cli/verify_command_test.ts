import assert from "node:assert/strict";
import { verifyCommand } from "../../../engine/cli/verify_command.ts";
import { tryLock } from "../../../engine/store/lock.ts";
import { writeVersion } from "../../faults/out_driver.ts";
import { SEARCH, typing } from "./typed.ts";

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

Deno.test("who waits for a folder says for whom, and a signal ends the waiting with its code", async () => {
  await using here = await typing();
  await here.decant("run", "DIR/a.yaml", "--quiet", "--cache", "DIR/cache", "--out", "DIR/out");
  const { addSignalListener, removeSignalListener } = Deno;
  for (const [name, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const listeners = new Map<Deno.Signal, () => void>();
    Deno.addSignalListener = (name, handler) => void listeners.set(name, handler);
    Deno.removeSignalListener = () => {};
    await Deno.mkdir(`${here.path}/out/.decant-out`, { recursive: true });
    const held = await tryLock(`${here.path}/out/.decant-out/lock`, "exclusive");
    // It is asked to end once, a second time would end the process: when it has said that it waits, or is silent.
    const end = () => {
      const handler = listeners.get(name);
      listeners.clear();
      handler?.();
    };
    here.saying = end;
    const timer = setTimeout(end, 20_000);
    try {
      const { code, out, err } = await here.decant("verify", "--out", "DIR/out");
      assert.deepEqual([code, out], [expected, ""]);
      assert.equal(err, `process ${Deno.pid} is writing to DIR/out; waiting for it\n`);
    } finally {
      clearTimeout(timer);
      held![Symbol.dispose]();
      Object.assign(Deno, { addSignalListener, removeSignalListener });
    }
  }
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

Deno.test("the exports in a folder are compared file by file, what was added stays", async () => {
  await using here = await typing();
  await writeVersion(`${here.path}/out`, "a");
  await Deno.remove(`${here.path}/out/recipe.lock.json`);
  const verify = (...words: string[]) => here.decant("verify", "--out", "DIR/out", ...words);
  assert.deepEqual(await verify(), {
    code: 0,
    out: "DIR/out: Identical: all 7 exported files are what the report says.\n",
    err: "",
  });
  await Deno.writeTextFile(`${here.path}/out/tfjs/model.json`, "another");
  await Deno.remove(`${here.path}/out/x=1/packed/it.bin`);
  await Deno.writeTextFile(`${here.path}/out/tfjs/${"n".repeat(210)}`, "");
  const lock = { format: 1, sources: [], steps: [] };
  await Deno.writeTextFile(`${here.path}/out/recipe.lock.json`, JSON.stringify(lock));
  const { code, out, err } = await verify();
  assert.deepEqual([code, err], [4, ""]);
  const lines = out.split("\n");
  assert.deepEqual(lines.slice(0, 4), [
    "unlocked: tfjs/ is another export than the lock says",
    "changed: tfjs/model.json is not what the report says",
    "unlocked: x=1/packed/ is another export than the lock says",
    "missing: x=1/packed/it.bin is not there",
  ]);
  assert.match(lines[4]!, /^added: tfjs\/n{100,200}.* is of no export, and stays$/);
  assert.ok(lines[4]!.length < 260, "a name is cut");
  assert.deepEqual(lines.slice(5), [
    "DIR/out: Not what the report and the lock say: 4 of 7 exported files and their folders.",
    "",
  ]);
  const document = JSON.parse((await verify("--json")).out);
  assert.deepEqual(
    [document.format, document.out, document.identical, document.differences.length],
    [
      1,
      "DIR/out",
      false,
      4,
    ],
  );
});

Deno.test("what cannot be verified is said with a way out", async () => {
  await using here = await locked();
  assert.deepEqual(await here.decant("verify", "--out", "DIR/none"), {
    code: 2,
    out: "",
    err: "decant: there is no report.json in DIR/none\n     help: decant run RECIPE --out DIR\n",
  });
  assert.deepEqual(await here.decant("verify", "DIR/a.yaml", "--out", "DIR/out"), {
    code: 2,
    out: "",
    err: "decant: --out says which files to compare, and no recipe is made anew\n" +
      "     help: decant verify RECIPE without --out makes it anew\n",
  });
  const none = await here.decant("verify", "DIR/a.yaml", "DIR/none.json");
  assert.deepEqual([none.code, none.out], [4, ""]);
  assert.match(none.err, /^decant: there is no lock at DIR\/none\.json\n/);
  assert.match((await here.decant("verify")).err, /^decant: RECIPE is missing\n/);
});

Deno.test("another lock than the one beside the recipe may be given, with what it was made with", async () => {
  await using here = await locked();
  await Deno.rename(`${here.path}/a.lock.json`, `${here.path}/b.json`);
  const lock = JSON.parse(await Deno.readTextFile(`${here.path}/b.json`));
  const settings = { "steps.1.amount": 5 };
  await Deno.writeTextFile(`${here.path}/b.json`, JSON.stringify({ ...lock, settings }));
  const { code, out, err } = await here.decant("verify", "DIR/a.yaml", "DIR/b.json");
  assert.equal(code, 4);
  assert.match(
    out,
    /^more: the lock says .*\nmore-test: .*\n2 of 3 steps differ, made anew with steps\.1\.amount=5 in \d+\.\d+ s\.\n$/,
  );
  assert.match(err, /^numbers {2}seed 0 {2}· {2}3 steps\n {2}✓ one/, "everything is made anew");
  const json = JSON.parse((await here.decant("verify", "DIR/a.yaml", "DIR/b.json", "--json")).out);
  assert.deepEqual([json.settings, json.identical, json.differences.length], [settings, false, 2]);
});

Deno.test("a step of the recipe that the lock has not is named, and a run that fails says why", async () => {
  await using here = await locked();
  await change(here.path, ({ steps }) => void (steps as unknown as unknown[]).pop());
  const { out } = await here.decant("verify", "DIR/a.yaml", "--quiet");
  assert.match(
    out,
    /^more-test: in the recipe, not in the lock\n1 of 2 steps differ, made anew in /,
  );
  const text = await Deno.readTextFile(`${here.path}/a.yaml`);
  await Deno.writeTextFile(
    `${here.path}/a.yaml`,
    text.replace("op: add, as: more, number: one, amount: 2", "op: fail, as: more, number: one"),
  );
  const failed = await here.decant("verify", "DIR/a.yaml", "--quiet");
  assert.deepEqual([failed.code, failed.out], [1, ""]);
  assert.match(
    failed.err,
    /^DIR\/a\.yaml:5:5 {2}step-failed {2}`more` failed: numbers are not everything\n/,
  );
});

Deno.test("what verify makes lies in a folder of its own name, so that the next finds what one left", async () => {
  await using here = await locked();
  const { makeTempDir } = Deno;
  const made: string[] = [];
  Deno.makeTempDir = async (options) => {
    const path = await makeTempDir(options);
    if (options?.prefix === "decant-verify-") made.push(path);
    return path;
  };
  try {
    await here.decant("verify", "DIR/a.yaml", "--quiet");
  } finally {
    Deno.makeTempDir = makeTempDir;
  }
  assert.equal(made.length, 1);
  await assert.rejects(Deno.stat(made[0]!), Deno.errors.NotFound);
});

Deno.test("verify shows the run that it makes, unless it is to be quiet", async () => {
  await using here = await locked();
  assert.match((await here.decant("verify", "DIR/a.yaml")).err, /✓ one [^]*✓ more /);
  assert.equal((await here.decant("verify", "DIR/a.yaml", "--quiet")).err, "");
});

Deno.test("a search that was made anew says how many trials were compared", async () => {
  await using here = await typing({ "a.yaml": SEARCH });
  await here.decant("run", "DIR/a.yaml", "--quiet", "--cache", "DIR/cache", "--out", "DIR/out");
  await here.decant("lock", "DIR/a.yaml", "--cache", "DIR/cache");
  const { code, out } = await here.decant("verify", "DIR/a.yaml", "--quiet");
  assert.equal(code, 0);
  assert.match(out, /^Identical: all 2 steps and 2 trials, made anew in /);
});

Deno.test("a path of 200 characters is shown whole, a longer one is cut", async () => {
  await using here = await typing();
  await writeVersion(`${here.path}/out`, "b");
  await Deno.remove(`${here.path}/out/recipe.lock.json`);
  const [whole, longer] = ["m".repeat(195), "n".repeat(196)];
  for (const name of [whole, longer]) await Deno.writeTextFile(`${here.path}/out/tfjs/${name}`, "");
  const report = JSON.parse(await Deno.readTextFile(`${here.path}/out/report.json`));
  const gone = "g".repeat(195);
  report.exports[0].files.push({ path: gone, bytes: 1, digest: "0".repeat(64) });
  await Deno.writeTextFile(`${here.path}/out/report.json`, JSON.stringify(report));
  const { out } = await here.decant("verify", "--out", "DIR/out");
  assert.ok(out.includes(`missing: tfjs/${gone} is not there`), out);
  assert.ok(out.includes(`added: tfjs/${whole} is of no export`), out);
  assert.ok(!out.includes(longer!), out);
});
