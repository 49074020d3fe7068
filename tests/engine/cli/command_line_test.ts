import assert from "node:assert/strict";
import { commandLine, commandProcess } from "../../../engine/cli/command_line.ts";
import { commandNames, loadCommands } from "../../../engine/cli/commands.ts";
import { helpText } from "../../../engine/cli/usage.ts";
import type { Terminal } from "../../../engine/cli/terminal.ts";
import { parseLock } from "../../../engine/run/lock.ts";
import { asLocked } from "../../../engine/library/lock_beside.ts";
import { DecantError } from "../../../engine/error.ts";
import { harmless } from "../../../engine/quote.ts";
import { metricsKind } from "../../../engine/metrics.ts";
import { type AnyOp, Choice, defineOp, input, opSet, Type } from "../../../engine/op.ts";
import { loadRecipe, recipeOf } from "../../../engine/library/open_recipe.ts";
import { fakeOps, numberKind } from "../run/support/fake.ts";

const RECIPE = `decant: 1
name: numbers
steps:
  - { op: constant, as: one, value: 1 }
  - { op: add, as: three, number: one, amount: 2 }
  - { op: add, as: eight, number: three, amount: 5 }
  - { op: evaluate, as: three-test, model: three }
  - { op: evaluate, as: eight-test, model: eight }
expect:
  - eight.bytes >= three.bytes * 2
`;

