import assert from "node:assert/strict";
import { placeLabels } from "../../../../../engine/report/html/chart/place_labels.ts";
import { assertLookedAt } from "../../support/looked_at.ts";

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

Deno.test("a label leaves the picture at no side while there is another place", () => {
  const within = { left: 0, right: 100, top: 0, bottom: 100 };
  for (const [x, y] of [[2, 50], [98, 50], [50, 2], [50, 98], [3, 3], [97, 97]] as const) {
    const [label] = placeLabels([{ x, y, text: "abcdef" }], within);
    const left = label!.x - 36 * { start: 0, middle: 0.5, end: 1 }[label!.anchor];
    assert.ok(left >= 0 && left + 36 <= 100, `${x} ${y}: ${left}`);
    assert.ok(label!.y - 10 >= 0 && label!.y + 2 <= 100, `${x} ${y}: ${label!.y}`);
  }
});

Deno.test("a label keeps off the points of others and off the lines", () => {
  const point = { x: 200, y: 100, text: "one" };
  const [free] = placeLabels([point], within);
  assert.deepEqual(free, { x: 209, y: 104, text: "one", anchor: "start" });
  const [beside] = placeLabels([point, { x: 215, y: 100, text: "two" }], within);
  assert.deepEqual(beside, { x: 191, y: 104, text: "one", anchor: "end" });
  const line = { left: 212, right: 214, top: 0, bottom: 250 };
  assert.equal(placeLabels([point], within, [line])[0]!.anchor, "end");
  const hair = { ...line, right: 212.05 };
  assert.equal(placeLabels([point], within, [hair])[0]!.anchor, "end", "however thin it is");
});

/** A word of 24 by 12 at a point, and what takes the places that come first. */
const within = { left: 0, right: 400, top: 0, bottom: 250 };
const placed = (lines: Parameters<typeof placeLabels>[2]) => {
  const [{ x, y, anchor }] = placeLabels([{ x: 200, y: 100, text: "abcd" }], within, lines) as [
    ReturnType<typeof placeLabels>[number],
  ];
  return [x, y, anchor];
};
/** A line of one unit from the left, and from top to bottom. */
const upright = (left: number, top: number, bottom: number) => ({
  left,
  right: left + 1,
  top,
  bottom,
});
const sides = [upright(232, 94, 106), upright(167, 94, 106)];
const corners = [
  upright(232, 81, 93),
  upright(232, 108, 120),
  upright(167, 81, 93),
  upright(167, 108, 120),
];

Deno.test("a label tries right, left, above, below, then the corners, then those a line further off", () => {
  // Each line goes through the place before, and through no later one but those near above and below.
  const middle = [upright(200, 81, 93), upright(200, 108, 120)];
  const further = [upright(232, 69, 80), upright(232, 121, 132), upright(167, 69, 80)];
  const lines = [...sides, ...middle, ...corners, ...further];
  assert.deepEqual(lines.concat([upright(0, 0, 0)]).map((_, at) => placed(lines.slice(0, at))), [
    [209, 104, "start"],
    [191, 104, "end"],
    [200, 91, "middle"],
    [200, 118, "middle"],
    [209, 91, "start"],
    [209, 118, "start"],
    [191, 91, "end"],
    [191, 118, "end"],
    [209, 79, "start"],
    [209, 130, "start"],
    [191, 79, "end"],
    [191, 130, "end"],
  ]);
});

Deno.test("a label shifts by eighths of itself, first to the left, above before below", () => {
  const taken = [...sides, ...corners];
  const both = (left: number) => [upright(left, 81, 93), upright(left, 108, 120)];
  assert.deepEqual(placed([...taken, ...both(211)]), [197, 91, "middle"]);
  assert.deepEqual(placed([...taken, ...both(188)]), [203, 91, "middle"]);
  assert.deepEqual(placed([...taken, ...both(188), upright(214, 81, 93)]), [203, 118, "middle"]);
  assert.deepEqual(placed([...taken, ...both(207)]), [194, 91, "middle"]);
  assert.deepEqual(placed([...taken, ...both(192)]), [206, 91, "middle"]);
  assert.deepEqual(placed([...taken, ...both(204)]), [191, 91, "middle"]);
  assert.deepEqual(placed([...taken, ...both(195)]), [209, 91, "middle"]);
});

Deno.test("where it is crowded, labels stand where somebody found that they can be read", async () => {
  const crowd = Array.from({ length: 24 }, (_, at) => ({
    x: 100 + 13 * (at % 6) + at % 3,
    y: 60 + 14 * Math.floor(at / 6) + at % 2,
    text: "label".slice(0, 1 + at % 5).repeat(1 + at % 2),
  }));
  const within = { left: 40, right: 240, top: 14, bottom: 160 };
  const placed = placeLabels(crowd, within, [{ left: 120, right: 122, top: 20, bottom: 150 }]);
  const lines = placed.map(({ text, x, y, anchor }) => `${text} ${x} ${y} ${anchor}\n`);
  await assertLookedAt("labels", lines.join(""));
});
