import assert from "node:assert/strict";
import type { Measure } from "../../../../../engine/report/html/chart/axis.ts";
import { area } from "../../../../../engine/report/html/chart/frame.ts";
import { type Line, lines } from "../../../../../engine/report/html/chart/lines.ts";
import { htmlText } from "../../../../../engine/report/html/html.ts";
import { plainText } from "../../../../../engine/quantity.ts";
import { parsed, texts } from "../../support/parse_html.ts";
import { assertLookedAt } from "../../support/looked_at.ts";

const plain: Measure = { label: "loss", write: plainText };

Deno.test("lines keep their colour from chart to chart and are named at their ends, apart", () => {
  const line = (name: string, colour: number, last: number) => ({
    name,
    colour,
    points: [[1, 1], [2, last]] as const,
  });
  const svg = parsed(
    htmlText(lines([line("labels", 0, 0.5), line("soft-targets", 1, 0.5)], plain, plain)),
  );
  assert.deepEqual(texts(svg, ".s0 text"), ["labels"]);
  assert.deepEqual(texts(svg, ".s1 text"), ["soft-targets"]);
  const [first, second] = [...svg.querySelectorAll("text.end")].map((text) =>
    Number(text.getAttribute("y"))
  );
  assert.ok(Math.abs(first! - second!) >= 13);
});

Deno.test("a line chart without points is refused", () => {
  assert.throws(() => lines([], plain, plain), new RangeError("Cannot draw a chart of no points"));
  assert.throws(
    () => lines([{ name: "a", points: [] }], plain, plain),
    new RangeError("Cannot draw a chart of no points"),
  );
});

const drawn = (...all: Line[]) =>
  parsed(htmlText(lines(all, { label: "epoch", write: String }, plain)));

Deno.test("an axis of epochs has ticks at whole numbers from the first on", () => {
  const svg = drawn({ name: "loss", points: [[1, 2], [3, 1]] });
  const ticks = texts(svg, ".ticks text[text-anchor=middle]").map(Number);
  assert.ok(ticks.length > 1);
  assert.ok(ticks.every((tick) => Number.isInteger(tick) && tick >= 1), String(ticks));
});

Deno.test("a screen reader says where each begins and ends", () => {
  const svg = drawn({ name: "loss", points: [[1, 2], [2, 3], [3, 0.5]] });
  assert.equal(
    svg.querySelector("svg")!.getAttribute("aria-label"),
    "loss over epoch: loss from 2.00 to 0.500",
  );
});

Deno.test("a line of one point is a dot, a line without colour has that of the text, a seventh the first", () => {
  const svg = drawn(
    { name: "total", points: [[1, 2]] },
    { name: "g", colour: 6, points: [[1, 1], [2, 1]] },
  );
  assert.equal([...svg.querySelectorAll("g.total circle.dot")].length, 1);
  assert.equal([...svg.querySelectorAll("g.s0 circle.dot")].length, 0);
  assert.deepEqual(texts(svg, "g.s0 text"), ["g"]);
});

Deno.test("the names of many lines that end alike stand apart and inside the picture", () => {
  const svg = drawn(
    ...Array.from({ length: 5 }, (_, at): Line => ({
      name: `line ${at}`,
      colour: at,
      points: [[1, 1], [2, at / 1000]],
    })),
  );
  const at = [...svg.querySelectorAll("text.end")].map((each) => Number(each.getAttribute("y")));
  const sorted = at.toSorted((a, b) => a - b);
  for (const [index, y] of sorted.entries()) {
    if (index > 0) assert.ok(y - sorted[index - 1]! >= 12.9, String(sorted));
    assert.ok(y <= area.bottom + 4.1, String(sorted));
  }
  assert.deepEqual(at, at.toSorted((a, b) => b - a), "what ends higher stands higher");
});

Deno.test("the chart is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt(
    "lines",
    lines(
      [{ name: "loss", points: [[1, 2], [3, 1]] }, { name: "one", colour: 1, points: [[1, 1.5]] }],
      plain,
      plain,
    ),
  );
});
