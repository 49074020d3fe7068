/** `search` as it is written: what it means, and what is wrong with one that means nothing. */
import assert from "node:assert/strict";
import { compile } from "../../../../engine/graph/compile.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import type { Search } from "../../../../engine/recipe/recipe.ts";
import { opSet } from "../../../../engine/op.ts";
import { ops } from "../../../../ops/mod.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import { readSearch } from "../../../../engine/recipe/search/read_search.ts";
import { valueOf } from "../../../../engine/recipe/parse/tree.ts";
import { metrics } from "../../metrics.ts";
import { mapOf, told } from "../trees.ts";
import { fakeOps } from "../fake_ops.ts";

/** The ops that ship: their `evaluate` says on which samples. */
const shipped = opSet(ops);

const whole = `over:
    width: [0.25, 0.35]
    ratio: { min: 0.1, max: 0.9, step: 0.05 }
  minimize: result.bytes
  where: result.accuracy >= model.accuracy - 1 point
  budget: { time: 20 min, trials: 60 }
  strategy: tpe`;

const document = (search: string) =>
  `decant: 1
name: smallest
seed: 7
data: digits
variables: { width: 0.25, ratio: 0.5 }
model: { use: mobilenet-v1, width: $width, train: { epochs: 1 } }
prune: { granularity: channel, ratio: $ratio }
export: tfjs
search:
  ${search}
`;

const read = (search: string) => parseRecipe(document(search), "x.yaml", fakeOps);

/** Everything that is found before a run: by reading, and by compiling what is looked at in advance. */
function wrongOf(search: string): string[] {
  const recipe = read(search);
  const probed = recipe.search?.probes.flatMap((probe) => compile(probe, fakeOps).diagnostics);
  const found = [...compile(recipe, fakeOps).diagnostics, ...probed ?? []];
  return [...new Set(found.map(({ code, path }) => `${code} ${path}`))];
}

const searchOf = (search: string): Search => read(search).search!;

Deno.test("a search is read: its values, its aim, its budget in seconds, the recipe's seed", () => {
  assert.deepEqual(wrongOf(whole), []);
  const { variables, space, aim, direction, where, budget, strategy, seed } = searchOf(whole);
  assert.deepEqual(variables.map(({ name, values }) => [name, values.length]), [
    ["width", 2],
    ["ratio", 17],
  ]);
  assert.deepEqual(variables[1]!.values.slice(0, 3), [0.1, 0.15, 0.2]);
  assert.deepEqual(space, [{ count: 2, even: false }, { count: 17, even: true }]);
  assert.deepEqual([aim.text, direction, where[0]!.text], [
    "result.bytes",
    "minimize",
    "result.accuracy >= model.accuracy - 1 point",
  ]);
  assert.deepEqual([budget, strategy, seed], [{ trials: 60, seconds: 1200 }, "tpe", 7]);
});

Deno.test("at each point the recipe has the values of that point", () => {
  const search = searchOf(whole);
  const { steps, diagnostics } = search.recipe([1, 16]);
  const param = (op: string, name: string) => steps.find((step) => step.op === op)!.params[name];
  assert.deepEqual([param("model", "width"), param("prune", "ratio"), diagnostics], [
    0.35,
    0.9,
    [],
  ]);
});

Deno.test("a trial is measured on validation and exports nothing; its winner on test, with exports", () => {
  const { trial, recipe } = parseRecipe(document(whole), "x.yaml", shipped).search!;
  const seen = (steps: ReturnType<typeof trial>["steps"]) => [
    ...new Set(steps.filter(({ op }) => op === "evaluate").map(({ params }) => params.split)),
    ...steps.filter(({ op }) => op === "export").map(({ name }) => name),
  ];
  assert.deepEqual(seen(trial([0, 0]).steps), ["validation"]);
  assert.deepEqual(seen(recipe([0, 0]).steps), ["test", "export-tfjs"]);
  // All that is learned is the same step in both.
  const learned = (steps: ReturnType<typeof trial>["steps"]) =>
    steps.filter(({ op }) => op !== "evaluate" && op !== "export");
  assert.deepEqual(learned(trial([0, 3]).steps), learned(recipe([0, 3]).steps));
});

