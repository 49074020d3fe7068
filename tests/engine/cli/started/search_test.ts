/** A search and a sweep on the command line: what is printed, one document with --json, the lock. */
import assert from "node:assert/strict";
import { commandLine } from "../../../../engine/cli/command_line.ts";
import type { Terminal } from "../../../../engine/cli/terminal.ts";
import { opSet } from "../../../../engine/op.ts";
import { writeYaml } from "../../../../engine/recipe/parse/write_yaml.ts";
import { numberOps, numberRecipe } from "../../run/search/numbers.ts";

const search = {
  over: { x: { min: 1, max: 20, step: 1 } },
  minimize: "result.bytes",
  where: "result.accuracy >= 95 %",
  budget: { trials: 30, time: "1 h" },
  strategy: "bisect",
};
const sweep = { over: { x: [1, 2, 3] }, pareto: ["result.accuracy", "result.bytes"] };

async function shop(besides: Readonly<Record<string, unknown>>, broken?: number) {
  const folder = await Deno.makeTempDir();
  const recipe = writeYaml({ decant: 1, ...numberRecipe(besides) } as never);
  await Deno.writeTextFile(`${folder}/numbers.yaml`, recipe);
  const ops = opSet(numberOps([], broken));
  return {
    folder,
    /** Runs a command on the recipe, with its own cache and output. */
    async decant(command: string, ...words: string[]) {
      const said = { out: "", err: "" };
      const terminal: Terminal = {
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        rewrite: () => {},
        live: false,
        columns: 100,
      };
      const all = [command, `${folder}/numbers.yaml`, ...words];
      if (command === "run") all.push("--out", `${folder}/out`);
      if (["run", "plan", "lock"].includes(command)) all.push("--cache", `${folder}/cache`);
      return { code: await commandLine(all, { ops, terminal }), ...said };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

// Both ends first; then 10, 5, 7, 8, 9 of 1…20: 10 is the smallest that holds.
const tried = [20, 1, 10, 5, 7, 8, 9];

Deno.test("check says what a search may cost", async () => {
  await using place = await shop({ search });
  const { code, out } = await place.decant("check");
  assert.deepEqual([code, out], [
    0,
    "numbers: bisect over x, 20 points: at most 20 trials, none begun after 1 h 00 min, of 5 steps each, nothing wrong.\n",
  ]);
});

Deno.test("run shows each trial, marks the best as it improves, and prints the winner", async () => {
  await using place = await shop({ search });
  const { code, out, err } = await place.decant("run");
  assert.equal(code, 0);
  assert.deepEqual(
    [...err.matchAll(/^trial (\d+) {2}x=(\d+)$/gm)].map(([, number, x]) => [number, x]),
    tried.map((x, at) => [String(at + 1), String(x)]),
  );
  assert.deepEqual(
    [...err.matchAll(/◆ result.bytes (.*)$/gm)].map(([, found]) => found),
    ["20 kB", "10 kB"],
  );
  assert.match(
    err,
    /^ {4}result.bytes 1 kB, but result.accuracy >= 95 %: 90.9 % is 4.1 points below 95.0 %$/m,
  );
  assert.equal([...err.matchAll(/samples/g)].length, 1, "what trials share is shown once");
  const [sentence, head, row] = out.split("\n");
  assert.equal(
    sentence,
    "7 trials of 20 points by bisect (nothing is left to try); the best is trial 3: x=10.",
  );
  assert.match(head!, /^model +accuracy/);
  assert.match(row!, /^m {2}result +94.7 ±1.4 % +10.0 kB/);
  assert.match(out, /✓ result.accuracy >= 95 % +95.0 % >= 95.0 % on validation/);
});

for (const [name, besides] of [["search", { search }], ["sweep", { sweep }]] as const) {
  Deno.test(`run --json of a ${name} prints one document, which report.json holds`, async () => {
    await using place = await shop(besides);
    const { code, out, err } = await place.decant("run", "--json");
    assert.deepEqual([code, err], [0, ""]);
    const document = JSON.parse(out);
    assert.deepEqual(
      document,
      JSON.parse(await Deno.readTextFile(`${place.folder}/out/report.json`)),
    );
    const keys = [
      "format",
      "recipe",
      "ok",
      "date",
      "seconds",
      "environment",
      "steps",
      "models",
      "result",
      name === "sweep" ? "points" : "search",
      "exports",
      "expect",
      "problems",
    ];
    assert.deepEqual(Object.keys(document), keys);
    assert.ok(document.ok);
  });
}

Deno.test("the document of a search has each trial with its variables, metrics and whether it counts", async () => {
  await using place = await shop({ search });
  const { search: found, result, models } = JSON.parse((await place.decant("run", "--json")).out);
  assert.deepEqual(
    found.trials.map((trial: { values: { x: number }; satisfied: boolean; value: number }) => [
      trial.values.x,
      trial.satisfied,
      trial.value,
    ]),
    tried.map((x) => [x, x >= 10, 1000 * x]),
  );
  assert.deepEqual([found.winner, found.ended, found.points, found.minimize], [
    2,
    "points",
    20,
    "result.bytes",
  ]);
  assert.deepEqual([result, models.length, models[0].name], ["m", 1, "m"]);
});

Deno.test("report.md has every trial, report.html their chart", async () => {
  await using place = await shop({ search });
  await place.decant("run");
  const markdown = await Deno.readTextFile(`${place.folder}/out/report.md`);
  assert.match(markdown, /\| ◆ \| 3 \| 10 \| 10 kB \| 95.0 ±1.4 % \| 10.0 kB \| 9.00 kB \| ✓ \|/);
  assert.match(markdown, /\| {2}\| 2 \| 1 \| 1 kB \| .* \| ✗ \|/);
  const page = await Deno.readTextFile(`${place.folder}/out/report.html`);
  assert.match(page, /<section id="search">[^]*trial 3[^]*<\/section>/);
  assert.equal(await Deno.readTextFile(`${place.folder}/out/text/number.txt`), "10");
});

Deno.test("plan says which trials come and that the rest is open; then what is recorded", async () => {
  await using place = await shop({ search });
  const before = await place.decant("plan");
  assert.match(
    before.out,
    /minimize result.bytes where result.accuracy >= 95 %\n {2}bisect over x, 20 points: at most 20 trials, none begun after 1 h 00 min\n {2}trial 1 {2}x=20\n {2}trial 2 {2}x=1\n {2}what follows is open: .*\n {2}the steps of trial 1:\n/,
  );
  await place.decant("run");
  const { out } = await place.decant("plan");
  assert.match(
    out,
    /7 trials of 20 points by bisect[^]*the steps of the winner:[^]*5 recorded, 0 would run/,
  );
  const { search: document } = JSON.parse((await place.decant("plan", "--json")).out);
  assert.deepEqual([document.trials.length, document.ahead, document.budget], [
    7,
    [],
    { trials: 30, seconds: 3600 },
  ]);
});

Deno.test("expand prints the recipe at the first point, which reads again as one", async () => {
  await using place = await shop({ search });
  const { out, code } = await place.decant("expand");
  assert.equal(code, 0);
  assert.match(out, /^# trial 1 of a search: x=20\ndecant: 1\n/);
  await Deno.writeTextFile(`${place.folder}/numbers.yaml`, out);
  const again = await place.decant("expand");
  assert.equal(`# trial 1 of a search: x=20\n${again.out}`, out);
});

Deno.test("lock, --locked and verify repeat a search that a clock had ended, without a clock", async () => {
  const timed = { ...search, strategy: "random", budget: { time: "0.001 ms" } };
  await using place = await shop({ search: timed });
  assert.equal((await place.decant("run")).code, 3, "the one trial that was made does not hold");
  const locked = await place.decant("lock");
  assert.equal(locked.code, 0);
  const lock = JSON.parse(await Deno.readTextFile(`${place.folder}/numbers.lock.json`));
  assert.equal(lock.search.trials.length, 1);
  assert.equal((await place.decant("run", "--locked")).code, 3);
  const verified = await place.decant("verify", "--quiet");
  assert.deepEqual([verified.code, /^Identical: all 5 steps and 1 trial,/.test(verified.out)], [
    0,
    true,
  ]);
  const [trial] = lock.search.trials;
  const digit = trial.result.startsWith("0") ? "1" : "0";
  const changed = { ...trial, result: digit + trial.result.slice(1) };
  await Deno.writeTextFile(
    `${place.folder}/numbers.lock.json`,
    JSON.stringify({ ...lock, search: { ...lock.search, trials: [changed] } }),
  );
  const differing = await place.decant("verify", "--quiet");
  assert.deepEqual([differing.code, differing.out.split(":")[0]], [4, "trial 1"]);
  const refused = await place.decant("run", "--locked");
  assert.deepEqual([refused.code, refused.out], [4, ""]);
  assert.match(refused.err, /trial 1 made \w+, the lock says/);
});

Deno.test("where nothing holds the exit code is 3, where a trial fails 1, and both print what was best", async () => {
  await using none = await shop({ search: { ...search, where: "result.accuracy >= 99 %" } });
  const unmet = await none.decant("run");
  assert.equal(unmet.code, 3);
  assert.match(
    unmet.out,
    /^2 trials .* none satisfies what it must; the least violating is trial 1: x=20\.\n/,
  );
  await using failing = await shop({ search: { ...search, strategy: "grid" } }, 4);
  const failed = await failing.decant("run");
  assert.equal(failed.code, 1);
  assert.match(failed.err, /step-failed {2}`m` failed: 4 does not grow \(trial 4: x=4\)/);
  assert.match(
    failed.out,
    /^4 trials of 20 points by grid \(a trial failed\); none satisfies .* trial 3: x=3/,
  );
});
