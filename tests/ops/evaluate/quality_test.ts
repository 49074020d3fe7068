/** Figures of models on a part, and on which samples two of them differ; worked out by hand. */
import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Dataset, Part } from "../../../ops/data/dataset.ts";
import { given } from "../../../engine/given.ts";
import { type MetricName, metricNamed } from "../../../ops/evaluate/metrics.ts";
import { qualityOf } from "../../../ops/evaluate/quality.ts";
import type { Model } from "../../../ops/model/model.ts";
import { tableData } from "../learn/small_trainings.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";

refuseLeaks(true);

/** Answers class 1 of numbers above a threshold. */
const above = (threshold: number) => denseModel([{ kernel: [[0, 1]], bias: [0, -threshold] }]);

/** The numbers 0 to 39, in class 1 from 20 on. */
const numbers: Part = {
  count: 40,
  x: Float32Array.from({ length: 40 }, (_, i) => i),
  y: Int32Array.from({ length: 40 }, (_, i) => i < 20 ? 0 : 1),
};

const data = (part: Part): Dataset => ({
  meta: {
    ...{ input: [1], type: "float32" as const, task: "classification" as const },
    ...{ classes: ["low", "high"], outputs: 2, normalize: { scale: [1], offset: [0] } },
  },
  parts: { test: part },
});

async function asked(
  model: Model,
  reference?: Model,
  of: Dataset = data(numbers),
  { metrics }: { readonly metrics?: readonly MetricName[] } = {},
) {
  const context = runContext();
  const rows = metrics?.map((name) => metricNamed(name));
  const quality = await qualityOf(
    { model, reference, data: of },
    { split: "test", ...given({ metrics: rows }) },
    context,
  );
  return { quality, ...context.reported };
}

Deno.test("differing samples are noted by number, with both answers and the truth", async () => {
  const { quality, notes } = await asked(above(17.5), above(21.5));
  assert.deepEqual([quality.samples, quality.accuracy], [40, 38 / 40]);
  assert.equal(quality.agreement, 36 / 40);
  const expected = [18, 19, 20, 21].map((sample) => ({
    ...{ sample, truth: sample < 20 ? 0 : 1, answer: 1, reference: 0 },
  }));
  assert.deepEqual(notes.differing, expected);
});

Deno.test("of many differing samples the first 24 are noted, of none an empty list", async () => {
  const { quality, notes } = await asked(above(-1), above(99));
  assert.equal(quality.agreement, 0);
  const differing = notes.differing as readonly { readonly sample: number }[];
  assert.deepEqual(differing.map(({ sample }) => sample), Array.from({ length: 24 }, (_, i) => i));
  assert.deepEqual((await asked(above(5), above(5))).notes.differing, []);
});

Deno.test("progress runs once to its end, half of it for the reference", async () => {
  for (const reference of [undefined, above(3)]) {
    const { fractions } = await asked(above(5), reference);
    assert.deepEqual(fractions, fractions.toSorted((a, b) => a - b));
    assert.equal(fractions.at(-1), 1);
    assert.equal(fractions.includes(0.5), reference !== undefined);
  }
});

Deno.test("samples are told of; a signal ends it, and the threads of the step compute", async () => {
  const given = { model: above(5), reference: undefined, data: data(numbers) };
  const wishes = { split: "test" } as const;
  const said: string[] = [];
  const progress = (_: number, text?: string) => void said.push(text!);
  await qualityOf(given, wishes, { ...runContext(), progress });
  assert.deepEqual(said, ["40 samples"]);
  const stopped = runContext({ signal: AbortSignal.abort(new Error("enough")) });
  await assert.rejects(qualityOf(given, wishes, stopped), /enough/);
  const idle = { ...runContext(), threads: 0 };
  await assert.rejects(qualityOf(given, wishes, idle), /with 0 threads/);
});

Deno.test("where each place has an answer, answers are counted by places", async () => {
  // Logits are the samples: two of three places with two classes.
  const same: Model = {
    ...denseModel([{ kernel: [[1, 0], [0, 1]], bias: [0, 0] }]),
    inputs: [{ name: "input", shape: [3, 2] }],
  };
  const second = {
    ...same,
    weights: denseModel([{ kernel: [[0, 0], [0, 0]], bias: [0, 1] }]).weights,
  };
  const x = Float32Array.of(2, 0, 0, 3, 1, 0, 0, 1, 0, 2, 3, 0);
  const y = Int32Array.of(0, 1, 1, 1, 0, 0);
  const places: Dataset = {
    meta: {
      ...{ input: [3, 2], type: "float32" as const, task: "next-token" as const },
      ...{ classes: [], outputs: 2, normalize: { scale: [1], offset: [0] } },
    },
    parts: { test: { count: 2, x, y } },
  };
  const { quality, notes } = await asked(same, second, places, { metrics: ["accuracy", "nats"] });
  assert.deepEqual([quality.samples, quality.accuracy], [6, 4 / 6]);
  // Answers are 0 1 0 1 1 0, and the reference says 1 throughout.
  assert.equal(quality.agreement, 3 / 6);
  // Margins in favour of the truth.
  const nats = [2, 3, -1, 1, -2, 3].reduce((sum, m) => sum + Math.log1p(Math.exp(-m)), 0) / 6;
  assert.ok(Math.abs(quality.metrics.nats as number - nats) < 1e-6);
  assert.equal("differing" in notes, false);
});