/** A folder with a recipe, and a command line in it. */
async function shop(recipe = RECIPE, log: string[] = [], more: readonly AnyOp[] = []) {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/numbers.yaml`;
  await Deno.writeTextFile(path, recipe);
  const ops = opSet([...Object.values(fakeOps(log)), ...more]);
  return {
    folder,
    path,
    log,
    /** Runs a command on the recipe; `…` stands for the folder. */
    async decant(...words: string[]) {
      const said = { out: "", err: "" };
      const terminal: Terminal = {
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        rewrite: () => {},
        live: false,
        columns: 100,
      };
      const code = await commandLine(words.map((word) => word.replace("…", folder)), {
        ops,
        terminal,
      });
      return { code, ...said };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const RUN = ["run", "…/numbers.yaml", "--cache", "…/cache", "--out", "…/out"];

Deno.test("run prints the table, the expectations, what was written, and how much ran", async () => {
  await using place = await shop();
  const { code, out, err } = await place.decant(...RUN);
  assert.equal(code, 0);
  assert.equal(
    out.replaceAll(place.folder, "…").replace(
      /in [\d.]+ s/,
      "in 0.1 s",
    ),
    `model             accuracy  agrees  parameters   MACs    bytes     gzip
three          92.3 ±0.5 %  97.0 %      3.00 k  150 k  3.00 kB  2.70 kB
eight  result  94.4 ±0.4 %  97.0 %      8.00 k  400 k  8.00 kB  7.20 kB
  ± 95 % interval of 10 000 samples. bytes = encoded as tfjs.
expect
  ✓ eight.bytes >= three.bytes * 2     8 kB >= 6 kB
…/out: report.html report.md report.json recipe.lock.json
5 of 5 steps ran in 0.1 s.
`,
  );
  assert.match(err, /numbers {2}seed 0 {2}· {2}5 steps\n {2}✓ one/);
});

Deno.test("a second run recalls everything and reports the same", async () => {
  await using place = await shop();
  const first = await place.decant(...RUN);
  const ran = [...place.log];
  const second = await place.decant(...RUN);
  assert.deepEqual(place.log, ran);
  assert.equal(second.code, 0);
  const table = (text: string) => text.split("\n").slice(0, -2).join("\n");
  assert.equal(table(second.out), table(first.out));
  assert.match(second.out, /0 of 5 steps ran/);
});

Deno.test("run --json prints one document, the same that report.json holds", async () => {
  await using place = await shop();
  const { code, out, err } = await place.decant(...RUN, "--json");
  assert.deepEqual([code, err], [0, ""]);
  const document = JSON.parse(out);
  assert.deepEqual(
    document,
    JSON.parse(await Deno.readTextFile(`${place.folder}/out/report.json`)),
  );
  assert.deepEqual(Object.keys(document), [
    "format",
    "recipe",
    "ok",
    "date",
    "seconds",
    "environment",
    "steps",
    "models",
    "result",
    "expect",
    "problems",
  ]);
  assert.deepEqual(
    document.steps.map((step: { name: string; status: string }) => [step.name, step.status]),
    [
      ["one", "ran"],
      ["three", "ran"],
      ["eight", "ran"],
      ["three-test", "ran"],
      ["eight-test", "ran"],
    ],
  );
  assert.deepEqual(document.models[1], {
    name: "eight",
    parameters: 8000,
    macs: 400_000,
    bytes: { raw: 32_000, encoded: 8000, gzip: 7200, format: "tfjs" },
    samples: 10_000,
    accuracy: 1 - 1 / 18,
    loss: 1 / 8,
    agreement: 0.97,
    metrics: { recall: { "3": 0.75 } },
  });
  assert.deepEqual(document.expect, [{
    claim: "eight.bytes >= three.bytes * 2",
    met: true,
    left: 8000,
    right: 6000,
    sentence: "8 kB >= 6 kB",
    place: { source: place.path, line: 10, column: 5 },
  }]);
  assert.equal(document.result, "eight");
});

Deno.test("an expectation that is not met is said on both sides, exit code 3", async () => {
  await using place = await shop(RECIPE.replace(">= three.bytes * 2", "<= three.bytes / 2"));
  const { code, out } = await place.decant(...RUN);
  assert.equal(code, 3);
  assert.match(out, /✗ eight\.bytes <= three\.bytes \/ 2 +8 kB is 6\.5 kB above 1\.5 kB/);
  assert.match(out, /1 of 1 expectation is not met\.\n$/);
});

Deno.test("a failed step is a sentence with a place, exit code 1", async () => {
  await using place = await shop(
    RECIPE.replace(
      "op: add, as: eight, number: three, amount: 5",
      "op: fail, as: eight, number: three",
    ),
  );
  const { code, out, err } = await place.decant(...RUN);
  assert.equal(code, 1);
  assert.match(
    err,
    /numbers\.yaml:6:5 {2}step-failed {2}`eight` failed: numbers are not everything\n/,
  );
  assert.match(out, /2 of 5 steps ran in .*\. 1 failed\. 2 not done\.\n$/);
  assert.doesNotMatch(out + err, /\bat .*\.ts:\d+/);
});

Deno.test("a wrong recipe is reported whole, exit code 2, and nothing is run or made", async () => {
  await using place = await shop(
    RECIPE.replace("amount: 2", "amonut: 2").replace("value: 1", "value: one"),
  );
  const { code, out, err } = await place.decant(...RUN);
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.match(err, /unknown-field/);
  assert.match(err, /wrong-type/);
  assert.match(err, /Nothing has run\.\n$/);
  await assert.rejects(Deno.stat(`${place.folder}/cache`));
  const json = await place.decant(...RUN, "--json");
  assert.deepEqual([json.code, json.err], [2, ""]);
  assert.deepEqual(Object.keys(JSON.parse(json.out)), ["format", "ok", "problems"]);
});

Deno.test("mistakes on the command line are sentences, exit code 2", async () => {
  await using place = await shop();
  for (
    const [words, said] of [
      [["rnu"], /there is no command "rnu"/],
      [["run"], /RECIPE is missing/],
      [["run", "…/numbers.yaml", "two"], /"two" is one word too many/],
      [["run", "…/numbers.yaml", "--fast"], /`run` has no option --fast/],
      [["run", "…/numbers.yaml", "--out"], /--out needs a value: --out DIR/],
      [["run", "…/numbers.yaml", "--quiet=yes"], /--quiet takes no value/],
      [["run", "…/numbers.yaml", "--threads", "many"], /--threads needs a number/],
      [["run", "…/numbers.yaml", "--until", "nine"], /--until names no step: "nine"/],
      [["run", "…/numbers.yaml", "--force=nine"], /--force names no step: "nine"/],
      [["run", "…/numbers.yaml", "--out", "a", "--out", "b"], /--out is given twice/],
      [["run", "…/numbers.yaml", "--set", "ratio"], /--set needs NAME=VALUE/],
      [["run", "…/nowhere.yaml"], /nowhere\.yaml` is not there/],
      [["run", "…/recipe.ts"], /is code.*\n.*deno run -A/],
      [["ops", "divide"], /there is no word "divide" in recipes/],
      [["layers", "…/numbers.yaml", "nine"], /makes no model "nine"/],
    ] as const
  ) {
    const { code, err, out } = await place.decant(...words);
    assert.match(err, said);
    assert.deepEqual([code, out], [2, ""], words.join(" "));
  }
});

