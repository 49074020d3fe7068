import assert from "node:assert/strict";
import type { Timing } from "../../../engine/metrics.ts";
import { integersCell, latencyCell, latencySentences } from "../../../engine/report/timing.ts";

const timing: Timing = {
  ...{ in: "litert", runtime: "LiteRT 1", low: 1.5, high: 2.25, batch: 1, threads: 1 },
  repeats: 1000,
};

Deno.test("a latency is written with the times around it, where they are known", () => {
  assert.equal(latencyCell({ latency: 1.75, timing }), "1.75 ms (1.50–2.25)");
  assert.equal(latencyCell({ latency: 1.75 }), "1.75 ms");
  assert.equal(latencyCell({}), undefined);
});

Deno.test("operators with integers are counted among those that compute", () => {
  assert.equal(
    integersCell({ timing: { ...timing, operators: { all: 15, integer: 13 } } }),
    "13 of 15",
  );
  assert.equal(integersCell({ timing }), undefined);
  assert.equal(integersCell({}), undefined);
});

Deno.test("each way in which latencies were measured is one sentence", () => {
  assert.deepEqual(latencySentences([undefined, timing, { ...timing, low: 1, high: 9 }]), [
    "latency = median (10th–90th percentile) of 1 000 inferences of 1 sample in LiteRT 1, on 1 thread.",
  ]);
  const other = { ...timing, runtime: "ours", batch: 8, threads: 2, repeats: 1 };
  assert.deepEqual(
    latencySentences([timing, other])[1],
    [
      "latency = median (10th–90th percentile) of 1 inference of 8 samples in ours, on 2 threads.",
    ].join(),
  );
  assert.deepEqual(latencySentences([undefined]), []);
});
