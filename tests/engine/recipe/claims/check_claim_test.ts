/** Claims against measurements: what is met, and what is said of what is not. */
import assert from "node:assert/strict";
import type { Metrics } from "../../../../engine/metrics.ts";
import { checkClaim, quantityInWords } from "../../../../engine/recipe/claims/check_claim.ts";
import { parseClaim } from "../../../../engine/recipe/claims/parse_claim.ts";
import { metrics as all } from "../../metrics.ts";

function claim(text: string) {
  const read = parseClaim(text, all);
  assert.ok("claim" in read, JSON.stringify(read));
  return read.claim;
}

const metrics = (values: Partial<Metrics>): Metrics => ({ metrics: {}, ...values });

function check(text: string, models: Readonly<Record<string, Metrics>>) {
  return checkClaim(claim(text), (model) => models[model]);
}

Deno.test("a claim is met, or says by how much it is not", () => {
  const models = {
    result: metrics({
      accuracy: 0.923,
      bytes: { raw: 884e3, encoded: 67e3, gzip: 58e3, format: "tfjs" },
    }),
    teacher: metrics({
      accuracy: 0.939,
      bytes: { raw: 2.79e6, encoded: 2.79e6, gzip: 2.58e6, format: "tfjs" },
    }),
  };
  assert.deepEqual(check("result.accuracy >= teacher.accuracy - 1.5 points", models), {
    met: false,
    left: 0.923,
    right: 0.939 - 0.015,
    text: "92.3 % is 0.1 points below 92.4 %",
  });
  assert.deepEqual(check("result.bytes <= teacher.bytes / 40", models), {
    met: true,
    left: 67e3,
    right: 69750,
    text: "67 kB <= 69.8 kB",
  });
  assert.equal(check("result.bytes.gzip < 60 kB", models).met, true);
  assert.equal(check("result.bytes.tfjs <= 67 kB", models).met, true);
  assert.equal(check("result.bytes.raw <= teacher.bytes.raw / 4", models).met, false);
});

Deno.test("a claim reads of a loaded model what its own files weigh, beside exports of any format", () => {
  const models = {
    result: metrics({
      bytes: { raw: 884e3, encoded: 67e3, gzip: 58e3, format: "onnx" },
      metrics: { bytes: { onnx: 66e3 } },
    }),
    teacher: metrics({
      bytes: { raw: 884e3, encoded: 221e3, gzip: 200e3, format: "tfjs", own: true },
      metrics: { bytes: {} },
    }),
  };
  const { met, left, right } = check("result.bytes.onnx <= teacher.bytes.onnx / 4", models);
  assert.deepEqual([met, left, right], [false, 66e3, 55_250]);
  assert.equal(check("result.bytes <= teacher.bytes / 3", models).met, true);
});

Deno.test("bytes in a format are those that were written in it, of a model as it was loaded as well", () => {
  const bytes = { raw: 884e3, encoded: 67e3, gzip: 58e3, format: "tfjs" };
  for (const more of [{}, { own: true as const }]) {
    const models = {
      result: metrics({ bytes: { ...bytes, ...more }, metrics: { bytes: { tfjs: 328e3 } } }),
    };
    const { met, left } = check("result.bytes.tfjs <= 100 kB", models);
    assert.deepEqual([met, left], [false, 328e3]);
  }
});

Deno.test("decimal claims hold at their bound, although doubles do not", () => {
  const models = { a: metrics({ accuracy: 0.94 }), b: metrics({ accuracy: 0.93 }) };
  assert.notEqual(0.94 - 0.01, 0.93);
  for (
    const [relation, met] of [[">=", true], ["<=", true], ["=", true], ["<", false], [">", false]]
  ) {
    assert.equal(
      check(`b.accuracy ${relation} a.accuracy - 1 point`, models).met,
      met,
      String(relation),
    );
  }
  assert.equal(check("b.accuracy >= a.accuracy - 0.999 points", models).met, false);
});

Deno.test("what was not measured leaves a claim unmet and is named", () => {
  const models = { result: metrics({ accuracy: 0.9 }) };
  assert.deepEqual(check("result.recall.3 >= 15 %", models), {
    met: false,
    right: 0.15,
    text: "not measured: result.recall.3",
  });
  assert.deepEqual(check("result.accuracy >= ghost.accuracy", models).met, false);
});

Deno.test("a metric per class is found by the class name, blanks written as underscores", () => {
  const models = {
    m: metrics({ metrics: { recall: { "3": 0.97, "T-shirt top": 0.5 }, frechet: 1.5 } }),
  };
  assert.equal(check("m.recall.3 >= 97 %", models).met, true);
  assert.equal(check("m.recall.T-shirt_top = 50 %", models).met, true);
  assert.equal(check("m.frechet <= 2", models).met, true);
});

Deno.test("latency is recorded in milliseconds and claimed in any unit of time", () => {
  const models = { m: metrics({ latency: 2 }) };
  assert.equal(check("m.latency <= 2 ms", models).met, true);
  assert.equal(check("m.latency < 0.001 s", models).met, false);
});

Deno.test("a quantity is written in the largest unit that it fills, in three digits", () => {
  assert.deepEqual(
    [999, 1000, 69_750, 1.5e6].map((bytes) => quantityInWords(bytes, "bytes")),
    ["999 B", "1 kB", "69.8 kB", "1.5 MB"],
  );
  assert.deepEqual([0.002, 59, 60, 5400].map((time) => quantityInWords(time, "time")), [
    "2 ms",
    "59 s",
    "1 min",
    "1.5 h",
  ]);
  assert.equal(quantityInWords(61_706, "count"), "61.7 k");
  assert.equal(quantityInWords(61, "count"), "61");
  assert.equal(quantityInWords(0.98765, "fraction", 2), "98.77 %");
});

Deno.test("sides that are equal are neither below nor above one another, and a missing side is left out", () => {
  const models = { a: metrics({ accuracy: 0.93 }) };
  assert.equal(check("a.accuracy < 93 %", models).text, "93.0 % is not below 93.0 %");
  assert.equal(check("a.accuracy > 93 %", models).text, "93.0 % is not above 93.0 %");
  assert.deepEqual(check("a.accuracy >= ghost.accuracy", models), {
    met: false,
    left: 0.93,
    text: "not measured: ghost.accuracy",
  });
});