Deno.test("plan says what would run and what is unknown until then, and makes nothing", async () => {
  await using place = await shop();
  const PLAN = ["plan", "…/numbers.yaml", "--cache", "…/cache"];
  const before = await place.decant(...PLAN);
  assert.match(before.out, /5 steps: 0 recorded, 1 would run, 4 unknown until then\./);
  await assert.rejects(Deno.stat(`${place.folder}/cache`));
  await place.decant(...RUN);
  await Deno.writeTextFile(place.path, RECIPE.replace("amount: 5", "amount: 6"));
  const { code, out } = await place.decant(...PLAN, "--json");
  assert.equal(code, 0);
  const states = JSON.parse(out).steps.map((
    step: { name: string; state: string; waits?: string },
  ) => [step.name, step.state, ...step.waits === undefined ? [] : [step.waits]].join(" "));
  assert.deepEqual(states, [
    "one hit",
    "three hit",
    "eight run",
    "three-test hit",
    "eight-test unknown eight",
  ]);
});

Deno.test("a field that alternatives shape differently is listed once for each shape", async () => {
  const both = Type.Object({
    ratio: Type.Number({ description: "How much" }),
    by: Type.Optional(Type.String({ description: "Of channels" })),
  });
  const one = Type.Object({
    ratio: Type.Number({ description: "How much" }),
    by: Type.String({ description: "Of weights" }),
    keep: Type.Number({ description: "How many" }),
  });
  const params = Choice({ channel: both, weight: one }, { description: "What goes" });
  const cut = { ...fakeOps().constant, name: "cut", params };
  const said = { out: "" };
  const terminal = {
    out: (text: string) => void (said.out += text),
    err: () => {},
    rewrite: () => {},
    live: false,
    columns: 100,
  };
  assert.equal(await commandLine(["ops", "cut"], { ops: opSet([cut]), terminal }), 0);
  const rows = said.out.split("\n").filter((line) => line.startsWith("  "));
  assert.deepEqual(rows.map((row) => row.trim().split(/ {2,}/)), [
    ["use*", "channel, weight", "What goes"],
    ["ratio*", "number", "How much"],
    ["by (channel)", "text", "Of channels"],
    ["by* (weight)", "text", "Of weights"],
    ["keep* (weight)", "number", "How many"],
  ]);
  said.out = "";
  await commandLine(["ops", "cut", "--json"], { ops: opSet([cut]), terminal });
  const by = JSON.parse(said.out).ops[0].params.filter(({ name }: { name: string }) =>
    name === "by"
  );
  assert.deepEqual(by.map(({ where }: { where: unknown }) => where), [["channel"], ["weight"]]);
});

Deno.test("check, expand, ops, schema and help answer on standard output", async () => {
  await using place = await shop();
  assert.match(
    (await place.decant("check", "…/numbers.yaml")).out,
    /^numbers: 5 steps, nothing wrong/,
  );
  assert.match((await place.decant("expand", "…/numbers.yaml")).out, /op: add/);
  assert.match((await place.decant("ops")).out, /^constant +Is a number$/m);
  assert.match((await place.decant("ops", "add")).out, /amount\* +number +How much/);
  JSON.parse((await place.decant("schema")).out);
  const help = (await place.decant("--help")).out;
  for (const { name, summary } of await loadCommands()) {
    assert.ok(help.includes(name) && help.includes(summary));
    assert.match((await place.decant(name, "--help")).out, new RegExp(`^decant ${name}`));
  }
});