Deno.test("an export whose size a claim reads is part of a trial", () => {
  const { trial } = searchOf(whole.replace("result.bytes", "result.bytes.tfjs"));
  assert.ok(trial([0, 0]).steps.some(({ op }) => op === "export"));
});

Deno.test("a variable may stand in a search, as anywhere", () => {
  const text = document(whole.replace("trials: 60", "trials: $n"))
    .replace("ratio: 0.5 }", "ratio: 0.5, n: 5 }");
  const { search, diagnostics } = parseRecipe(text, "x.yaml", fakeOps);
  assert.deepEqual([search?.budget.trials, diagnostics], [5, []]);
});

Deno.test("--set reaches into a search and a sweep", () => {
  const set = { "search.budget.trials": 3, "search.strategy": "random", seed: 3 };
  const { search, diagnostics } = parseRecipe(document(whole), "x.yaml", fakeOps, { set });
  assert.deepEqual([search?.budget.trials, search?.strategy, diagnostics], [3, "random", []]);
});

const bisected = whole
  .replace("    width: [0.25, 0.35]\n", "").replace("tpe", "bisect");

for (
  const [what, text, expected] of [
    [
      "a variable that is not there",
      whole.replace("width:", "wdith:"),
      "unknown-name search.over.wdith",
    ],
    [
      "two aims",
      whole.replace("strategy: tpe", "maximize: result.accuracy"),
      "unknown-field search",
    ],
    [
      "an aim that is no metric",
      whole.replace("result.bytes", "result.bites"),
      "claim search.minimize",
    ],
    ["an aim that is a number", whole.replace("result.bytes", "3 kB"), "claim search.minimize"],
    [
      "an aim that is a sum",
      whole.replace("result.bytes", "result.bytes + 3 kB"),
      "claim search.minimize",
    ],
    [
      "an aim that is not measured",
      whole.replace("result.bytes", "result.top5"),
      "claim search.minimize",
    ],
    [
      "an aim of a model that is not there",
      whole.replace("result.bytes", "clustered.bytes"),
      "unknown-name search.minimize",
    ],
    [
      "an aim that a clock decides",
      whole.replace("result.bytes", "result.latency"),
      "claim search.minimize",
    ],
    ["a claim that is none", whole.replace(">=", ""), "claim search.where"],
    [
      "a claim about a model that is not there",
      whole.replace("model.accuracy", "teacher.accuracy"),
      "unknown-name search.where",
    ],
    [
      "a claim that a clock decides",
      whole.replace("result.accuracy >= model.accuracy - 1 point", "[result.latency <= 3 ms]"),
      "claim search.where.0",
    ],
    [
      "an empty budget",
      whole.replace("{ time: 20 min, trials: 60 }", "{}"),
      "missing-field search.budget",
    ],
    ["a time without a unit", whole.replace("20 min", '"20"'), "out-of-range search.budget"],
    ["a time in bytes", whole.replace("20 min", "20 kB"), "out-of-range search.budget"],
    ["no trials", whole.replace("trials: 60", "trials: 0"), "out-of-range search.budget.trials"],
    [
      "no budget",
      whole.replace("budget: { time: 20 min, trials: 60 }\n  ", ""),
      "missing-field search",
    ],
    ["no aim", whole.replace("minimize: result.bytes\n  ", ""), "missing-field search"],
    ["a strategy that is not there", whole.replace("tpe", "luck"), "unknown-value search.strategy"],
    [
      "a domain that is a number",
      whole.replace("[0.25, 0.35]", "0.25"),
      "wrong-type search.over.width",
    ],
    ["an empty domain", whole.replace("[0.25, 0.35]", "[]"), "out-of-range search.over.width"],
    [
      "no variable",
      whole.replace(/over:[^]*?minimize/, "over: {}\n  minimize"),
      "missing-field search.over",
    ],
    [
      "a range that ends before it begins",
      whole.replace("max: 0.9", "max: 0.05"),
      "out-of-range search.over.ratio",
    ],
    [
      "factors from nothing",
      whole.replace("min: 0.1", "spacing: log, min: 0"),
      "out-of-range search.over.ratio",
    ],
    [
      "factors that lead down",
      whole.replace("min: 0.1", "spacing: log, min: 0.1"),
      "out-of-range search.over.ratio",
    ],
    [
      "a range without end",
      whole.replace("step: 0.05", "step: 0.00001"),
      "too-large search.over.ratio",
    ],
    [
      "a value that the recipe cannot take",
      whole.replace("[0.25, 0.35]", "[0.25, wide]"),
      "wrong-type model.width",
    ],
    [
      "the end of a range that the recipe cannot take",
      whole.replace("max: 0.9", "max: 1.5"),
      "out-of-range prune.ratio",
    ],
    ["bisection of two variables", whole.replace("tpe", "bisect"), "wrong-type search.strategy"],
    [
      "bisection of what has no order",
      bisected.replace(/\{ min.*\}/, "[0.1, 0.5, 0.3]"),
      "wrong-type search.over.ratio",
    ],
    ["bisection without a claim", bisected.replace(/where:.*\n {2}/, ""), "missing-field search"],
    [
      "a variable that nobody declared",
      whole.replace("trials: 60", "trials: $n"),
      "unknown-name search.budget.trials",
    ],
  ] as const
) {
  Deno.test(`in a search: ${what}`, () => assert.deepEqual(wrongOf(text), [expected]));
}

