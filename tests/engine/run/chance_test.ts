import assert from "node:assert/strict";
import type { Metrics } from "../../../engine/metrics.ts";
import { progress } from "../../../engine/cli/progress.ts";
import { metricsKind } from "../../../engine/metrics.ts";
import { defineOp, type Facts, input, Type } from "../../../engine/op.ts";
import { compile } from "../../../engine/graph/compile.ts";
import { opSet } from "../../../engine/op.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { guessOf } from "../../../engine/run/chance.ts";
import { execute } from "../../../engine/run/execute.ts";
import type { Outcome } from "../../../engine/store/store.ts";
import { type Json, load, memoryStore, type Recipe, recipe as typed } from "../../../mod.ts";
import { ops } from "../../../ops/mod.ts";
import { keras, layersModel, sequential } from "../../ops/model/support/keras_json.ts";
import { fakeOps, type FakeStep, graphOf, nowhere, numberKind } from "./support/fake.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

/** What a number is worth is what the test says. */
function measuring(metrics: Partial<Metrics>, log: string[] = []) {
  const ops = fakeOps(log);
  const common = { version: 1, numerics: "none", example: {}, params: Type.Object({}) } as const;
  const model = input(numberKind, "Is read");
  const evaluate = defineOp({
    ...common,
    name: "evaluate",
    summary: "Measures",
    inputs: { model, data: input(numberKind, "The samples", { optional: true }) },
    output: metricsKind,
    run: (): Metrics => ({ metrics: {}, ...metrics }),
  });
  const learn = defineOp({
    ...common,
    name: "learn",
    summary: "Learns from a teacher",
    inputs: { model, teacher: model },
    output: numberKind,
    changes: "model",
    run: ({ model }) => {
      log.push("learn");
      return model + 1;
    },
  });
  const tenClasses: Facts = { kind: "dataset", task: "classification", outputs: 10 };
  const steps: FakeStep[] = [
    { name: "data", op: ops.constant, params: { value: 9 }, facts: tenClasses },
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "two", op: ops.constant, params: { value: 2 } },
    { name: "one-test", op: evaluate, inputs: { model: "one", data: "data" } },
    { name: "taught", op: learn, inputs: { model: "two", teacher: "one" } },
    { name: "taught-test", op: evaluate, inputs: { model: "taught", data: "data" } },
  ];
  const run = async (options: Readonly<Record<string, Json>> = {}, store = memoryStore()) => {
    const happened: string[] = [];
    const execution = await execute(graphOf(steps), {
      ...options,
      store,
      environment: nowhere,
      onEvent(event) {
        if (!("step" in event)) return;
        const why = event.type === "skipped" ? ` ${event.because}` : "";
        happened.push(`${event.step} ${event.type}${why}`);
      },
    });
    return { execution, happened };
  };
  return { run, steps, log };
}

// With ten classes and 100 samples: p + 3 √(p(1−p)/n) = 0.1 + 3 · 0.03 = 0.19.
const samples = 100;

Deno.test("a teacher that is right no more often than guessing stops the run, its measurement kept", async () => {
  const { run, log } = measuring({ samples, accuracy: 0.18 });
  const store = memoryStore();
  const first = await run({}, store);
  assert.equal(first.execution.ending, "failed");
  assert.deepEqual(first.execution.problems, [{
    code: "at-chance",
    message: "`one` is right on 18.0 % of the samples; guessing gives 10.0 %",
    place: { path: "steps.one" },
    help: "usual causes: too few epochs or samples, a learning_rate too high or too low",
  }]);
  assert.deepEqual(first.happened.slice(-4), [
    "one-test ran",
    "one-test failed",
    "taught skipped not started: an earlier step failed",
    "taught-test skipped not started: an earlier step failed",
  ]);
  // The measurement was right, so it is recalled, and stops the next run just so.
  const again = await run({}, store);
  assert.deepEqual(again.happened.slice(3, 5), ["one-test hit", "one-test failed"]);
  assert.equal(again.execution.ending, "failed");
  assert.ok(!log.includes("learn"));
});

Deno.test("what keeps going does not go on with a teacher that guesses", async () => {
  const { happened } = await measuring({ samples, accuracy: 0.1 }).run({ keepGoing: true });
  assert.deepEqual(happened.slice(-2), [
    "taught skipped not started: `one` guesses",
    "taught-test skipped not started: `taught` is missing",
  ]);
});

Deno.test("better than guessing is three deviations better, where so few samples can tell", async () => {
  const passes = [
    { samples, accuracy: 0.2 },
    // 3 √(0.09/80) = 0.1006 is more than the guess: eighty samples cannot tell.
    { samples: 80, accuracy: 0 },
    // 0.1 + 3 √(0.09/10000) = 0.109
    { samples: 10_000, accuracy: 0.1091 },
    { samples },
    {},
  ];
  for (const metrics of passes) {
    assert.equal(
      (await measuring(metrics).run()).execution.ending,
      "done",
      JSON.stringify(metrics),
    );
  }
  const stops = [{ samples: 82, accuracy: 0.19 }, { samples: 10_000, accuracy: 0.1089 }];
  for (const metrics of stops) {
    assert.equal(
      (await measuring(metrics).run()).execution.ending,
      "failed",
      JSON.stringify(metrics),
    );
  }
});

