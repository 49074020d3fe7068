/** What is measured by default, and how it travels. */
import assert from "node:assert/strict";
import { type Metrics, metricsKind, metricsOf, usualMetrics } from "../../engine/metrics.ts";
import { metrics } from "./metrics.ts";

Deno.test("models that choose an answer can agree, others cannot", () => {
  const answers = Object.keys(usualMetrics).map((task) => [
    task,
    metrics.get("agreement")!.tasks!.includes(task as keyof typeof usualMetrics),
  ]);
  assert.deepEqual(Object.fromEntries(answers), {
    classification: true,
    "next-token": true,
    regression: false,
    reconstruction: false,
    generation: false,
    "multi-label": false,
  });
});

Deno.test("every task is measured by something, and accuracy only where answers are classes", () => {
  for (const [task, names] of Object.entries(usualMetrics)) {
    assert.ok(names.length > 0, task);
    assert.equal((names as readonly string[]).includes("accuracy"), task === "classification");
  }
});

Deno.test("metrics are their manifest: no blobs, no parts, the same back", async () => {
  const value: Metrics = { accuracy: 0.5, metrics: { recall: { cat: 1, dog: 0 } } };
  const { manifest, blobs, parts } = metricsKind.encode(value);
  assert.deepEqual([blobs.size, parts], [0, {}]);
  const back = await metricsKind.decode(manifest, () => Promise.reject(new Error("reads nothing")));
  assert.deepEqual(back, value);
});

Deno.test("a language has the metrics of all its ops, in their order, each once", () => {
  const size = { name: "bytes", dimension: "bytes" } as const;
  const again = { ...size, label: "weight" };
  const found = metricsOf([{ metrics: [size] }, {}, { metrics: [{ name: "own" }, again] }]);
  assert.deepEqual([...found], [["bytes", again], ["own", { name: "own" }]]);
});

Deno.test("whatever is measured where nobody asks has a row that suits the task", () => {
  for (const [task, names] of Object.entries(usualMetrics)) {
    for (const name of names) {
      assert.ok(metrics.get(name)?.tasks?.includes(task as keyof typeof usualMetrics), name);
    }
  }
});