Deno.test("a search beside a sweep is refused", () => {
  const text = `${document(whole)}sweep: { over: { ratio: [0.3] } }\n`;
  const { diagnostics } = parseRecipe(text, "x.yaml", fakeOps);
  assert.deepEqual(diagnostics.map(({ code, path }) => `${code} ${path}`), [
    "unknown-field search",
  ]);
});

Deno.test("a search chooses on validation, so data must have some", () => {
  const text = document(whole).replace(
    "data: digits",
    "data: { use: digits, split: { validation: 0 } }",
  );
  const { search } = parseRecipe(text, "x.yaml", shipped);
  assert.ok(
    search!.probes.every((probe) =>
      compile(probe, shipped).diagnostics.some(({ code }) => code === "missing-input")
    ),
  );
});

Deno.test("what is wrong in a claim is marked in its line, with a way out", () => {
  const [wrong] = read(whole.replace("model.accuracy", "modle.accuracy")).search!.probes
    .flatMap((probe) => compile(probe, fakeOps).diagnostics);
  const { line, column, length } = wrong!.place!;
  assert.deepEqual([line, column, length], [14, 29, "modle.accuracy".length]);
  assert.match(wrong!.help!, /^there is: model/);
});

Deno.test("bisection takes a list of numbers in order too", () => {
  assert.deepEqual(wrongOf(bisected.replace(/\{ min.*\}/, "[0.9, 0.5, 0.2]")), []);
});

const plain = (over: string, rest = "budget: { trials: 2 }") =>
  mapOf(`search: { over: ${over}, maximize: result.accuracy, ${rest} }\n`);
const declared = new Map([["a", 1], ["b", 2]]);

Deno.test("a recipe without a search has none, and one that is wrong is none", () => {
  const problems = problemList();
  assert.equal(readSearch(mapOf("name: x\n"), declared, metrics, problems), undefined);
  assert.deepEqual(problems.list, []);
  assert.equal(readSearch(mapOf("search: 3\n"), declared, metrics, problems), undefined);
  assert.deepEqual(problems.list.map(({ code }) => code), ["wrong-type"]);
});

Deno.test("values that are written twice are one, and a list is not even, however it is written", () => {
  const { plan, values } = readSearch(
    plain("{ a: [1, 2, 1, '1'], b: { min: 0, max: 2, step: 1 } }"),
    declared,
    metrics,
    problemList(),
  )!;
  assert.deepEqual(values.map((axis) => axis.map(valueOf)), [[1, 2, "1"], [0, 1, 2]]);
  assert.deepEqual(plan.space, [{ count: 3, even: false }, { count: 3, even: true }]);
});

