/** Claims: what is read, and what is refused. */
import assert from "node:assert/strict";
import { parseClaim } from "../../../../engine/recipe/claims/parse_claim.ts";
import { metrics as all } from "../../metrics.ts";

function claim(text: string) {
  const read = parseClaim(text, all);
  assert.ok("claim" in read, JSON.stringify(read));
  return read.claim;
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
    [
      "result >= 98 %",
      "result",
      "`result` is neither a number nor a model's metric",
      "write model.metric: result.accuracy",
    ],
    [
      "result.accuracy now >= 98 %",
      "now",
      "`now` cannot follow `result.accuracy` in a claim",
    ],
    ["result.bytes <= 1e999 B", "1e999", "`1e999` is not a finite number"],
    [
      "result.bytes <= 4 MB * 2 kB",
      "kB".replace("kB", "2"),
      "`*` takes one number, without a unit",
    ],
    ["result.bytes / x <= 4 MB", "x", "`/` takes one number, without a unit"],
    ["result.bytes / <= 4 MB", "/", "`/` takes one number, without a unit"],
    ["result.bytes <= 4kB now", "now", "`now` cannot follow a number in a claim"],
    ["result.bytes <= 4 mb", "mb", "there is no unit `mb`"],
    [
      "result.bytes <= 4 parsec",
      "parsec",
      "there is no unit `parsec`",
      "one of: % point points B kB MB KiB MiB k M G ms s min h",
    ],
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

/** What is said of how a class is written, where words may be the name of one. */
const blanks: readonly (readonly [text: string, marked: string, help: string | undefined])[] = [
  ["result.recall.top side >= 50 %", "side", "result.recall.top_side"],
  ["result.recall.top  side up >= 50 %", "side", "result.recall.top__side_up"],
  ["50 % <= soft.f1.top side - 1 point", "side", "soft.f1.top_side"],
  ["result.recall.T-shirt / top >= 50 %", "top", "result.recall.T-shirt_/_top"],
  ["result.recall.all / >= 50 %", "/", "result.recall.all_/"],
  ["result.accuracy side >= 50 %", "side", undefined],
  ["result.accuracy.top side >= 50 %", "side", undefined],
  ["result.nothing.top side >= 50 %", "side", undefined],
  ["result.recall side >= 50 %", "side", undefined],
  ["top side >= 50 %", "side", undefined],
];

for (const [text, marked, name] of blanks) {
  Deno.test(`words that may be the name of a class are told in one: ${text}`, () => {
    const read = parseClaim(text, all);
    assert.ok("problem" in read, JSON.stringify(read));
    const { offset, length, help } = read.problem;
    assert.equal(text.slice(offset, offset + length), marked);
    assert.equal(help, name && `blanks in the name of a class are written \`_\`: ${name}`);
  });
}

Deno.test("what is neither a metric nor a number may be the end of a class's name", () => {
  const help = (text: string) =>
    (parseClaim(text, all) as { problem: { help: string } }).problem.help;
  assert.equal(
    help("result.recall.top - side >= 50 %"),
    "write model.metric: result.accuracy; " +
      "blanks in the name of a class are written `_`: result.recall.top_-_side",
  );
  assert.equal(help("result.accuracy - side >= 50 %"), "write model.metric: result.accuracy");
  const long = "a".repeat(180);
  assert.ok(help(`result.recall.${long} side >= 50 %`).endsWith(`${long}_side`));
});

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

Deno.test("a number is its digits times its unit, and hundredths and thousandths are divided by", () => {
  const quantity = (text: string) => {
    const { first } = claim(text).right;
    return "quantity" in first ? [first.quantity, first.text] : undefined;
  };
  // 7 · 0.01 is 0.07000000000000001 and 9 · 0.001 is 0.009000000000000001 in doubles; a division is exact.
  assert.deepEqual(quantity("result.accuracy >= 7 %"), [0.07, "7 %"]);
  assert.deepEqual(quantity("result.latency <= 9ms"), [0.009, "9 ms"]);
  assert.deepEqual(quantity("result.latency <= 1.5 min"), [90, "1.5 min"]);
  assert.deepEqual(quantity("result.bytes <= 2 KiB"), [2048, "2 KiB"]);
  assert.deepEqual(quantity("result.bytes <= 2e1 kB"), [20_000, "2e1 kB"]);
  assert.deepEqual(quantity("result.loss < 5"), [5, "5"]);
});

Deno.test("a claim has a thousand characters and no more", () => {
  const long = (length: number) => "result.bytes <= 1 kB".padEnd(length);
  assert.ok("claim" in parseClaim(long(1000), all));
  const read = parseClaim(long(1001), all);
  assert.deepEqual(read, {
    problem: {
      code: "claim",
      message: "a claim has 1000 characters at most",
      offset: 0,
      length: 1001,
    },
  });
});

Deno.test("a scaled value is marked from its beginning to its factor", () => {
  const read = parseClaim("result.bytes * 2 <= 3 ms", all);
  assert.ok("problem" in read);
  assert.deepEqual([read.problem.offset, read.problem.length], [20, 4]);
  const scaled = parseClaim("result.bytes <= 3 ms * 2", all);
  assert.ok("problem" in scaled);
  assert.deepEqual([scaled.problem.offset, scaled.problem.length], [16, 8]);
});

Deno.test("every unit is as many of its base as everybody says", () => {
  const base = (metric: string, unit: string) => {
    const { first } = claim(`${metric} <= 3 ${unit}`).right;
    return "quantity" in first ? first.quantity : undefined;
  };
  const sizes: readonly (readonly [string, string, number])[] = [
    ["m.bytes", "B", 3],
    ["m.bytes", "kB", 3000],
    ["m.bytes", "MB", 3_000_000],
    ["m.bytes", "KiB", 3072],
    ["m.bytes", "MiB", 3_145_728],
    ["m.parameters", "k", 3000],
    ["m.parameters", "M", 3_000_000],
    ["m.parameters", "G", 3_000_000_000],
    ["m.latency", "ms", 0.003],
    ["m.latency", "s", 3],
    ["m.latency", "min", 180],
    ["m.latency", "h", 10_800],
    ["m.accuracy", "%", 0.03],
  ];
  for (const [metric, unit, size] of sizes) assert.equal(base(metric, unit), size, unit);
  const [one, more] = ["1 point", "3 points"].map((points) => {
    const { second } = claim(`m.accuracy >= n.accuracy - ${points}`).right;
    return second !== undefined && "quantity" in second ? second.quantity : undefined;
  });
  assert.deepEqual([one, more], [0.01, 0.03]);
});

Deno.test("metrics are listed with those of one dimension beside one another", () => {
  const read = parseClaim("m.wholly <= 3", all);
  assert.ok("problem" in read);
  const names = read.problem.help!.replace("one of: ", "").split(", ");
  const claimed = [...all.values()].filter(({ dimension }) => dimension !== undefined);
  assert.deepEqual(names.toSorted(), claimed.map(({ name }) => name).toSorted());
  const dimensions = names.map((name) => all.get(name)!.dimension!);
  const order = ["fraction", "count", "bytes", "time", "plain"];
  const ranks = dimensions.map((dimension) => order.indexOf(dimension));
  assert.deepEqual(ranks, ranks.toSorted((a, b) => a - b));
});
