import assert from "node:assert/strict";
import type { Metrics } from "../../../engine/metrics.ts";
import { metricsKind } from "../../../engine/metrics.ts";
import { defineOp, type Facts, input, Type } from "../../../engine/op.ts";
import { execute } from "../../../engine/run/execute.ts";
import { type Json, memoryStore, type Recipe, recipe as typed } from "../../../mod.ts";
import { fakeOps, type FakeStep, graphOf, nowhere, numberKind } from "./fake.ts";

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
        if (!("node" in event)) return;
        const why = event.type === "skipped" ? ` ${event.because}` : "";
        happened.push(`${event.node.step.name} ${event.type}${why}`);
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

Deno.test("a student may guess: what nobody relies on is only measured", async () => {
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
