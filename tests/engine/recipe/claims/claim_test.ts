/** Claims: what is read, what is refused, what is compared. */
import assert from "node:assert/strict";
import type { Metrics } from "../../../../engine/metrics.ts";
import { checkClaim } from "../../../../engine/recipe/claims/check_claim.ts";
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

Deno.test("a claim is two values and a relation; units become fractions, bytes, seconds", () => {
  assert.deepEqual(claim("result.accuracy >= teacher.accuracy - 1.5 points"), {
    left: { first: { model: "result", metric: "accuracy" } },
    relation: ">=",
    right: {
      first: { model: "teacher", metric: "accuracy" },
      sign: "-",
      second: { quantity: 0.015, dimension: "fraction", text: "1.5 points" },
    },
    dimension: "fraction",
  });
  assert.deepEqual(claim("soft-20.recall.3 >= 15 %").left.first, {
    model: "soft-20",
    metric: "recall",
    key: "3",
  });
  assert.deepEqual(claim("result.bytes <= teacher.bytes.gzip / 20").right.first, {
    model: "teacher",
    metric: "bytes",
    key: "gzip",
    over: 20,
  });
  assert.equal(claim("result.bytes < 67kB").dimension, "bytes");
  assert.equal(claim("result.parameters <= 61 k").dimension, "count");
  assert.equal(claim("result.parameters <= 61000").dimension, "count", "a bare number counts");
  assert.equal(
    claim("2 * 1 ms > 1 ms".replace("2 * 1 ms", "result.latency * 2")).dimension,
    "time",
  );
  assert.equal(claim("result.loss < 0.5").dimension, "plain");
  assert.equal(claim("a.accuracy - b.accuracy <= 1 point").dimension, "fraction");
});

const refused:
  readonly (readonly [text: string, marked: string, message: string, help?: string])[] = [
    ["result.accuracy", "result.accuracy", "a claim compares two values"],
    [
      "result.accuracy>=98 %",
      "result.accuracy>=98 %",
      "the relation of a claim has blanks around it",
      "result.accuracy >= 98 %",
    ],
    ["result.accuracy >=", "result.accuracy >=", "a value is missing in this claim"],
    ["result.accuracy >= * 3", "*", "a value is missing in this claim"],
    ["result.accurcy >= 98 %", "accurcy", "there is no metric `accurcy`", "did you mean accuracy?"],
    ["result >= 98 %", "result", "`result` is neither a number nor a model's metric"],
    ["result.bytes <= 4 mb", "mb", "there is no unit `mb`"],
    ["result.bytes <= 4 MBs", "MBs", "there is no unit `MBs`", "did you mean MB?"],
    ["result.bytes <= 4 MB now", "now", "`now` cannot follow a number in a claim"],
    ["result.bytes / 0 <= 4 MB", "0", "a claim cannot divide by 0"],
    ["result.bytes * 2 kB <= 4 MB", "2", "`*` takes one number, without a unit"],
    ["1 % <= 2 %", "1 %", "a claim is about a model: name one of its metrics"],
    [
      "result.accuracy >= 0.98",
      "0.98",
      "`0.98` has no unit, and `result.accuracy` is a fraction, in %",
      "98 %",
    ],
    ["result.bytes <= 100000", "100000", "`100000` has no unit, and `result.bytes` is in bytes"],
    [
      "result.bytes <= teacher.accuracy",
      "teacher.accuracy",
      "`teacher.accuracy` is a fraction, in %, and `result.bytes` is in bytes",
    ],
    [
      "result.accuracy >= 3 ms",
      "3 ms",
      "`3 ms` is a time, and `result.accuracy` is a fraction, in %",
    ],
    [
      "result.accuracy >= teacher.accuracy + 2 %",
      "2 %",
      "`2 %` of accuracy could mean 2 points or that share of it",
      "teacher.accuracy + 2 points, or teacher.accuracy * 1.02",
    ],
    [
      "result.accuracy >= 98 points",
      "98 points",
      "a point is a difference of two fractions; a fraction is in `%`",
      "98 %",
    ],
    [
      "teacher.accuracy - result.accuracy <= 1 %",
      "1 %",
      "a difference of two fractions is in points, not in `%`",
      "1 points",
    ],
  ];

for (const [text, marked, message, help] of refused) {
  Deno.test(`a claim that cannot be read says why: ${text}`, () => {
    const read = parseClaim(text, all);
    assert.ok("problem" in read, JSON.stringify(read));
    const { problem } = read;
    assert.equal(problem.message, message);
    assert.equal(text.slice(problem.offset, problem.offset + problem.length), marked);
    if (help !== undefined) assert.equal(problem.help, help);
  });
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
