/** Both sides of a claim measure the same, in units that cannot be mistaken. */
import assert from "node:assert/strict";
import type { Dimension } from "../../../../engine/metrics.ts";
import {
  claimDimension,
  type PlacedTerm,
  type PlacedValue,
} from "../../../../engine/recipe/claims/claim_dimension.ts";

function metric(text: string, dimension: Dimension, offset = 0): PlacedTerm {
  const [model, name] = text.split(".") as [string, string];
  return {
    term: { model, metric: name },
    dimension,
    offset,
    length: text.length,
    text,
  };
}

function quantity(value: number, dimension: Dimension, text: string, offset = 20): PlacedTerm {
  const [, unit] = text.split(" ");
  return {
    term: { quantity: value, dimension, text },
    dimension,
    ...(unit !== undefined && { unit }),
    offset,
    length: text.length,
    text,
  };
}

const accuracy = metric("a.accuracy", "fraction");
const other = metric("b.accuracy", "fraction", 13);
const minus = (first: PlacedTerm, second: PlacedTerm): PlacedValue => ({
  first,
  sign: "-",
  second,
});

Deno.test("the dimension of a claim is that of its metrics, whichever side they stand on", () => {
  const size = metric("a.bytes", "bytes");
  const limit = quantity(4e6, "bytes", "4 MB");
  assert.equal(claimDimension({ first: size }, { first: limit }), "bytes");
  assert.equal(claimDimension({ first: limit }, { first: size }), "bytes");
  assert.equal(claimDimension({ first: accuracy }, { first: other }), "fraction");
});

Deno.test("a bare number is a count, and nothing else that has a unit", () => {
  const bare = quantity(61, "plain", "61");
  const against = (dimension: Dimension) =>
    claimDimension({ first: metric("a.m", dimension) }, { first: bare });
  assert.equal(against("count"), "count");
  assert.equal(against("plain"), "plain");
  for (const dimension of ["fraction", "bytes", "time"] as const) {
    const wrong = against(dimension);
    assert.ok(typeof wrong === "object", dimension);
    assert.match(wrong.message, /^`61` has no unit, and `a\.m` is /);
    assert.deepEqual([wrong.code, wrong.offset, wrong.length], ["claim-unit", 20, 2]);
  }
  // A metric that is a plain number is no count: its text says what it is.
  const wrong = claimDimension({ first: metric("a.m", "count") }, {
    first: metric("b.loss", "plain"),
  });
  assert.ok(typeof wrong === "object");
  assert.equal(wrong.message, "`b.loss` is a plain number, and `a.m` is a count");
});

Deno.test("a number without its unit is shown with one: at most 1 as a share, above as percent already", () => {
  const help = (value: number) => {
    const wrong = claimDimension({ first: accuracy }, {
      first: quantity(value, "plain", String(value)),
    });
    return typeof wrong === "object" ? wrong.help : wrong;
  };
  assert.equal(help(0.07), "7 %", "not 7.000000000000001");
  assert.equal(help(1), "100 %");
  assert.equal(help(98), "98 %");
  const unit = (dimension: Dimension) => {
    const wrong = claimDimension({ first: metric("a.m", dimension) }, {
      first: quantity(3, "plain", "3"),
    });
    return typeof wrong === "object" ? wrong.help : wrong;
  };
  assert.equal(unit("bytes"), "3 B, or in kB, MB, KiB, MiB");
  assert.equal(unit("time"), "3 ms, or in s, min, h");
});

Deno.test("a claim without a metric is about no model", () => {
  const wrong = claimDimension(
    { first: quantity(0.01, "fraction", "1 %", 0) },
    { first: quantity(0.02, "fraction", "2 %") },
  );
  assert.ok(typeof wrong === "object");
  assert.match(wrong.message, /about a model/);
  assert.equal(wrong.offset, 0);
});

Deno.test("percent behind a sign is ambiguous on either side; points there are not", () => {
  for (
    const [share, text, points] of [
      [0.01, "1 %", "1 point"],
      [0.02, "2 %", "2 points"],
      [0.07, "7 %", "7 points"],
    ] as const
  ) {
    const value = minus(other, quantity(share, "fraction", text));
    for (
      const wrong of [
        claimDimension({ first: accuracy }, value),
        claimDimension(value, { first: accuracy }),
      ]
    ) {
      assert.ok(typeof wrong === "object");
      const meant = share === 0.01 ? "one point or one hundredth" : `${points} or that share`;
      assert.equal(wrong.message, `\`${text}\` of accuracy could mean ${meant} of it`);
      assert.equal(
        wrong.help,
        `b.accuracy - ${points}, or b.accuracy * ${(100 - share * 100) / 100}`,
      );
    }
    const clear = minus(other, quantity(share, "fraction", points));
    assert.equal(claimDimension({ first: accuracy }, clear), "fraction");
  }
});

Deno.test("a difference of metrics is compared with points, one metric with percent", () => {
  const percent = { first: quantity(0.01, "fraction", "1 %") };
  const points = { first: quantity(0.01, "fraction", "1 point") };
  const difference = minus(accuracy, other);
  const sum: PlacedValue = { first: accuracy, sign: "+", second: other };
  assert.equal(claimDimension(difference, points), "fraction");
  assert.equal(claimDimension({ first: accuracy }, percent), "fraction");
  assert.equal(claimDimension(sum, percent), "fraction", "a sum is no difference");
  for (const [left, right] of [[difference, percent], [percent, difference]] as const) {
    const wrong = claimDimension(left, right);
    assert.ok(typeof wrong === "object");
    assert.equal(wrong.message, "a difference of two fractions is in points, not in `%`");
  }
  for (const value of [{ first: accuracy }, sum]) {
    const wrong = claimDimension(value, points);
    assert.ok(typeof wrong === "object");
    assert.equal(wrong.help, "1 %");
  }
});