for (
  const [what, from] of [
    ["file", "./none.csv"],
    ["folder", "./none/"],
    ["folder without a slash", "./none"],
    ["folder that is a file", "./numbers.yaml/"],
    ["file in what is a file", "./numbers.yaml/none.csv"],
  ]
) {
  Deno.test(`a missing ${what} is a note of check, which says so, and an error of plan and run`, async () => {
    await using place = await shop(`decant: 1
name: numbers
steps:
  - { op: file, as: one, from: ${from} }
  - { op: evaluate, as: one-test, model: one }
`);
    const checked = await place.decant("check", "…/numbers.yaml");
    assert.equal(checked.code, 0);
    assert.match(checked.err, /numbers.yaml:4:32 {2}note source {2}`[^`]*` is not there/);
    assert.match(checked.out, /2 steps, nothing wrong but a source that is not there\./);
    for (const words of [RUN, ["plan", "…/numbers.yaml", "--cache", "…/cache"]]) {
      const { code, err } = await place.decant(...words);
      assert.equal(code, 2, err);
      assert.match(err, /source {2}`[^`]*` is not there \(/);
      assert.doesNotMatch(err, /internal/);
    }
  });
}

Deno.test("the expanded recipe hits every record of the short one", async () => {
  await using place = await shop();
  await place.decant(...RUN);
  const { out } = await place.decant("expand", "…/numbers.yaml");
  await Deno.writeTextFile(place.path, out);
  assert.match((await place.decant(...RUN)).out, /0 of 5 steps ran/);
});

Deno.test("a lock says what was made: verify makes it anew and compares, --locked refuses anything else", async () => {
  await using place = await shop();
  const lock = `${place.folder}/numbers.lock.json`;
  const early = await place.decant("lock", "…/numbers.yaml", "--cache", "…/cache");
  assert.equal(early.code, 2);
  assert.match(early.err, /not everything of `numbers` is recorded: one, three/);
  assert.equal((await place.decant(...RUN, "--locked")).code, 4);
  await place.decant(...RUN);
  assert.equal((await place.decant("lock", "…/numbers.yaml", "--cache", "…/cache")).code, 0);
  const text = await Deno.readTextFile(lock);
  assert.equal(text, await Deno.readTextFile(`${place.folder}/out/recipe.lock.json`));
  assert.equal((await place.decant(...RUN, "--locked")).code, 0);
  const identical = await place.decant("verify", "…/numbers.yaml", "--quiet");
  assert.deepEqual([identical.code, identical.err], [0, ""]);
  assert.match(identical.out, /^Identical: all 5 steps, made anew in/);

  const { digest } = JSON.parse(text).steps[2].artifact;
  const other = digest.replace(/^./, digest.startsWith("0") ? "1" : "0");
  await Deno.writeTextFile(lock, text.replace(digest, other));
  const different = await place.decant("verify", "…/numbers.yaml", "--quiet");
  assert.equal(different.code, 4);
  assert.match(different.out, /^eight: the lock says .*\n1 of 5 steps differ/);
  const refused = await place.decant(...RUN, "--locked");
  assert.equal(refused.code, 4);
  assert.match(refused.err, /locked {2}`eight` made .*, the lock says/);

  await Deno.writeTextFile(lock, text);
  await Deno.writeTextFile(place.path, RECIPE.replace("amount: 2", "amount: 3"));
  const changed = await place.decant(...RUN, "--locked");
  assert.equal(changed.code, 4);
  assert.match(changed.err, /`three` is another step than the lock says/);

  await Deno.writeTextFile(lock, "{}");
  const broken = await place.decant(...RUN, "--locked");
  assert.deepEqual([broken.code, /is no lock/.test(broken.err)], [4, true]);
});

