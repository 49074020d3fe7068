import assert from "node:assert/strict";
import { placeLabels } from "../../../../../engine/report/html/chart/place_labels.ts";
import { assertLookedAt } from "../../looked_at.ts";

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
  const within = { left: 0, right: 400, top: 0, bottom: 250 };
  const point = { x: 200, y: 100, text: "one" };
  const [free] = placeLabels([point], within);
  assert.deepEqual(free, { x: 209, y: 104, text: "one", anchor: "start" });
  const [beside] = placeLabels([point, { x: 215, y: 100, text: "two" }], within);
  assert.deepEqual(beside, { x: 191, y: 104, text: "one", anchor: "end" });
  const line = { left: 212, right: 214, top: 0, bottom: 250 };
  assert.equal(placeLabels([point], within, [line])[0]!.anchor, "end");
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
