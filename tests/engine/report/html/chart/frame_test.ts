import assert from "node:assert/strict";
import { axisFor } from "../../../../../engine/report/html/chart/axis.ts";
import { area, framed } from "../../../../../engine/report/html/chart/frame.ts";
import { html, htmlText } from "../../../../../engine/report/html/html.ts";
import { parsed, texts } from "../../support/parse_html.ts";
import { assertLookedAt } from "../../support/looked_at.ts";

const x = axisFor({ label: "epochs", write: String }, [1, 4], [area.left, area.right], 4);
const y = axisFor({ label: "loss", write: String }, [0, 2], [area.bottom, area.top], 4);
const svg = parsed(htmlText(framed(
  x,
  y,
  "loss over epochs",
  html`
    <circle r="1" />
  `,
)));

Deno.test("a frame writes every tick beside its axis and draws a line for each height", () => {
  const anchored = (side: string) => texts(svg, `.ticks text[text-anchor=${side}]`).map(Number);
  assert.deepEqual(anchored("end"), y.ticks);
  assert.deepEqual(anchored("middle"), x.ticks);
  assert.equal([...svg.querySelectorAll(".grid path")].length, y.ticks.length);
  for (const [at, tick] of [...svg.querySelectorAll(".ticks text[text-anchor=end]")].entries()) {
    assert.equal(Number(tick.getAttribute("y")), y.at(y.ticks[at]!) + 4);
    assert.equal(Number(tick.getAttribute("x")), area.left - 6);
  }
});

Deno.test("a frame names both measures, says its title to who cannot see it, and holds what is drawn", () => {
  assert.deepEqual(texts(svg, ".measure"), ["loss", "epochs"]);
  assert.equal(svg.querySelector("svg")!.getAttribute("aria-label"), "loss over epochs");
  assert.equal(svg.querySelector("svg")!.getAttribute("viewBox"), "0 0 420 264");
  assert.equal([...svg.querySelectorAll("circle")].length, 1);
});

Deno.test("the frame is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("frame", framed(x, y, "loss over epochs", ""));
});