Deno.test("the seed may be varied as a variable is; a field may not", () => {
  const wrong = (over: string) =>
    told((problems) => readSearch(plain(over), declared, metrics, problems));
  assert.deepEqual(wrong("{ seed: [1, 2] }"), []);
  assert.deepEqual(wrong("{ data: [1, 2] }"), [
    "unknown-name search.over.data: there is no variable `data` to vary | variables: { data: … }, and write $data where it is meant",
  ]);
});

Deno.test("a time of the budget is in seconds, whatever its unit", () => {
  const seconds = (time: string) =>
    readSearch(plain("{ a: [1] }", `budget: { time: ${time} }`), declared, metrics, problemList())
      ?.plan.budget.seconds;
  assert.deepEqual(["90 s", "1.5min", "2 h", "500 ms"].map(seconds), [90, 90, 7200, 0.5]);
  for (const time of ["0 s", "-1 s", "1 k", "5", "s", "1 min 3 s"]) {
    assert.equal(seconds(time), undefined, time);
  }
});

Deno.test("variables whose points cannot be numbered are refused, although each has few values", () => {
  const names = Array.from({ length: 5 }, (_, at) => `v${at}`);
  const over = names.map((name) => `${name}: { min: 1, max: 9999, step: 1 }`).join(", ");
  const variables = new Map(names.map((name) => [name, 1]));
  assert.deepEqual(
    told((problems) => readSearch(plain(`{ ${over} }`), variables, metrics, problems)),
    ["too-large search.over: these variables have more points than can be numbered"],
  );
});

Deno.test("a search over nothing is shown a variable", () => {
  assert.deepEqual(told((problems) => readSearch(plain("{}"), declared, metrics, problems)), [
    "missing-field search.over: `search.over` names no variable | over: { ratio: { min: 0.1, max: 0.9, step: 0.1 } }",
  ]);
});

Deno.test("what is wrong with a search is said with a way out", () => {
  const said = (text: string) =>
    told((problems) => readSearch(mapOf(text), declared, metrics, problems));
  const search = (fields: string) => `search: { ${fields} }\n`;
  const budget = "budget: { trials: 2 }";
  const over = "over: { a: { min: 1, max: 9, step: 1 } }";
  assert.deepEqual(said(`${search(`${over}, minimize: result.bytes, ${budget}`)}sweep: {}\n`), [
    "unknown-field search: `search` stands beside `sweep`: a recipe runs all points or looks for the best" +
    " | leave one of them out",
  ]);
  assert.deepEqual(said(search(`${over}, ${budget}`)), [
    "missing-field search: `search` needs `minimize` or `maximize` | minimize: result.bytes",
  ]);
  const both = "minimize: result.bytes, maximize: result.accuracy";
  assert.deepEqual(said(search(`${over}, ${both}, ${budget}`)), [
    "unknown-field search: `search` has `minimize` and `maximize`: one thing is made best" +
    " | move one to where:",
  ]);
  assert.deepEqual(said(search(`${over}, minimize: result.bytes, budget: {}`)), [
    "missing-field search.budget: `budget` needs `trials`, `time` or both" +
    " | budget: { trials: 60, time: 20 min }",
  ]);
  assert.deepEqual(said(search(`${over}, minimize: result.bytes, budget: { time: 20 kB }`)), [
    'out-of-range search.budget: `search.budget.time` is a time with its unit; this is "20 kB"' +
    " | time: 20 min",
  ]);
  assert.deepEqual(said(search(`${over}, minimize: result.latency, ${budget}`)), [
    "claim search.minimize: `latency` reads a clock: a search that decides by it would not come out alike again" +
    " | result.macs says what the model must compute; expect: may claim latency of the winner",
  ]);
  const wide = "over: { a: { min: 1, max: 10001, step: 1 } }";
  assert.deepEqual(said(search(`${wide}, minimize: result.bytes, ${budget}`)), [
    "too-large search.over.a: a variable may have 10000 values and no more",
  ]);
  assert.deepEqual(
    said(search(`${wide.replace("10001", "10000")}, minimize: result.bytes, ${budget}`)),
    [],
  );
});