Deno.test("a lock says what was set; verify and --locked set it again, and say so", async () => {
  await using place = await shop();
  const six = ["--set", "steps.2.amount=6"];
  const beside = `${place.folder}/numbers.lock.json`;
  await place.decant(...RUN);
  assert.ok(
    !("settings" in JSON.parse(await Deno.readTextFile(`${place.folder}/out/recipe.lock.json`))),
  );
  await place.decant(...RUN, ...six);
  const locked = await place.decant("lock", "…/numbers.yaml", "--cache", "…/cache", ...six);
  assert.match(locked.out, /5 steps, 0 sources, made with steps\.2\.amount=6\.\n$/);
  const text = await Deno.readTextFile(beside);
  assert.equal(text, await Deno.readTextFile(`${place.folder}/out/recipe.lock.json`));
  assert.deepEqual(JSON.parse(text).settings, { "steps.2.amount": "6" });

  const verified = await place.decant("verify", "…/numbers.yaml", "--quiet");
  assert.deepEqual([verified.code, verified.err], [0, ""]);
  assert.match(verified.out, /^Identical: all 5 steps, made anew with steps\.2\.amount=6 in /);
  const document = JSON.parse((await place.decant("verify", "…/numbers.yaml", "--json")).out);
  assert.deepEqual([document.identical, document.settings], [true, { "steps.2.amount": "6" }]);
  const again = await place.decant(...RUN, "--locked");
  assert.equal(again.code, 0);
  assert.match(again.err, /^as locked, with steps\.2\.amount=6\n/);
  assert.match(again.out, /0 of 5 steps ran/);

  // What is set on the command line goes before what the lock says.
  const seven = ["--set", "steps.2.amount=7"];
  const other = await place.decant("verify", "…/numbers.yaml", "--quiet", ...seven);
  assert.equal(other.code, 4);
  assert.match(other.out, /\n2 of 5 steps differ, made anew with steps\.2\.amount=7 in /);
  const refused = await place.decant(...RUN, "--locked", ...seven);
  assert.equal(refused.code, 4);
  assert.match(
    refused.err,
    /`eight` is another step .*\n {5}help: it was made with steps\.2\.amount=6; /,
  );

  for (const settings of [null, "6", [6]]) {
    await Deno.writeTextFile(beside, JSON.stringify({ ...JSON.parse(text), settings }));
    const broken = await place.decant("verify", "…/numbers.yaml");
    assert.deepEqual([broken.code, /its settings are no map/.test(broken.err)], [4, true]);
  }
});

Deno.test("a lock from elsewhere sets nothing in a recipe of this machine", async () => {
  await using place = await shop();
  await place.decant(...RUN, "--set", "steps.2.amount=6");
  const lock = await Deno.readTextFile(`${place.folder}/out/recipe.lock.json`);
  const ops = opSet(Object.values(fakeOps()));
  const recipe = await loadRecipe(place.path, ops);
  const far = "https://example.org/numbers.lock.json";
  const parsed = parseLock(lock, far);
  assert.throws(() => asLocked(recipe, parsed, far), (error: DecantError<"locked">) => {
    assert.match(error.message, /was made with steps\.2\.amount=6, and a lock from elsewhere/);
    assert.match(error.help!, /--set steps\.2\.amount=/);
    return true;
  });
  const said = recipe.with({ "steps.2.amount": 6 });
  assert.equal(asLocked(said, parsed, far), said, "who says it all himself may compare");
});

Deno.test("reports say what was set, and a comparison of two runs does", async () => {
  await using place = await shop();
  await place.decant(...RUN);
  const six = [...RUN.slice(0, -1), "…/six", "--set", "steps.2.amount=6"];
  await place.decant(...six);
  const report = JSON.parse(await Deno.readTextFile(`${place.folder}/six/report.json`));
  assert.deepEqual(report.settings, { "steps.2.amount": "6" });
  const { out } = await place.decant("compare", "…/out", "…/six");
  assert.match(out, /^A numbers, .*\nB numbers with steps\.2\.amount=6, /);
});

Deno.test("explain names the changed field at its place", async () => {
  await using place = await shop();
  await place.decant(...RUN);
  await Deno.writeTextFile(place.path, RECIPE.replace("amount: 5", "amount: 6"));
  const { code, out } = await place.decant("explain", "…/numbers.yaml", "--cache", "…/cache");
  assert.equal(code, 0);
  assert.match(out, /^= three: recorded .*, saves [\d.]+ s$/m);
  assert.match(out, /^▸ eight runs .*\n {4}steps\.2\.amount 5 → 6 at .*numbers\.yaml:6:\d+$/m);
  assert.match(out, /^\? eight-test waits for eight; recalled if that comes out as on/m);
});

Deno.test("fields are set from outside, by name, and are read as YAML", async () => {
  await using place = await shop();
  await place.decant(...RUN);
  const set = await place.decant(...RUN, "--set", "steps.2.amount=6", "--json");
  const { steps } = JSON.parse(set.out) as { steps: { name: string; status: string }[] };
  assert.deepEqual(
    steps.filter(({ status }) => status === "ran").map(({ name }) => name),
    ["eight", "eight-test"],
  );
  const wrong = await place.decant(...RUN, "--set", "sead=7");
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /`sead` is neither a variable nor a field/);
});