Deno.test("of two classes nine samples tell nothing; ten, and three quarters of 36, do", () => {
  const ops = fakeOps();
  const twoClasses: Facts = { kind: "dataset", task: "classification", outputs: 2 };
  const node = graphOf([
    { name: "data", op: ops.constant, params: { value: 9 }, facts: twoClasses },
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "one-test", op: ops.score, inputs: { model: "one", data: "data" } },
  ]).node("one-test")!;
  const guesses = (samples: number, accuracy: number) =>
    guessOf(node, { manifest: { samples, accuracy, metrics: {} } } as unknown as Outcome) !==
      undefined;
  assert.equal(guesses(9, 1), false, "3 √(1/4/9) is one half, as is the guess");
  assert.equal(guesses(10, 0.9), true);
  assert.equal(guesses(10, 1), false);
  assert.equal(guesses(36, 0.75), true, "1/2 + 3 √(1/4/36) is three quarters");
  assert.equal(guesses(36, 0.76), false);
});

Deno.test("a student may answer at chance: what is not in use is only measured", async () => {
  const { steps } = measuring({ samples, accuracy: 0.1 });
  const alone = steps.filter(({ name }) => !name.startsWith("taught"));
  const { ending } = await execute(graphOf(alone), { store: memoryStore(), environment: nowhere });
  assert.equal(ending, "done");
});

Deno.test("a real teacher that learned nothing stops the run in the language's words", async () => {
  const petals = (rate: number) =>
    recipe({
      name: "petals",
      data: "iris",
      teacher: {
        use: "mlp",
        hidden: [4],
        train: { epochs: 40, batch: 8, optimizer: { use: "sgd", learning_rate: rate } },
      },
      student: { use: "mlp", hidden: [2] },
      distill: { epochs: 1 },
    });
  const store = memoryStore();
  const stopped = await petals(1e-9).run({ cache: store });
  assert.equal(stopped.ending, "failed");
  const [problem] = stopped.problems;
  assert.equal(problem?.code, "at-chance");
  assert.match(
    problem.message,
    /^`teacher` is right on \d+\.\d % of the test samples; guessing gives 33\.3 %$/,
  );
  const status = Object.fromEntries(stopped.steps.map(({ name, status }) => [name, status]));
  assert.equal(status["teacher-test"], "failed");
  assert.equal(status.distilled, "skipped");
  // The report still has what was measured.
  assert.equal(stopped.models[0]?.name, "teacher");
  assert.equal((await petals(0.1).run({ cache: store })).ending, "done");
});

Deno.test("help for a loaded model names the kind of data", () => {
  const helpFor = (data: string) => {
    const text = `decant: 1\nname: x\ndata: ${data}\nmodel: { from: ./net }\n`;
    const graph = compile(parseRecipe(text, "x.yaml", opSet(ops)), opSet(ops));
    const manifest = { samples: 10_000, accuracy: 0.1, metrics: {} };
    return guessOf(graph.node("model-test")!, { manifest } as unknown as Outcome)!.help;
  };
  const scale = /normalize \(the model was trained on/;
  const photos = "{ from: ./photos, format: images, resize: [32, 32], classes: [a, b], color: ";
  assert.match(helpFor(`${photos}rgb }`), /normalize .* order of classes, the colour order$/);
  for (const gray of ["digits", `${photos}gray }`]) {
    assert.match(helpFor(gray), scale);
    assert.doesNotMatch(helpFor(gray), /colour|column|text/);
  }
  assert.match(helpFor("iris"), /the order of columns, the order of classes$/);
  const texts = helpFor("{ use: spam, text: { tokens: words, length: 20 } }");
  assert.match(texts, /vocabulary or tokenizer\), the order of classes$/);
  assert.doesNotMatch(texts, /colour|normalize/);
});

