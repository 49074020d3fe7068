import assert from "node:assert/strict";
import { fc } from "../../deps.ts";
import { axisFor, type Measure, tickText } from "../../../engine/report/html/chart/axis.ts";
import { area } from "../../../engine/report/html/chart/frame.ts";
import { lines } from "../../../engine/report/html/chart/lines.ts";
import { placeLabels } from "../../../engine/report/html/chart/place_labels.ts";
import { type Point, scatter } from "../../../engine/report/html/chart/scatter.ts";
import { htmlText } from "../../../engine/report/html/html.ts";
import { bytesText, percentText, plainText } from "../../../engine/quantity.ts";
import { active, parsed, texts } from "./parse_html.ts";

const bytes: Measure = { label: "bytes", write: bytesText };
const accuracy: Measure = { label: "accuracy", write: percentText, most: 1 };
const plain: Measure = { label: "loss", write: plainText };

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });

Deno.test("values of one size take equal room, values of many sizes equal ratios", () => {
  const even = axisFor(bytes, [100, 200], [0, 400], 5);
  assert.ok(Math.abs((even.at(150) - even.at(100)) - (even.at(200) - even.at(150))) < 0.2);
  const ratios = axisFor(bytes, [1e3, 1e6], [0, 400], 5);
  assert.ok(Math.abs((ratios.at(1e4) - ratios.at(1e3)) - (ratios.at(1e5) - ratios.at(1e4))) < 0.2);
  assert.ok(ratios.ticks.every((tick) => [1, 2, 5, 3].includes(Number(tick.toExponential()[0]))));
});

Deno.test("a tick says no more digits than it has", () => {
  const say = (measure: Measure, tick: number) =>
    tickText({ ...axisFor(measure, [0, 1], [0, 1], 2) }, tick);
  assert.deepEqual(
    [
      say(bytes, 50_000),
      say(bytes, 2e6),
      say(accuracy, 1),
      say(accuracy, 0.985),
      say(plain, 0.5),
      say(plain, 100),
    ],
    ["50 kB", "2 MB", "100 %", "98.5 %", "0.5", "100"],
  );
});

Deno.test("an axis keeps order, holds every value and writes ticks inside", () => {
  fc.assert(fc.property(fc.array(finite, { minLength: 1, maxLength: 8 }), (values) => {
    const axis = axisFor(plain, values, [0, 300], 5);
    const sorted = values.toSorted((a, b) => a - b).map(axis.at);
    assert.deepEqual(sorted, sorted.toSorted((a, b) => a - b));
    for (const at of [...sorted, ...axis.ticks.map(axis.at)]) assert.ok(at >= -0.1 && at <= 300.1);
  }));
});

Deno.test("labels stand beside their points, apart from one another where there is room", () => {
  const within = { left: 0, right: 400, top: 0, bottom: 250 };
  const [left, right] = placeLabels(
    [{ x: 390, y: 100, text: "teacher" }, { x: 20, y: 100, text: "student" }],
    within,
  );
  assert.equal(left!.anchor, "end", "no room on the right");
  assert.equal(right!.anchor, "start");
  const near = placeLabels(
    [{ x: 200, y: 100, text: "one" }, { x: 202, y: 101, text: "two" }, {
      x: 204,
      y: 102,
      text: "three",
    }],
    within,
  );
  const places = near.map(({ x, y, anchor }) =>
    `${Math.round(x / 20)} ${Math.round(y / 12)} ${anchor}`
  );
  assert.equal(new Set(places).size, 3);
});

const points: Point[] = [
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
  const low: Point[] = [
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
    ] as Point[];
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
  const many = Array.from({ length: 40 }, (_, at): Point => ({
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

Deno.test("nothing cannot be drawn", () => {
  assert.throws(() => scatter([], bytes, accuracy), RangeError);
  assert.throws(() => lines([], plain, plain), RangeError);
});
