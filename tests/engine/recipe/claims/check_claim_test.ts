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

Deno.test("of a class that was not measured those are told that were", () => {
  const m = metrics({
    accuracy: 0.5,
    metrics: { recall: { left: 0.5, "top side": 1 }, bytes: { onnx: 3 }, frechet: 1, f1: {} },
  });
  const said = (text: string) => check(`m.${text}`, { m }).text;
  assert.equal(said("recall.up > 1 %"), "not measured: m.recall.up (one of: left, top_side)");
  assert.equal(
    said("recall.top-side > 1 %"),
    "not measured: m.recall.top-side (did you mean top_side? All: left, top_side)",
  );
  assert.equal(said("recall > 1 %"), "not measured: m.recall");
  assert.equal(said("f1.left > 1 %"), "not measured: m.f1.left");
  assert.equal(said("frechet.left < 1"), "not measured: m.frechet.left");
  assert.equal(said("bytes.tfjs < 1 B"), "not measured: m.bytes.tfjs");
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

Deno.test("each dimension has its units and three digits, whatever the sign", () => {
  const said = (values: number[], dimension: Parameters<typeof quantityInWords>[1]) =>
    values.map((value) => quantityInWords(value, dimension));
  assert.deepEqual(said([2.5e9, 1e9, 999e6, 1.5e6, 1e6, 1000, 999, 0.5], "count"), [
    ...["2.5 G", "1 G", "999 M", "1.5 M", "1 M", "1 k", "999", "0.5"],
  ]);
  assert.deepEqual(said([-2000, 0.5, 1e6, 0], "bytes"), ["-2 kB", "0.5 B", "1 MB", "0 B"]);
  assert.deepEqual(said([7200, 3600, 3599, 1, 0.999, 0.0001], "time"), [
    ...["2 h", "1 h", "60 min", "1 s", "999 ms", "0.1 ms"],
  ]);
  assert.deepEqual(said([0.12345, 12.3456, 3], "plain"), ["0.123", "12.3", "3"]);
  assert.equal(quantityInWords(0.12345, "plain", 2), "0.1235");
  assert.equal(quantityInWords(12_345, "bytes", 2), "12.35 kB");
  assert.deepEqual(said([0.5, 0.12345], "fraction"), ["50.0 %", "12.3 %"]);
});

Deno.test("sides are shown with as many decimals as tell them apart, one point without a plural", () => {
  const said = (a: number, b: number) =>
    check("a.accuracy >= b.accuracy", {
      a: metrics({ accuracy: a }),
      b: metrics({ accuracy: b }),
    }).text;
  assert.equal(said(0.9, 0.91), "90.0 % is 1 point below 91.0 %");
  assert.equal(said(0.9, 0.92), "90.0 % is 2 points below 92.0 %");
  assert.equal(said(0.9, 0.9001), "90.00 % is 0.01 points below 90.01 %");
  assert.equal(said(0.9, 0.90000001), "0.9 is 0.000001 points below 0.90000001");
  const bytes = { raw: 1, encoded: 1000, gzip: 1, format: "tfjs" };
  const more = { a: metrics({ bytes }), b: metrics({ bytes: { ...bytes, encoded: 1500 } }) };
  assert.equal(check("b.bytes <= a.bytes", more).text, "1.5 kB is 500 B above 1 kB");
  assert.equal(check("b.bytes - a.bytes = 500 B", more).met, true);
  assert.equal(check("b.bytes + a.bytes = 2500 B", more).met, true);
  assert.equal(check("a.bytes * 3 = b.bytes * 2", more).met, true);
});

Deno.test("what is asked of a metric is what was measured, and nothing else stands in for it", () => {
  const bytes = { raw: 4, encoded: 3, gzip: 2, format: "tfjs" };
  const m = metrics({
    accuracy: 0.5,
    bytes,
    metrics: { bytes: { onnx: 7 }, recall: { a: 0.25 }, frechet: 1 },
  });
  const left = (text: string) => check(`m.${text}`, { m }).left;
  assert.deepEqual(
    ["bytes", "bytes.encoded", "bytes.tfjs", "bytes.raw", "bytes.gzip", "bytes.onnx"].map((size) =>
      left(`${size} < 9 B`)
    ),
    [3, 3, 3, 4, 2, 7],
  );
  assert.equal(left("bytes.packed < 9 B"), undefined);
  assert.equal(left("latency < 9 s"), undefined);
  assert.equal(left("recall.b > 1 %"), undefined);
  assert.equal(left("recall.a > 1 %"), 0.25);
  assert.equal(left("frechet < 9"), 1);
  assert.equal(check("m.bytes < 9 B", { m: metrics({}) }).text, "not measured: m.bytes");
  assert.equal(
    check("m.recall.b > n.accuracy - n.accuracy", { m }).text,
    "not measured: m.recall.b (one of: a), n.accuracy",
  );
});
