/** What runs leave in a folder for people, one after another: never of two at once, and found again by digest. */
import assert from "node:assert/strict";
import { digestOf } from "../../../engine/digest.ts";
import { filesDigest } from "../../../engine/files.ts";
import { Interruption } from "../../../engine/run/problem.ts";
import { openOut } from "../../../engine/library/out/out_folder.ts";
import { verifyOut } from "../../../engine/library/out/verify_out.ts";
import { defaultOut } from "../../../engine/library/write_out.ts";
import { memoryStore, type Recipe, recipe as typed, type RunOptions } from "../../../mod.ts";
import { filesUnder } from "../../faults/small_cache.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

const PETALS = {
  name: "petals",
  data: "iris",
  model: { use: "mlp", hidden: [8], train: { epochs: 1 } },
};
const cache = memoryStore();
const both = recipe({ ...PETALS, export: [{ use: "tfjs" }, { use: "safetensors" }] });
const REPORTS = ["recipe.lock.json", "report.html", "report.json", "report.md"];

/** A folder in which a run has left its exports. */
async function place() {
  const home = await Deno.makeTempDir();
  const out = `${home}/out`;
  const run = (of: Recipe, options: RunOptions = {}) => of.run({ cache, out, ...options });
  const first = await run(both);
  return {
    out,
    run,
    first,
    json: async (name: string) => JSON.parse(await Deno.readTextFile(`${out}/${name}`)),
    [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }),
  };
}

Deno.test("a report lists the exported files by digest, and the lock's artifacts are made of them", async () => {
  await using it = await place();
  const exports = it.first.report.exports ?? [];
  assert.deepEqual(exports.map(({ folder }) => folder), ["tfjs", "safetensors"]);
  assert.deepEqual(await it.json("report.json"), it.first.report);
  const { steps } = await it.json("recipe.lock.json");
  for (const { step, folder, files } of exports) {
    for (const { path, digest, bytes } of files) {
      const found = await Deno.readFile(`${it.out}/${folder}/${path}`);
      assert.deepEqual([digestOf(found), found.length], [digest, bytes]);
    }
    const locked = steps.find(({ name }: { name: string }) => name === step);
    assert.equal(locked.artifact.digest, filesDigest(files));
  }
  const files = exports.flatMap(({ folder, files }) =>
    files.map(({ path }) => `${folder}/${path}`)
  );
  assert.deepEqual(await filesUnder(it.out), [...REPORTS, ...files].sort());
  assert.deepEqual((await verifyOut(it.out))?.differences, []);
});

Deno.test("an export that a recipe no longer has goes with the run that had it; a run that ends before its exports leaves them", async () => {
  await using it = await place();
  const before = await filesUnder(it.out);
  const lock = await it.json("recipe.lock.json");
  const partly = await it.run(both.with({ seed: 5 }), { until: "data" });
  assert.equal(partly.ending, "done");
  assert.deepEqual(await filesUnder(it.out), before);
  assert.deepEqual(await it.json("recipe.lock.json"), lock);
  assert.deepEqual(partly.report.exports, it.first.report.exports);
  assert.deepEqual((await verifyOut(it.out))?.differences, []);
  const one = await it.run(recipe({ ...PETALS, export: "tfjs" }));
  assert.deepEqual(one.report.exports?.map(({ folder }) => folder), ["tfjs"]);
  assert.ok(!(await filesUnder(it.out)).some((path) => path.startsWith("safetensors")));
  await it.run(recipe(PETALS));
  assert.deepEqual(await filesUnder(it.out), REPORTS);
});

Deno.test("an export without the run's end has no lock: it is not that of the run before", async () => {
  await using it = await place();
  const run = await it.run(both.with({ seed: 5 }), { until: "export-tfjs" });
  assert.deepEqual(run.report.exports?.map(({ folder }) => folder), ["tfjs"]);
  const files = await filesUnder(it.out);
  assert.ok(!files.includes("recipe.lock.json") && files.includes("tfjs/model.json"));
  assert.ok(!files.some((path) => path.startsWith("safetensors")));
  assert.deepEqual((await verifyOut(it.out))?.differences, []);
});

Deno.test("an interrupted run leaves its reports and the exports of the run before, and waits for nobody", async () => {
  await using it = await place();
  const lock = await it.json("recipe.lock.json");
  const interrupted = (seed: number) => {
    const stop = new AbortController();
    const said: string[] = [];
    const run = it.run(both.with({ seed }), {
      signal: stop.signal,
      onEvent(event) {
        if (event.type === "noticed") said.push(event.sentence);
        if (event.type === "ran") stop.abort(new Interruption("terminated"));
      },
    });
    return { run, said };
  };
  const free = await interrupted(7).run;
  assert.deepEqual([free.ending, free.report.exports], ["terminated", it.first.report.exports]);
  assert.deepEqual(await it.json("recipe.lock.json"), lock);
  assert.equal((await it.json("report.json")).ok, false);
  const report = await Deno.readTextFile(`${it.out}/report.json`);
  const held = await openOut(it.out);
  const { run, said } = interrupted(8);
  assert.deepEqual([(await run).ending, (await run).written], ["terminated", []]);
  assert.deepEqual(said, [`${it.out} is not written: the run was interrupted`]);
  await held[Symbol.asyncDispose]();
  assert.equal(await Deno.readTextFile(`${it.out}/report.json`), report);
});

Deno.test("a run that waits for another to write says so; interrupted then, it has ended and written nothing", async () => {
  await using it = await place();
  const before = await Deno.readTextFile(`${it.out}/report.json`);
  const held = await openOut(it.out);
  const stop = new AbortController();
  const said: string[] = [];
  const run = await it.run(both, {
    signal: stop.signal,
    onEvent(event) {
      if (event.type !== "noticed") return;
      said.push(event.sentence);
      stop.abort(new Interruption("interrupted"));
    },
  });
  assert.deepEqual([run.ending, run.ok, run.written], ["interrupted", false, []]);
  assert.deepEqual(said, [
    `process ${Deno.pid} is writing to ${it.out}; waiting for it`,
    `${it.out} is not written: the run was interrupted`,
  ]);
  await held[Symbol.asyncDispose]();
  assert.equal(await Deno.readTextFile(`${it.out}/report.json`), before);
});

Deno.test("the default folder tells settings apart, readably, whatever their order", () => {
  assert.equal(defaultOut("digits"), "out/digits");
  assert.equal(defaultOut("digits", {}), "out/digits");
  const set = { "prune.ratio": "0.7", seed: "1" };
  assert.equal(defaultOut("digits", set), "out/digits+prune.ratio=0.7+seed=1");
  assert.equal(defaultOut("digits", { seed: 1, "prune.ratio": 0.7 }), defaultOut("digits", set));
  const odd = ["[a, b]", "[a, c]", "A", "a", "../../x", "1+b=2", "x".repeat(200), "x".repeat(201)];
  const folders = odd.map((value) => defaultOut("digits", { a: value }));
  assert.equal(new Set(folders).size, odd.length);
  for (const folder of folders) assert.match(folder, /^out\/digits\+a=[a-z0-9._=+-]{1,90}$/);
  assert.notEqual(defaultOut("d", { a: "1+b=2" }), defaultOut("d", { a: "1", b: "2" }));
});
