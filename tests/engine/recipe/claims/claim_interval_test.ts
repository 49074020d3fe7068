import assert from "node:assert/strict";
import type { Metrics } from "../../../../engine/metrics.ts";
import { halfInterval } from "../../../../engine/quantity.ts";
import { closeInWords } from "../../../../engine/recipe/claims/claim_interval.ts";
import { parseClaim } from "../../../../engine/recipe/claims/parse_claim.ts";
import { metrics as all } from "../../metrics.ts";

const metrics = (values: Partial<Metrics>): Metrics => ({ metrics: {}, ...values });

function close(text: string, models: Readonly<Record<string, Metrics>>) {
  const read = parseClaim(text, all);
  assert.ok("claim" in read, JSON.stringify(read));
  return closeInWords(read.claim, (model) => models[model]);
}

// By hand, Wilson: z = 1.96, p = 0.9, n = 1000: 1.96 √(0.09/1000 + 0.96/10⁶) / 1.00384 = 1.862 points.
const result = metrics({ accuracy: 0.9, samples: 1000, agreement: 0.9, loss: 0.3 });

Deno.test("a claim is close where its sides differ by less than the interval, met or missed", () => {
  const said = "close: the 95 % interval is ±1.9 points";
  assert.equal(close("result.accuracy >= 88.2 %", { result }), said, "met");
  assert.equal(close("result.accuracy >= 91.8 %", { result }), said, "missed");
  assert.equal(close("result.accuracy >= 88.1 %", { result }), undefined);
  assert.equal(close("result.accuracy >= 91.9 %", { result }), undefined);
  assert.equal(close("result.agreement >= 91 %", { result }), said);
});

Deno.test("at the very width of the interval a claim is not close", () => {
  const exactly = 0.9 - halfInterval(0.9, 1000);
  assert.equal(close(`result.accuracy >= ${100 * exactly} %`, { result }), undefined);
  assert.notEqual(close(`result.accuracy >= ${100 * (exactly + 1e-6)} %`, { result }), undefined);
});

Deno.test("intervals of both sides, and of both terms of a side, add as those of independent samples", () => {
  const teacher = metrics({ accuracy: 0.9, samples: 1000 });
  // √2 · 1.862 = 2.633 points.
  const said = "close: the 95 % interval is ±2.6 points";
  const models = { result, teacher };
  assert.equal(close("result.accuracy >= teacher.accuracy - 2.6 points", models), said);
  assert.equal(close("result.accuracy - teacher.accuracy >= 2.6 points", models), said);
  assert.equal(close("result.accuracy >= teacher.accuracy - 2.7 points", models), undefined);
});

Deno.test("a factor before a measurement widens or narrows its interval", () => {
  const models = { result, teacher: metrics({ accuracy: 0.9, samples: 1000 }) };
  // √(1.862² + 0.931²) = 2.082 points.
  const said = "close: the 95 % interval is ±2.1 points";
  assert.equal(close("result.accuracy >= teacher.accuracy / 2 + 44 points", models), said);
  assert.equal(close("result.accuracy >= teacher.accuracy * 0.5 + 44 points", models), said);
});

Deno.test("an interval that was measured is taken as it is", () => {
  const drawn = metrics({ metrics: { auc: 0.8 }, intervals: { auc: [0.75, 0.83] }, samples: 9 });
  const said = "close: the 95 % interval is ±4 points";
  assert.equal(close("result.auc >= 76.1 %", { result: drawn }), said);
  assert.equal(close("result.auc >= 75.9 %", { result: drawn }), undefined);
});

Deno.test("what was not measured on samples, of one class, or not at all is never close", () => {
  const sized = metrics({ ...result, bytes: { raw: 1, encoded: 100, gzip: 1, format: "tfjs" } });
  assert.equal(close("result.bytes <= 100 B", { result: sized }), undefined);
  assert.equal(close("result.loss <= 0.3", { result }), undefined);
  assert.equal(close("result.accuracy >= 90 %", { result: metrics({ accuracy: 0.9 }) }), undefined);
  assert.equal(close("result.accuracy >= 90 %", {}), undefined);
  assert.equal(close("result.agreement >= 90 %", { result: metrics({ samples: 9 }) }), undefined);
  const byClass = metrics({
    samples: 9,
    metrics: { recall: { cat: 0.5 } },
    intervals: { recall: [0, 1] },
  });
  assert.equal(close("result.recall.cat >= 50 %", { result: byClass }), undefined);
});
