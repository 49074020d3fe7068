import assert from "node:assert/strict";
import { fc } from "../../../../deps.ts";
import type { Measure } from "../../../../../engine/report/html/chart/axis.ts";
import { area } from "../../../../../engine/report/html/chart/frame.ts";
import { type ChartPoint, scatter } from "../../../../../engine/report/html/chart/scatter.ts";
import { htmlText } from "../../../../../engine/report/html/html.ts";
import { bytesText, percentText, plainText } from "../../../../../engine/quantity.ts";
import { active, parsed, texts } from "../../support/parse_html.ts";
import { assertLookedAt } from "../../support/looked_at.ts";

const bytes: Measure = { label: "bytes", write: bytesText };
const accuracy: Measure = { label: "accuracy", write: percentText, most: 1 };
const plain: Measure = { label: "loss", write: plainText };

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });

const points: ChartPoint[] = [
  { name: "teacher", x: 1.69e6, y: 0.989, half: 0.005, role: "reference" },
  { name: "pruned, just cut", x: 1e5, y: 0.107, half: 0.014, passing: true },
  { name: "pruned", x: 1e5, y: 0.982, half: 0.006, from: "pruned, just cut" },
  { name: "quantized", x: 42_500, y: 0.982, role: "result", from: "pruned" },
];

Deno.test("a chart names its points, says them to who cannot see them, and joins what was made of what", () => {
  const svg = parsed(htmlText(scatter(points, bytes, accuracy)));
  assert.deepEqual(texts(svg, "text.label"), [
    "teacher",
    "pruned, just cut 10.7 % ↓",
    "pruned",
    "quantized",
  ]);
  assert.equal([...svg.querySelectorAll("path.walk")].length, 2);
  assert.equal([...svg.querySelectorAll("path.interval")].length, 2, "a stage on the way has none");
  assert.match(
    svg.querySelector("svg")!.getAttribute("aria-label")!,
    /teacher 98\.9 % at 1\.69 MB/,
  );
  const ticks = texts(svg, ".ticks text");
  assert.ok(
    ticks.includes("98 %") && !ticks.includes("10 %"),
    "a stage on the way stretches no axis",
  );
});

Deno.test("no name stands on the figures of the axis", () => {
  const low: ChartPoint[] = [
    { name: "distilled", x: 137e3, y: 0.1 },
    { name: "pruned, just cut", x: 91e3, y: 0.118 },
    { name: "pruned", x: 91e3, y: 0.107, from: "pruned, just cut" },
    { name: "quantized", x: 40e3, y: 0.107, from: "pruned" },
  ];
  const svg = parsed(htmlText(scatter(low, bytes, accuracy)));
  for (const label of svg.querySelectorAll("text.label")) {
    const [x, width] = [Number(label.getAttribute("x")), 6 * label.textContent.length];
    const share = { start: 0, middle: 0.5, end: 1 }[label.getAttribute("text-anchor") as "end"];
    assert.ok(
      x - share * width >= area.left,
      `${label.textContent} begins at ${x - share * width}`,
    );
  }
});

Deno.test("no name stands on an interval, its own or another's", () => {
  const near = (x: number, y: number) =>
    [
      { name: "teacher", x: 205e3, y: 0.787, half: 0.018, role: "reference" },
      { name: "distilled", x: 77.9e3, y: 0.531, half: 0.022 },
      {
        name: "pruned, just cut",
        x: 39.7e3,
        y: 0.283,
        half: 0.02,
        passing: true,
        from: "distilled",
      },
      { name: "pruned", x: 39.7e3, y: 0.551, half: 0.022, from: "pruned, just cut" },
      { name: "quantized", x, y, half: 0.022, role: "result", from: "pruned" },
    ] as ChartPoint[];
  for (const x of [10e3, 12.6e3, 15e3]) {
    for (const y of [0.548, 0.551, 0.53, 0.58]) {
      const svg = parsed(htmlText(scatter(near(x, y), bytes, accuracy)));
      const lines = [...svg.querySelectorAll("path.interval")].map((line) =>
        line.getAttribute("d")!.match(/[\d.]+/g)!.map(Number)
      );
      assert.equal(lines.length, 4);
      for (const label of svg.querySelectorAll("text.label")) {
        const [at, base] = ["x", "y"].map((name) => Number(label.getAttribute(name)));
        const width = 6 * label.textContent.length;
        const share = { start: 0, middle: 0.5, end: 1 }[label.getAttribute("text-anchor") as "end"];
        const left = at! - share * width;
        const crossed = lines.filter(([x, bottom, top]) =>
          x! > left && x! < left + width && bottom! > base! - 10 && top! < base!
        );
        assert.deepEqual(crossed, [], `${label.textContent} with the result at ${x}, ${y}`);
      }
    }
  }
});

Deno.test("of many points those with a role alone are named, and the best are joined", () => {
  const many = Array.from({ length: 40 }, (_, at): ChartPoint => ({
    name: `p${at}`,
    x: 1 + at,
    y: at / 40,
    ...(at % 10 === 0 ? { role: "best" } : {}),
  }));
  const svg = parsed(htmlText(scatter(many, bytes, accuracy)));
  assert.deepEqual(texts(svg, "text.label"), ["p0", "p10", "p20", "p30"]);
  assert.equal(svg.querySelector("path.front")!.getAttribute("d")!.split("L").length, 4);
});

Deno.test("every number that is drawn lies in the picture, whatever the values are", () => {
  const some = fc.array(fc.record({ name: fc.string(), x: finite, y: finite }), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(fc.property(some, (points) => {
    const svg = parsed(htmlText(scatter(points, plain, plain)));
    assert.deepEqual(active(svg), []);
    for (const circle of svg.querySelectorAll("circle")) {
      const [x, y] = ["cx", "cy"].map((name) => Number(circle.getAttribute(name)));
      assert.ok(x! >= area.left - 1 && x! <= area.right + 1, `x ${x}`);
      assert.ok(y! >= area.top - 1 && y! <= area.bottom + 1, `y ${y}`);
    }
  }));
});

Deno.test("a point that is made of none that is drawn is joined to none, and one alone is the best", () => {
  const svg = parsed(
    htmlText(scatter([{ name: "a", x: 1, y: 1, from: "gone", role: "best" }], plain, plain)),
  );
  assert.equal([...svg.querySelectorAll("path.walk, path.front")].length, 0);
  assert.deepEqual(texts(svg, ".label"), ["a"]);
});

Deno.test("where every model is a stage on the way, the stages make the axis", () => {
  const svg = parsed(
    htmlText(scatter([{ name: "a", x: 1, y: 0.5, passing: true }], bytes, accuracy)),
  );
  assert.deepEqual(texts(svg, ".label"), ["a"], "it lies inside");
});

Deno.test("a scatter chart without points is refused", () => {
  assert.throws(
    () => scatter([], bytes, accuracy),
    new RangeError("Cannot draw a chart of no points"),
  );
});

Deno.test("the chart is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("scatter", scatter(points, bytes, accuracy));
});