Deno.test("a recipe extends a file, an object extends a recipe", async () => {
  await using place = await shop();
  await place.decant(...RUN);
  const child = `${place.folder}/child.yaml`;
  await Deno.writeTextFile(
    child,
    "decant: 1\nname: child\nextends: ./numbers.yaml\nexpect: null\n",
  );
  const run = await place.decant("run", child, "--cache", "…/cache", "--out", "…/out");
  assert.equal(run.code, 0);
  assert.match(run.out, /0 of 5 steps ran/);
  const ops = opSet(Object.values(fakeOps()));
  const loaded = await loadRecipe(child, ops);
  const mine = recipeOf({ name: "mine", extends: loaded }, "/", ops);
  const again = recipeOf({ name: "again", extends: mine, seed: 3 }, "/", ops);
  for (const recipe of [mine, again]) {
    const { steps } = await recipe.plan({ cache: `${place.folder}/cache` });
    assert.deepEqual(steps.map(({ state }) => state), ["hit", "hit", "hit", "hit", "hit"]);
  }
  assert.equal(again.expand().seed, 3);
});

Deno.test("a recipe's own command line needs no RECIPE, and no command means run", async () => {
  await using place = await shop();
  const log: string[] = [];
  const ops = opSet(Object.values(fakeOps(log)));
  const recipe = recipeOf(
    {
      name: "numbers",
      steps: [{ op: "constant", as: "one", value: 1 }, { op: "evaluate", model: "one" }],
    },
    `${place.folder}/`,
    ops,
  );
  const said: string[] = [];
  const terminal: Terminal = {
    out: (text) => void said.push(text),
    err: () => {},
    rewrite: () => {},
    live: false,
    columns: 80,
  };
  const words = ["--cache", `${place.folder}/cache`, "--out", `${place.folder}/out`];
  assert.equal(await commandLine(words, { ops, recipe, terminal }), 0);
  assert.equal(await commandLine(["plan", ...words.slice(0, 2)], { ops, recipe, terminal }), 0);
  assert.match(said.join(""), /2 of 2 steps ran in .*\n.*\n?.*2 recorded, 0 would run/s);
  assert.deepEqual(log, ["constant", "evaluate"]);
});

Deno.test("control characters of a recipe never reach the terminal", () => {
  assert.equal(harmless("a\x1b[2Jb\u202ec\x07\n\t"), "a\ufffd[2Jb\ufffdc\ufffd\n\t");
});

Deno.test("a teacher that is worse than its student is said at the end of the run, also to the quiet", async () => {
  const common = { version: 1, numerics: "none", params: Type.Object({}), example: {} } as const;
  const model = input(numberKind, "A number");
  const follow = defineOp({
    ...common,
    name: "follow",
    summary: "Follows a teacher",
    inputs: { model, teacher: model },
    output: numberKind,
    changes: "model",
    run: ({ model }) => model + 1,
  });
  const grade = defineOp({
    ...common,
    name: "grade",
    summary: "Takes a number for a percentage",
    inputs: { model },
    output: metricsKind,
    run: ({ model }) => ({ accuracy: model / 100, samples: 1000, metrics: {} }),
  });
  await using place = await shop(
    `decant: 1
name: numbers
steps:
  - { op: constant, as: one, value: 70 }
  - { op: constant, as: two, value: 80 }
  - { op: follow, as: taught, model: two, teacher: one }
  - { op: grade, as: one-test, model: one }
  - { op: grade, as: taught-test, model: taught }
`,
    [],
    [follow, grade],
  );
  const warning = "warning: taught: its teacher `one` is right on 70.0 %, it itself on 81.0 %: " +
    "a teacher that knows less may hold it back\n";
  for (const quiet of [[], ["--quiet"]]) {
    const said = await place.decant(...RUN, ...quiet);
    assert.equal(said.code, 0, said.err);
    assert.ok(said.err.endsWith(warning), said.err);
  }
  const report = JSON.parse(await Deno.readTextFile(`${place.folder}/out/report.json`));
  assert.equal(
    report.steps.find(({ name }: { name: string }) => name === "taught").warnings.length,
    1,
  );
});

