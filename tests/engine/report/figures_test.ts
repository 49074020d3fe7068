import assert from "node:assert/strict";
import type { Metrics } from "../../../engine/metrics.ts";
import { figureNamed, figureNames, figureOf, qualityName } from "../../../engine/report/figures.ts";
import { metrics } from "../metrics.ts";
import { model } from "./support/subject.ts";

const bytes = { raw: 4000, encoded: 1000, gzip: 900, format: "tfjs" };

Deno.test("a figure is read by its name, of a map by the key after the dot", () => {
  const row = model("a", {
    accuracy: 0.5,
    bytes,
    metrics: { recall: { "3": 0.25, "a.b": 1 }, mae: 2 },
  });
  const read = (name: string) => figureOf(row, name);
  assert.deepEqual(
    ["accuracy", "bytes", "bytes.gzip", "bytes.raw", "mae", "recall.3", "recall.a.b"].map(read),
    [0.5, 1000, 900, 4000, 2, 0.25, 1],
  );
  assert.deepEqual(
    ["loss", "recall", "recall.4", "mae.x", "recall.toString", "toString", "metrics"].map(read),
    Array(7).fill(undefined),
  );
  assert.equal(figureOf(model("b"), "bytes"), undefined);
});

Deno.test("sizes differ by a factor, fractions by points, other figures by their difference", () => {
  const change = (name: string, before: number, after: number) =>
    figureNamed(metrics, name).difference(before, after);
  assert.equal(change("bytes", 1000, 100), "÷ 10.0");
  assert.equal(change("bytes", 100, 250), "× 2.50");
  assert.equal(change("macs", 9.94, 1), "÷ 9.94");
  assert.equal(change("parameters", 5, 5), "same");
  assert.equal(change("accuracy", 0.5, 0.51), "+1.0 pt");
  assert.equal(change("recall.3", 0.5, 0.25), "−25.0 pt");
  assert.equal(change("loss", 1, 3), "+2.00");
  assert.equal(change("loss", 3, 1), "−2.00");
  assert.equal(change("loss", 3, 3), "same");
});

Deno.test("a figure is written in its own unit, and says which way is better and what is the most", () => {
  const shown = (name: string) => {
    const { label, write, better, most } = figureNamed(metrics, name);
    return [label, write(0.5), better, most];
  };
  assert.deepEqual(shown("accuracy"), ["accuracy", "50.0 %", "more", 1]);
  assert.deepEqual(shown("recall.3"), ["recall.3", "50.0 %", "more", 1]);
  assert.deepEqual(shown("loss"), ["loss", "0.500", "less", undefined]);
  assert.deepEqual(shown("latency").slice(1), ["0.500 ms", "less", undefined]);
  assert.deepEqual(shown("own"), ["own", "0.500", undefined, undefined]);
  assert.equal(figureNamed(metrics, "toString").label, "toString");
  assert.equal(figureNamed(metrics, "bytes").write(2000), "2.00 kB");
  assert.equal(figureNamed(metrics, "macs").write(2000), "2.00 k");
});

Deno.test("figures that some model has are listed, the best known first, maps left out", () => {
  const rows = [
    model("a", { latency: 1, metrics: { own: 2, recall: { "3": 1 } } }),
    model("b", { accuracy: 1, bytes }),
  ];
  assert.deepEqual(figureNames(metrics, rows), [
    "accuracy",
    "bytes",
    "bytes.gzip",
    "bytes.raw",
    "latency",
    "own",
  ]);
  assert.deepEqual(figureNames(metrics, []), []);
});

const measured = (values: Partial<Metrics>): Metrics => ({ metrics: {}, ...values });

Deno.test("a figure is written by the dimension of its metric, under the metric's label", () => {
  const shown = (name: string, value: number) => {
    const { label, write } = figureNamed(metrics, name);
    return `${label} ${write(value)}`;
  };
  assert.equal(shown("accuracy", 0.983), "accuracy 98.3 %");
  assert.equal(shown("top5", 0.983), "top-5 accuracy 98.3 %");
  assert.equal(shown("macs", 1_200_000), "MACs 1.20 M");
  assert.equal(shown("bytes.gzip", 42_500), "bytes gzipped 42.5 kB");
  assert.equal(shown("frechet", 1.25), "Fréchet distance 1.25");
});

Deno.test("models are compared by the first figure that is measured on samples, never by a size", () => {
  assert.equal(qualityName(metrics, [measured({ parameters: 3, latency: 2 })]), undefined);
  assert.equal(qualityName(metrics, [measured({ parameters: 3, loss: 2 })]), "loss");
  assert.equal(qualityName(metrics, [measured({ loss: 2, accuracy: 0.5 })]), "accuracy");
  assert.equal(qualityName(metrics, [measured({ metrics: { own: 1 } })]), "own");
});
