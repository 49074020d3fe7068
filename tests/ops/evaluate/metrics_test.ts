import assert from "node:assert/strict";
import { compile } from "../../../engine/graph/compile.ts";
import type { Metric } from "../../../engine/metrics.ts";
import { opSet, type Task } from "../../../engine/op.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { ops } from "../../../ops/mod.ts";
import { type Answered, collectAnswers } from "../../../ops/evaluate/answered.ts";
import {
  makes,
  type MetricName,
  metricNamed,
  metrics,
  sizeMetrics,
  suits,
  usualNames,
} from "../../../ops/evaluate/metrics.ts";
import { assertListedInOrder } from "../../listed.ts";
import { agreementOf, answersOf, scoreOf } from "../../../ops/learn/score.ts";

/** What is collected of rows of three classes or six, in batches of two answers. */
function answeredOf(
  logits: Float32Array,
  y: Int32Array | Float32Array,
  width: number,
  surprise: readonly number[] = [],
): Answered {
  let told = 0;
  const { answered, add } = collectAnswers(y, width, {
    classes: ["cat", "dog", "owl"],
    surpriseOf(_rows, truths) {
      told += truths.length;
      return Float32Array.from(surprise.slice(told - truths.length, told));
    },
  });
  for (let first = 0; first * width < logits.length; first += 2) {
    add(logits.subarray(first * width, (first + 2) * width), first);
  }
  return answered;
}

/** Five samples of three classes; answers 0, 1, 1, 2, 0 against 0, 1, 2, 2, 2. */
const logits = Float32Array.of(3, 1, 2, 0, 5, 1, 0, 2, 1, -3, -2, -1, 1, 0, 0.5);
const answered = answeredOf(logits, Int32Array.of(0, 1, 2, 2, 2), 3, [0.5, 0.25, 1, 0.25, 0.5]);

const measure = (name: MetricName, of: Answered) => metricNamed(name).of!(of);

const all = opSet(ops);

Deno.test("accuracy counts right answers", () => {
  assert.equal(measure("accuracy", answered), 3 / 5);
});

Deno.test("of equal logits the lower class is the answer", () => {
  assert.deepEqual([...answersOf(Float32Array.of(1, 1, 0, 2, 2, 2), 3)], [0, 0]);
});

Deno.test("confusion is truth by answer, recall is by class and leaves out classes without samples", () => {
  assert.deepEqual(measure("confusion", answered), [[1, 0, 0], [0, 1, 0], [1, 1, 1]]);
  assert.deepEqual(measure("recall", answered), { cat: 1, dog: 1, owl: 1 / 3 });
  assert.deepEqual(
    measure("recall", { ...answered, y: Int32Array.of(0, 1, 1, 1, 0) } as Answered),
    {
      cat: 1,
      dog: 2 / 3,
    },
  );
});

Deno.test("top5 asks whether the truth is among the five largest", () => {
  const logits = Float32Array.of(6, 5, 4, 3, 2, 1, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0);
  const six = (...y: number[]) => answeredOf(logits, Int32Array.from(y), 6);
  assert.equal(measure("top5", six(5, 5, 4)), 2 / 3);
  assert.equal(measure("top5", six(0, 0, 5)), 1 / 3);
});

Deno.test("loss is the mean surprise, or the mean squared error", () => {
  assert.equal(measure("loss", answered), 0.5);
  const numbers = answeredOf(Float32Array.of(1, 2), Float32Array.of(0, 4), 1);
  assert.equal(measure("loss", numbers), 2.5);
  assert.equal(measure("mae", numbers), 1.5);
});

Deno.test("agreement is the fraction of equal answers; a score is higher where a model is better", () => {
  assert.equal(agreementOf(Int32Array.of(1, 2, 3, 4), Int32Array.of(1, 2, 0, 0)), 0.5);
  assert.equal(scoreOf(Float32Array.of(0, 1, 1, 0), 2, Int32Array.of(1, 1)), 0.5);
  assert.equal(scoreOf(Float32Array.of(1, 2), 1, Float32Array.of(1, 4)), -2);
});

Deno.test("each task has its usual figures, and they suit it", () => {
  for (const task of ["classification", "regression", "multi-label"] as const) {
    for (const name of usualNames(task)) assert.ok(suits(metricNamed(name), task));
  }
  assert.ok(!suits(metricNamed("accuracy"), "regression"));
  assert.ok(!suits(metricNamed("mae"), "classification"));
});

