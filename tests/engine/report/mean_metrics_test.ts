import assert from "node:assert/strict";
import { meanMetrics, spreadOf } from "../../../engine/report/mean_metrics.ts";

const bytes = (raw: number, more = {}) => ({
  raw,
  encoded: 2 * raw,
  gzip: 3 * raw,
  format: "tfjs",
  ...more,
});

Deno.test("the deviation is that of a sample, over one less than there are", () => {
  assert.deepEqual(spreadOf([1, 3]), { mean: 2, deviation: Math.sqrt(2), count: 2 });
  assert.deepEqual(spreadOf([2, 4, 4, 6]), { mean: 4, deviation: Math.sqrt(8 / 3), count: 4 });
  assert.equal(spreadOf([1]), undefined);
  assert.equal(spreadOf([1, undefined]), undefined);
});

Deno.test("of one everything stays, of none there is nothing", () => {
  const one = { accuracy: 0.5, confusion: [[1]], metrics: {} };
  assert.deepEqual(meanMetrics([one]), { mean: one, accuracy: undefined });
  assert.equal(meanMetrics([]), undefined);
});

Deno.test("each metric that all have is the mean of theirs, those that one lacks are left out", () => {
  const summary = meanMetrics([
    {
      accuracy: 0.5,
      loss: 1,
      latency: 4,
      samples: 10,
      metrics: { mae: 1, own: 1, recall: { a: 1, b: 0 } },
    },
    { accuracy: 0.7, loss: 2, samples: 30, metrics: { mae: 2, recall: { a: 0 } } },
  ])!;
  assert.deepEqual(summary.mean, {
    samples: 20,
    accuracy: 0.6,
    loss: 1.5,
    metrics: { mae: 1.5, recall: { a: 0.5 } },
  });
  assert.equal(summary.accuracy!.count, 2);
});

Deno.test("a metric that is a number in one repeat and a map in another is left out", () => {
  const mixed = meanMetrics([{ metrics: { own: 1 } }, { metrics: { own: { a: 1 } } }])!;
  assert.deepEqual([mixed.mean, mixed.accuracy], [{ metrics: {} }, undefined]);
});

Deno.test("how times lie is a mean where every repeat says it, in what was timed as the first says", () => {
  const timing = {
    in: "litert",
    runtime: "LiteRT",
    low: 1,
    high: 5,
    batch: 1,
    threads: 1,
    repeats: 9,
  };
  const mean = (...all: (typeof timing | undefined)[]) =>
    meanMetrics(all.map((each) => ({ ...each && { timing: each }, metrics: {} })))!.mean.timing;
  assert.deepEqual(mean(timing, { ...timing, low: 2, high: 8 }), {
    ...timing,
    low: 1.5,
    high: 6.5,
  });
  assert.equal(mean(timing, undefined), undefined);
});

Deno.test("bytes are means where every repeat was counted, and keep what they are bytes of", () => {
  const mean = (...all: (ReturnType<typeof bytes> | undefined)[]) =>
    meanMetrics(all.map((each) => ({ ...each && { bytes: each }, metrics: {} })))!.mean.bytes;
  assert.deepEqual(mean(bytes(1), bytes(3)), bytes(2));
  assert.deepEqual(
    mean(bytes(1, { own: true, loaded: 4 }), bytes(3, { own: true, loaded: 8 })),
    bytes(2, { own: true, loaded: 6 }),
  );
  assert.deepEqual(mean(bytes(1, { loaded: 4 }), bytes(3)), bytes(2));
  assert.equal(mean(bytes(1), undefined), undefined);
});
