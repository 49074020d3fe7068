import assert from "node:assert/strict";
import { figureNamed, figureNames, figureOf } from "../../../engine/report/figures.ts";
import { model } from "./subject.ts";

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
    figureNamed(name).difference(before, after);
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
    const { label, write, better, most } = figureNamed(name);
    return [label, write(0.5), better, most];
  };
  assert.deepEqual(shown("accuracy"), ["accuracy", "50.0 %", "more", 1]);
  assert.deepEqual(shown("recall.3"), ["recall.3", "50.0 %", "more", 1]);
  assert.deepEqual(shown("loss"), ["loss", "0.500", "less", undefined]);
  assert.deepEqual(shown("latency").slice(1), ["0.500 ms", "less", undefined]);
  assert.deepEqual(shown("own"), ["own", "0.500", undefined, undefined]);
  assert.equal(figureNamed("toString").label, "toString");
  assert.equal(figureNamed("bytes").write(2000), "2.00 kB");
  assert.equal(figureNamed("macs").write(2000), "2.00 k");
});

Deno.test("figures that some model has are listed, the best known first, maps left out", () => {
  const rows = [
    model("a", { latency: 1, metrics: { own: 2, recall: { "3": 1 } } }),
    model("b", { accuracy: 1, bytes }),
  ];
  assert.deepEqual(figureNames(rows), [
    "accuracy",
    "bytes",
    "bytes.gzip",
    "bytes.raw",
    "latency",
    "own",
  ]);
  assert.deepEqual(figureNames([]), []);
});