Deno.test("a batch is for tpe, and one of 1 for every strategy as if it were not written", () => {
  const said = (fields: string) =>
    told((problems) =>
      readSearch(
        plain("{ a: { min: 1, max: 9, step: 1 } }", `budget: { trials: 2 }, ${fields}`),
        declared,
        metrics,
        problems,
      )
    );
  const way = "leave it out; --jobs N runs N trials at once";
  for (const strategy of ["grid", "random"]) {
    assert.deepEqual(said(`strategy: ${strategy}, batch: 2`), [
      `unknown-field search.batch: \`batch\` is for \`tpe\`: \`${strategy}\` needs no results, so all its ` +
      `trials may run side by side | ${way}`,
    ]);
    assert.deepEqual(said(`strategy: ${strategy}, batch: 1`), []);
  }
  const where = 'where: "result.accuracy >= 90 %"';
  assert.deepEqual(said(`strategy: bisect, batch: 2, ${where}`), [
    "unknown-field search.batch: `batch` is for `tpe`: `bisect` needs the result of each trial before the next" +
    " | leave it out",
  ]);
  assert.deepEqual(said("strategy: tpe, batch: 0").length, 1);
  const batched = (batch: string) =>
    searchOf(whole.replace("strategy: tpe", `strategy: tpe${batch}`));
  assert.equal(batched("\n  batch: 6").batch, 6);
  assert.ok(!("batch" in batched("\n  batch: 1")) && !("batch" in batched("")));
});

Deno.test("what cannot be bisected is said with a way out", () => {
  const said = (over: string, where = "where: result.accuracy >= 90 %, ") =>
    told((problems) =>
      readSearch(
        plain(over, `${where}budget: { trials: 2 }, strategy: bisect`),
        declared,
        metrics,
        problems,
      )
    );
  const range = "{ min: 1, max: 9, step: 1 }";
  assert.deepEqual(said(`{ a: ${range} }`), []);
  assert.deepEqual(said(`{ a: ${range}, b: [1, 2] }`), [
    "wrong-type search.strategy: `bisect` halves the values of one variable; there are 2: a, b" +
    " | strategy: tpe",
  ]);
  assert.deepEqual(said("{ a: [1, x] }"), [
    "wrong-type search.over.a: `bisect` needs numbers in order; `a` has others" +
    " | { min: 0.1, max: 0.9, step: 0.05 }",
  ]);
  assert.deepEqual(said(`{ a: ${range} }`, ""), [
    "missing-field search: `bisect` looks for the last value that satisfies a claim, and there is none" +
    " | where: result.accuracy >= teacher.accuracy - 1 point",
  ]);
});

Deno.test("a claim of a search has a thousand characters at most, the name of a metric two hundred", () => {
  const where = (length: number) =>
    told((problems) =>
      readSearch(
        plain(
          "{ a: [1] }",
          `where: "${"result.bytes <= 1 kB".padEnd(length)}", budget: { trials: 1 }`,
        ),
        declared,
        metrics,
        problems,
      )
    );
  assert.deepEqual(where(1000), []);
  assert.deepEqual(where(1001), [
    "out-of-range search.where: `search.where` must have at most 1000 characters",
  ]);
  const aim = (length: number) =>
    told((problems) =>
      readSearch(
        mapOf(
          `search: { over: { a: [1] }, minimize: "${
            "result.bytes".padEnd(length)
          }", budget: { trials: 1 } }\n`,
        ),
        declared,
        metrics,
        problems,
      )
    );
  assert.deepEqual(aim(200), []);
  assert.deepEqual(aim(201), [
    "out-of-range search.minimize: `search.minimize` must have at most 200 characters",
  ]);
});