Deno.test("agreement that is asked for stands beside what one model is measured by", async () => {
  const more = { metrics: ["accuracy", "agreement"] as const };
  const { quality } = await asked(above(9.5), above(9.5), data(numbers), more);
  assert.deepEqual(quality, { samples: 40, accuracy: 30 / 40, agreement: 1, metrics: {} });
});

Deno.test("figures stand at their own places, all others under `metrics`", async () => {
  const metrics = ["accuracy", "confusion", "recall"] as const;
  const { quality } = await asked(above(9.5), undefined, data(numbers), { metrics });
  assert.deepEqual(quality, {
    ...{ samples: 40, accuracy: 30 / 40, confusion: [[10, 10], [0, 20]] },
    metrics: { recall: { low: 0.5, high: 1 } },
  });
});

Deno.test("figures that are no fraction of samples have intervals, found from drawn samples", async () => {
  const metrics = ["f1-macro", "auc", "recall"] as const;
  const { quality } = await asked(above(9.5), undefined, data(numbers), { metrics });
  // 10 right and 10 wrong of the low ones, all 20 high ones right: F1 of 20/30 and 40/50.
  assert.equal(quality.metrics["f1-macro"], (20 / 30 + 40 / 50) / 2);
  assert.equal(quality.metrics.auc, 1);
  assert.deepEqual(Object.keys(quality.intervals!), ["f1-macro", "auc"]);
  const [low, high] = quality.intervals!["f1-macro"]!;
  assert.ok(low > 0.5 && low < 0.68 && high > 0.78 && high < 0.95, `${low} ${high}`);
  assert.deepEqual(quality.intervals!.auc, [1, 1]);
});

Deno.test("a figure of which the samples say nothing is left out, and so is its interval", async () => {
  const low: Part = { count: 20, x: numbers.x.subarray(0, 20), y: numbers.y!.slice(0, 20) };
  const { quality } = await asked(above(9.5), undefined, data(low), { metrics: ["auc"] });
  assert.deepEqual(quality, { samples: 20, metrics: {} });
});

Deno.test("of numbers the intervals count samples, however many numbers each has", async () => {
  const { meta, parts } = tableData([[1], [2], [3]], [[1, 1], [4, 2], [3, 1]]);
  const pair = denseModel([{ kernel: [[1, 0]], bias: [0, 1] }]);
  const of = { meta, parts: { test: parts.train! } };
  const { quality } = await asked(pair, undefined, of, { metrics: ["rmse", "r2", "mape"] });
  assert.equal(quality.metrics.rmse, Math.sqrt((4 + 1) / 6));
  assert.deepEqual(Object.keys(quality.intervals!), ["rmse", "r2", "mape"]);
  assert.equal(quality.intervals!.rmse![0], 0);
  assert.ok(quality.intervals!.rmse![1] <= Math.sqrt((4 + 1) / 2));
});

Deno.test("of several labels each sample is counted once, and each label of it is looked at", async () => {
  const part: Part = {
    count: 3,
    x: Float32Array.of(1, -1, 1),
    y: Float32Array.of(1, 0, 0, 1, 1, 1),
  };
  const { meta } = data(part);
  const of = { meta: { ...meta, task: "multi-label" as const }, parts: { test: part } };
  const signs = denseModel([{ kernel: [[1, -1]], bias: [0, 0] }]);
  const metrics = ["subset-accuracy", "hamming-loss"] as const;
  const { quality } = await asked(signs, undefined, of, { metrics });
  assert.equal(quality.samples, 3);
  assert.deepEqual(quality.metrics, { "subset-accuracy": 2 / 3, "hamming-loss": 1 / 6 });
});

Deno.test("no choices, no agreement: estimates are measured by their errors alone", async () => {
  const { meta, parts } = tableData([[1], [2]], [[1], [4]]);
  const line = denseModel([{ kernel: [[1]], bias: [0] }]);
  const { quality, notes } = await asked(line, line, { meta, parts: { test: parts.train! } });
  assert.equal(quality.loss, (0 + 4) / 2);
  assert.deepEqual([quality.agreement, notes.differing], [undefined, undefined]);
});

Deno.test("nothing is measured on a part without samples or without labels", async () => {
  const refused = (part: Part, words: Error) =>
    assert.rejects(asked(above(0), undefined, data(part)), words);
  await refused(
    { ...numbers, y: null },
    new RangeError("Cannot measure on test: it has no labels"),
  );
  const none = { count: 0, x: new Float32Array(), y: new Int32Array() };
  await refused(none, new RangeError("Cannot measure on test: it has no samples"));
});

Deno.test("without labels two models are held against one another, and one model against nothing", async () => {
  const { meta } = data(numbers);
  const bare = (count: number): Dataset => ({
    meta: { ...meta, classes: [], outputs: 0, labels: "none" },
    parts: { test: { count, x: numbers.x.subarray(0, count) as Float32Array, y: null } },
  });
  const { quality, notes } = await asked(above(17.5), above(21.5), bare(40));
  assert.deepEqual(quality, { samples: 40, agreement: 36 / 40, metrics: {} });
  assert.deepEqual(notes, {});
  assert.deepEqual((await asked(above(17.5), undefined, bare(40))).quality, { metrics: {} });
  assert.deepEqual((await asked(above(1), above(2), bare(0))).quality, { metrics: {} });
  const regression = { ...bare(40).meta, task: "regression" } as const;
  const unlike = { ...bare(40), meta: regression };
  assert.deepEqual((await asked(above(1), above(2), unlike)).quality, { metrics: {} });
});
