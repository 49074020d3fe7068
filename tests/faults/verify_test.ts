/** `decant verify`, stopped and killed, and of a folder: it leaves nothing behind, and says what differs. */
import assert from "node:assert/strict";
import { commandLine } from "../../engine/cli/command_line.ts";
import { opSet } from "../../engine/op.ts";
import { ops } from "../../ops/mod.ts";
import { decant } from "./small_cache.ts";

const MOD = new URL("../../mod.ts", import.meta.url).pathname;

const recipe = (epochs: number) =>
  `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: ${epochs} } }
export: tfjs
`;

/** The command line in this process. */
async function said(...words: string[]) {
  const text = { out: "", err: "" };
  const terminal = {
    out: (more: string) => void (text.out += more),
    err: (more: string) => void (text.err += more),
    rewrite: () => {},
    live: false,
    columns: 100,
  };
  return { code: await commandLine(words, { ops: opSet(ops), terminal }), ...text };
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("signals end a verification in order and leave no folder; what SIGKILL leaves goes with the next", async () => {
  const home = await Deno.makeTempDir();
  const temporary = `${home}/tmp`;
  await Deno.mkdir(temporary);
  const foreign = ["decant-verify-mine.txt", "decant-verify-notes", "other"];
  await Deno.writeTextFile(`${temporary}/${foreign[0]}`, "mine");
  for (const name of foreign.slice(1)) await Deno.mkdir(`${temporary}/${name}`);
  await Deno.writeTextFile(`${temporary}/${foreign[1]}/mine.txt`, "mine");
  await Deno.writeTextFile(`${home}/petals.yaml`, recipe(100_000));
  const lock = { format: 1, recipe: "petals", numerics: 0, sources: [], steps: [] };
  await Deno.writeTextFile(`${home}/petals.lock.json`, JSON.stringify(lock));
  /** A verification that has come to its long training. */
  const training = async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--cached-only", MOD, "verify", `${home}/petals.yaml`],
      env: { NO_COLOR: "1", TMPDIR: temporary },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = "";
    const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    while (!/✓ model-init/.test(said)) {
      const { value, done } = await reader.read();
      assert.ok(!done, said);
      said += value;
    }
    const drained = (async () => {
      while (!(await reader.read()).done);
    })();
    return {
      async end(signal: Deno.Signal) {
        child.kill(signal);
        const { code } = await child.status;
        await drained;
        return code;
      },
    };
  };
  const killed = await training();
  assert.equal(await killed.end("SIGKILL"), 137);
  assert.equal((await names(temporary)).length, foreign.length + 1);
  const [one, other] = [await training(), await training()];
  const held = (await names(temporary)).filter((name) => !foreign.includes(name));
  assert.equal(held.length, 2, "what the killed one left is gone, what lives has its own");
  assert.equal(await one.end("SIGTERM"), 143);
  assert.equal((await names(temporary)).length, foreign.length + 1);
  assert.equal(await other.end("SIGINT"), 130);
  assert.deepEqual(await names(temporary), foreign);
  assert.equal(await Deno.readTextFile(`${temporary}/${foreign[1]}/mine.txt`), "mine");
  await Deno.remove(home, { recursive: true });
});

Deno.test("verify --out says which files of a folder differ", async () => {
  const home = await Deno.makeTempDir();
  await Deno.writeTextFile(`${home}/petals.yaml`, recipe(1));
  const out = `${home}/out`;
  const run = await said("run", `${home}/petals.yaml`, "--out", out, "--cache", `${home}/cache`);
  assert.equal(run.code, 0, run.err);
  const sound = await said("verify", "--out", out);
  assert.deepEqual([sound.code, sound.err], [0, ""]);
  assert.match(
    sound.out,
    /: Identical: all \d+ exported files are what the report and the lock say/,
  );
  await Deno.writeTextFile(`${out}/tfjs/model.json`, "{}");
  await Deno.writeTextFile(`${out}/tfjs/notes.txt`, "mine");
  const differing = await said("verify", "--out", out);
  assert.equal(differing.code, 4);
  assert.match(differing.out, /^changed: tfjs\/model\.json .*\nadded: tfjs\/notes\.txt .*stays\n/);
  const json = await said("verify", "--out", out, "--json");
  const { identical, differences, added } = JSON.parse(json.out);
  assert.deepEqual([identical, differences, added], [
    false,
    [{ path: "tfjs/model.json", what: "changed" }],
    ["tfjs/notes.txt"],
  ]);
  for (const words of [["verify"], ["verify", "--out", home], ["verify", "x.yaml", "--out", out]]) {
    const { code, err } = await said(...words);
    assert.equal(code, 2, words.join(" "));
    assert.match(err, /RECIPE is missing|there is no report\.json in|no recipe is made anew/);
  }
  await Deno.remove(home, { recursive: true });
});

Deno.test("verify --out trusts no report that is blank or lists none of what the lock says was exported", async () => {
  const home = await Deno.makeTempDir();
  await Deno.writeTextFile(`${home}/petals.yaml`, recipe(1));
  const out = `${home}/out`;
  const words = ["run", `${home}/petals.yaml`, "--cache", `${home}/cache`, "--out", out, "--quiet"];
  assert.equal((await said(...words)).code, 0);
  const report = `${out}/report.json`;
  const whole = await Deno.readTextFile(report);
  const { exports: _exports, ...without } = JSON.parse(whole);
  for (const text of ["{}", "null", "[]", "", "\0\0", JSON.stringify(without)]) {
    await Deno.writeTextFile(report, text);
    const { code, out: printed } = await said("verify", "--out", out);
    assert.equal(code, 4, text.slice(0, 20));
    assert.match(printed, /report\.json/);
  }
  await Deno.writeTextFile(report, whole);
  assert.equal((await said("verify", "--out", out)).code, 0);
  await Deno.remove(report);
  if (Deno.build.os !== "windows") {
    await new Deno.Command("mkfifo", { args: [report] }).output();
    const fifo = await said("verify", "--out", out);
    assert.match(fifo.err, /report\.json is a FIFO, not a file; take it away/);
    assert.doesNotMatch(fifo.err, /internal/);
  }
  await Deno.remove(home, { recursive: true });
});

Deno.test("runs with other settings have another default folder; plan grants it, and run says where it wrote", async () => {
  const home = await Deno.makeTempDir();
  await Deno.writeTextFile(`${home}/petals.yaml`, recipe(1));
  const planned = await said("plan", `${home}/petals.yaml`, "--set", "seed=3", "--json");
  const { flags } = JSON.parse(planned.out) as { flags: string[] };
  assert.match(flags.join(" "), /--allow-write=\S*out\/petals\+seed=3/);
  const words = ["run", "petals.yaml", "--set", "seed=3", "--quiet"];
  const run = await decant(words, ["env", `--chdir=${home}`]);
  const wrote = /^out\/petals\+seed=3: report\.html .*recipe\.lock\.json try\.html tfjs\/$/m;
  assert.match(run.out, wrote);
  // What the lock sets counts as what is set on the command line.
  await Deno.copyFile(`${home}/out/petals+seed=3/recipe.lock.json`, `${home}/petals.lock.json`);
  const locked = await decant(["run", "petals.yaml", "--locked", "--quiet"], [
    "env",
    `--chdir=${home}`,
  ]);
  assert.match(locked.out, wrote);
  await Deno.remove(home, { recursive: true });
});