/** A model of four numbers that gives `outputs`, always the same, and three classes to measure it on. */
async function elsewhere(outputs: number, recipe: string) {
  const folder = await Deno.makeTempDir();
  const dense = keras("Dense", "d", { units: outputs, "batch_input_shape": [null, 4] });
  const net = layersModel(sequential("s", [dense]), [
    { name: "d/kernel", shape: [4, outputs], values: Array(4 * outputs).fill(0) },
    { name: "d/bias", shape: [outputs], values: Array(outputs).fill(0) },
  ]);
  const rows = Array.from({ length: 300 }, (_, i) => `${i % 3},${i % 2},${i % 5},1,class-${i % 3}`);
  await Deno.writeTextFile(`${folder}/rows.csv`, `a,b,c,d,class\n${rows.join("\n")}\n`);
  await Deno.mkdir(`${folder}/net`);
  for (const [name, bytes] of Object.entries(net)) {
    await Deno.writeFile(`${folder}/net/${name}`, bytes);
  }
  const path = `${folder}/recipe.yaml`;
  await Deno.writeTextFile(path, `decant: 1\nname: x\ndata: { from: ./rows.csv }\n${recipe}\n`);
  const noticed: string[] = [];
  const shown: string[] = [];
  const show = progress({
    out: () => {},
    err: (line) => void shown.push(line),
    rewrite: () => {},
    live: false,
    columns: 80,
  });
  const store = memoryStore();
  try {
    const read = await load(path);
    const run = () =>
      read.run({
        cache: store,
        onEvent(event, graph) {
          show(event, graph);
          if (event.type === "noticed") noticed.push(event.sentence);
        },
      });
    const ran = await run();
    return { ran, noticed, shown, planned: await read.plan({ cache: store }) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const status = (ran: Awaited<ReturnType<Recipe["run"]>>) =>
  Object.fromEntries(ran.steps.map(({ name, status }) => [name, status]));

Deno.test("a loaded model that guesses and is trained on does not stop the run, and is warned of", async () => {
  const { ran, noticed } = await elsewhere(3, "model: { from: ./net, train: { epochs: 1 } }");
  assert.equal(ran.ending, "done");
  const warning =
    /^`model-init` is right on 33\.3 % of the test samples; guessing gives 33\.3 %; us/;
  assert.match(noticed.join("\n"), warning);
  const [said] = ran.steps.find(({ name }) => name === "model-init-test")!.warnings;
  assert.match(said!, warning);
});

Deno.test("a loaded model that guesses and is used as it is stops the run", async () => {
  const { ran, shown } = await elsewhere(3, "model: { from: ./net }\nquantize: { scheme: int8 }");
  assert.deepEqual(ran.problems.map(({ code }) => code), ["at-chance"]);
  const lines = shown.filter((line) => /^ {2}[✓✗=] model-test /.test(line));
  assert.equal(lines.length, 1, shown.join(""));
  assert.match(lines[0]!, /✗ model-test +evaluate .*33\.3 %/, "the figure that stops it");
});

const learner = "{ use: mlp, hidden: [4], train: { epochs: 1 } }";
const unfit: Readonly<
  Record<string, readonly [recipe: string, message: string, untouched: string]>
> = {
  "is trained on": [
    "model: { from: ./net, train: { epochs: 1 } }",
    "the model has 5 outputs, the data 3 classes",
    "model",
  ],
  "is used as it is": [
    "model: { from: ./net }\nquantize: { scheme: int8 }",
    "`model` does not answer what these data ask: the model has 5 outputs, the data 3 classes",
    "quantized",
  ],
  "teaches by what is recorded of it": [
    "teacher: { from: ./net }\nstudent: { use: mlp, hidden: [4] }\ndistill: { epochs: 1 }\nevaluate: { models: result }",
    "the teacher has 5 outputs, the data 3 classes",
    "distilled",
  ],
  "teaches as it is asked": [
    "teacher: { from: ./net }\nstudent: { use: mlp, hidden: [4] }\nevaluate: { models: result }\n" +
    "distill: { epochs: 1, augment: [{ use: noise, sigma: 0.1 }] }",
    "the teacher has 5 outputs, the data 3 classes",
    "distilled",
  ],
  "is named behind a training": [
    `teacher: ${learner}\nstudent: { from: ./net }\ndistill: { epochs: 1 }`,
    "the model has 5 outputs, the data 3 classes",
    "teacher",
  ],
};

for (const [name, [recipe, message, untouched]] of Object.entries(unfit)) {
  Deno.test(`a model for other classes is found before any training: it ${name}`, async () => {
    const { ran, planned } = await elsewhere(5, recipe);
    assert.equal(ran.ending, "recipe");
    assert.deepEqual(ran.problems.map((problem) => problem.message), [message]);
    assert.match(ran.problems[0]!.help!, /^classes: the 5 names/);
    assert.ok(!["ran", "failed"].includes(status(ran)[untouched]!), status(ran)[untouched]);
    assert.deepEqual(planned.diagnostics.map((problem) => problem.message), [message]);
  });
}

Deno.test("a teacher for other classes whose layers alone are read teaches, and its answers are not measured", async () => {
  const { ran } = await elsewhere(
    5,
    "teacher: { from: ./net }\nstudent: { use: mlp, hidden: [5] }\n" +
      "distill: { epochs: 1, loss: [labels, { use: hint, match: [{ student: dense1, teacher: d }] }] }",
  );
  assert.equal(ran.ending, "done", JSON.stringify(ran.problems));
  const [teacher, student] = ran.models;
  assert.deepEqual([teacher!.accuracy, student!.agreement], [undefined, undefined]);
  assert.ok(student!.accuracy !== undefined);
  const { warnings } = ran.steps.find(({ name }) => name === "teacher-test")!;
  assert.deepEqual(warnings, [
    "its answers are not measured: the model has 5 outputs, the data 3 classes",
  ]);
});