Deno.test("of each metric: what it is called, which way is better, and whose answers it suits", () => {
  const written = (row: Metric) => {
    const { name, label, head, dimension, better, tasks, perClass, parts } = row;
    const { through } = row as { readonly through?: true };
    const words = [name, label, head, dimension, better, perClass && "per class", tasks?.join("+")];
    return [...words, through && "through a model"].filter(Boolean).join(", ") +
      (parts === undefined ? "" : JSON.stringify(parts));
  };
  const made = "plain, less, reconstruction+generation";
  assertListedInOrder(metrics.map(written), [
    "accuracy, fraction, more, classification+next-token",
    "top5, top-5 accuracy, fraction, more, classification+next-token",
    "top10, top-10 accuracy, fraction, more, classification+next-token",
    "recall, fraction, more, per class, classification+multi-label",
    "precision, fraction, more, per class, classification+multi-label",
    "f1, fraction, more, per class, classification+multi-label",
    "recall-macro, mean recall, fraction, more, classification+multi-label",
    "precision-macro, mean precision, fraction, more, classification+multi-label",
    "f1-macro, F1, mean of classes, fraction, more, classification+multi-label",
    "f1-micro, F1 of all answers, fraction, more, classification+multi-label",
    "auc, area under ROC, fraction, more, classification+multi-label",
    "label-auc, fraction, more, per class, multi-label",
    "subset-accuracy, all labels right, fraction, more, multi-label",
    "hamming-loss, labels wrong, fraction, less, multi-label",
    "calibration-error, calibration error, fraction, less, classification",
    "confusion, classification",
    "agreement, agrees, fraction, more, classification+next-token",
    "loss, plain, less, classification+multi-label+regression",
    "mae, mean absolute error, mae, plain, less, regression",
    "rmse, root mean squared error, plain, less, regression",
    "r2, R², plain, more, regression",
    "mape, mean percentage error, fraction, less, regression",
    "target-mae, mean absolute error of each target, plain, less, per class, regression",
    "target-rmse, root mean squared error of each target, plain, less, per class, regression",
    "target-r2, R² of each target, plain, more, per class, regression",
    "nats, plain, less, next-token",
    `output-error, output error, ${made}`,
    `frechet, Fréchet distance, ${made}, through a model`,
  ]);
  assertListedInOrder(sizeMetrics.map(written), [
    "parameters, count, less",
    "nonzero, count, less",
    "macs, MACs, count, less",
    'bytes, bytes, less{"gzip":"bytes gzipped","raw":"bytes as float32"}',
  ]);
});

Deno.test("what is made is measured by squares, and by the moments of what is seen of it", async () => {
  const [made, truth] = [Float32Array.of(1, 2, 3), Float32Array.of(1, 4, 0)];
  const seen = (values: Float32Array) =>
    Promise.resolve({
      mean: Float64Array.of(values[0]! + values[1]!),
      covariance: new Float64Array(1),
    });
  assert.equal(await metricNamed("output-error").ofMade!({ made, truth, seen }), (4 + 9) / 3);
  assert.equal(await metricNamed("frechet").ofMade!({ made, truth, seen }), (3 - 5) ** 2);
});

Deno.test("answers are samples where a model makes things, and what has no tasks suits none", () => {
  const tasks = ["classification", "regression", "next-token", "reconstruction", "generation"];
  assert.deepEqual(tasks.filter((task) => makes(task as Task)), ["reconstruction", "generation"]);
  assert.equal(makes(undefined), false);
  assert.equal(suits({ name: "parameters" }, "classification"), false);
  assert.deepEqual(usualNames("next-token"), ["nats"]);
});

Deno.test("a class without a name is called by its number", () => {
  const nameless = { ...answered, classes: ["cat"] } as Answered;
  assert.deepEqual(measure("recall", nameless), { cat: 1, "1": 1, "2": 1 / 3 });
});

Deno.test("a claim is about what the task of the data is measured by", () => {
  const messages = (task: string, use: string, claim: string) => {
    const text = `decant: 1\nname: x\ndata: { use: digits, task: ${task} }\n` +
      `model: { use: ${use}, train: { epochs: 1 } }\nexpect: ${claim}\n`;
    const { diagnostics } = compile(parseRecipe(text, "x.yaml", all), all);
    return diagnostics.map(({ message, help }) => [message, help]);
  };
  assert.deepEqual(messages("reconstruction", "cvae", "result.output-error <= 1"), []);
  assert.deepEqual(messages("classification", "lenet5", "result.accuracy >= 9 %"), []);
  assert.deepEqual(messages("reconstruction", "cvae", "result.accuracy >= 9 %"), [[
    "`accuracy` of `result` is not measured",
    "reconstruction is measured by output-error",
  ]]);
  assert.deepEqual(messages("classification", "lenet5", "result.mae <= 1"), [[
    "`mae` of `result` is not measured",
    "classification is measured by accuracy, loss",
  ]]);
});

Deno.test("figures of labels and of targets read what was collected of them", () => {
  const several = {
    ...{ several: true as const, classes: ["a", "b"], width: 2 },
    ...{ y: Float32Array.of(1, 0, 0, 1), logits: Float32Array.of(1, 1, -1, 2) },
  };
  const of = (name: MetricName) => {
    const row = metricNamed(name);
    return row.of?.(several) ?? row.weighted!(several)();
  };
  assert.equal(of("subset-accuracy"), 0.5);
  assert.equal(of("hamming-loss"), 0.25);
  assert.equal(of("f1-micro"), 0.8);
  assert.deepEqual(of("f1"), { a: 1, b: 2 / 3 });
  assert.deepEqual(of("label-auc"), { a: 1, b: 1 });
  assert.equal(of("auc"), 1);
  // log(1 + e⁻¹), log(1 + e), log(1 + e⁻¹) and log(1 + e⁻²).
  const expected = (2 * Math.log1p(Math.exp(-1)) + Math.log1p(Math.E) + Math.log1p(Math.exp(-2))) /
    4;
  assert.ok(Math.abs(of("loss") as number - expected) < 1e-12);
  const numbers = { width: 2, y: Float32Array.of(1, 2, 3, 4), logits: Float32Array.of(1, 4, 2, 4) };
  const each = (name: MetricName) => metricNamed(name).of!({ ...numbers, targets: ["t"] });
  assert.deepEqual(each("target-mae"), { t: 0.5, 1: 1 });
  assert.deepEqual(each("target-rmse"), { t: Math.sqrt(0.5), 1: Math.sqrt(2) });
  assert.deepEqual(each("target-r2"), { t: 0.5, 1: -1 });
});