Deno.test("mistakes on the command line come with a way out, word for word", async () => {
  await using place = await shop();
  const said = async (...words: string[]) => (await place.decant(...words)).err;
  const mistake = (message: string, help: string) => `decant: ${message}\n     help: ${help}\n`;
  assert.equal(
    await said("rnu"),
    mistake('there is no command "rnu"', `the commands are ${commandNames.join(", ")}`),
  );
  assert.equal(
    await said("verify"),
    mistake("RECIPE is missing", "name the file of a recipe"),
  );
  for (const assignment of ["ratio", "=3"]) {
    assert.equal(
      await said("check", "…/numbers.yaml", "--set", assignment),
      mistake(`--set needs NAME=VALUE; this is "${assignment}"`, "--set prune.ratio=0.7"),
    );
  }
  assert.match((await place.decant("expand", "…/numbers.yaml", "--set", "name=a=b")).err, /a=b/);
});

Deno.test("help is asked for in any of its ways, and nothing is run for it", async () => {
  await using place = await shop();
  const help = helpText(await loadCommands());
  for (const words of [[], ["help"], ["--help"], ["-h"], ["help", "run"]]) {
    assert.deepEqual(await place.decant(...words), { code: 0, out: help, err: "" });
  }
  for (const word of ["--help", "-h"]) {
    const { out, code } = await place.decant("run", "…/none.yaml", word, "--nonsense");
    assert.deepEqual([code, out.split("\n")[0]], [0, "decant run RECIPE [options]"]);
  }
});

/** A recipe of a program of its own, and what its command line says. */
async function ownProgram(words: readonly string[]) {
  const ops = opSet(Object.values(fakeOps()));
  const recipe = recipeOf(
    { name: "own", steps: [{ op: "constant", as: "one", value: 1 }] },
    "/",
    ops,
  );
  const said = { out: "", err: "" };
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    rewrite: () => {},
    live: false,
    columns: 80,
  };
  return { code: await commandLine(words, { ops, recipe, terminal }), ...said };
}

Deno.test("in a program of its own a recipe is not named, in help and where one word is too many", async () => {
  assert.match((await ownProgram(["check", "--help"])).out, /^decant check \[options\]\n/);
  assert.match((await ownProgram(["fmt", "--help"])).out, /^decant fmt FILE \[options\]\n/);
  assert.match((await ownProgram(["--help"])).out, /^decant run \[options\]\n/);
  assert.match((await ownProgram(["check", "a.yaml"])).err, /"a\.yaml" is one word too many/);
  assert.equal((await ownProgram(["check"])).out, "own: 1 steps, nothing wrong.\n");
  assert.match((await ownProgram(["check", "--set", "steps.0.value=x"])).err, /steps\.0\.value/);
  assert.match((await ownProgram(["help"])).out, /^Decant compresses/);
});

Deno.test("what is wrong in a document is shown in its text", async () => {
  await using place = await shop(RECIPE.replace("amount: 2", "amonut: 2"));
  assert.match((await place.decant("check", "…/numbers.yaml")).err, /\n +5 \| .*amonut: 2/);
});

Deno.test("a process ends with the code of its command, and with that of an error that nobody waits for", async () => {
  const { exit } = Deno;
  const codes: unknown[] = [];
  const end = new Error("the process ends");
  let err = "";
  const terminal = {
    out: () => {},
    err: (text: string) => void (err += text),
  } as unknown as Terminal;
  try {
    Deno.exit = (code) => {
      codes.push(code);
      throw end;
    };
    const ops = opSet(Object.values(fakeOps()));
    await assert.rejects(commandProcess(["rnu"], { ops, terminal }), end);
    assert.match(err, /^decant: there is no command "rnu"/);
    err = "";
    Deno.exit = ((code: number) => void codes.push(code)) as typeof exit;
    const reason = new DecantError("locked", "it is another");
    const lost = new PromiseRejectionEvent("unhandledrejection", {
      promise: Promise.resolve(),
      reason,
      cancelable: true,
    });
    assert.equal(dispatchEvent(lost), false);
    const failed = new ErrorEvent("error", { error: reason, cancelable: true });
    assert.equal(dispatchEvent(failed), false);
  } finally {
    Deno.exit = exit;
  }
  assert.deepEqual(codes, [2, 4, 4]);
  assert.equal(err, "decant: it is another\n".repeat(2));
});
