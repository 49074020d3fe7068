import assert from "node:assert/strict";
import type { RunDocument } from "../../../../engine/report/document.ts";
import { tradeSection } from "../../../../engine/report/html/trade_section.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { texts } from "../support/parse_html.ts";
import { model, shownSection, subject } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { rich, sweptAndSearched } from "../support/rich.ts";

const graph = graphOf([{ name: "a", op: fakeOps().constant }]);
const section = (document: Partial<RunDocument>) => tradeSection(subject(graph, { document }));
const bytes = { raw: 1, encoded: 1, gzip: 1, format: "tfjs" };

Deno.test("without a quality, or without a size, nothing is traded", () => {
  assert.equal(section({ models: [model("a", { macs: 1, bytes })] }), undefined);
  assert.equal(section({ models: [model("a", { accuracy: 1 })] }), undefined);
  const models = [model("a", { accuracy: 1 }), model("b", { macs: 1 })];
  assert.equal(section({ models }), undefined, "none has both");
});

Deno.test("there is a chart for each size that was measured, and only what is drawn is explained", () => {
  const charts = (more: Partial<RunDocument>) => {
    const page = shownSection(section(more));
    return [[...page.querySelectorAll("figure")].length, texts(page, "p")[0]];
  };
  assert.deepEqual(charts({ models: [model("a", { loss: 1, macs: 1, bytes })] }), [
    2,
    "A dotted line leads from a model to the one made from it.",
  ]);
  assert.deepEqual(charts({ models: [model("a", { accuracy: 1, samples: 9, macs: 1 })] }), [
    1,
    "Vertical lines are 95 % intervals. A dotted line leads from a model to the one made from it.",
  ]);
  assert.equal(section({ models: [model("a", { loss: 1, macs: 1 })] })!.title, "Size against loss");
});

Deno.test("of a sweep the deviation and the best are explained where there are any", () => {
  const models = [model("a", { accuracy: 1, macs: 1 })];
  const metrics = { accuracy: 1, macs: 1, metrics: {} };
  const point = { values: {}, results: ["a"], metrics };
  const said = (more: object) => {
    const points = [{ ...point, pareto: false, ...more }];
    return texts(shownSection(section({ models, points })), "p")[0];
  };
  assert.equal(said({}), "");
  assert.equal(said({ pareto: true }), "The line joins the points marked ◆.");
  assert.equal(
    said({ deviation: 0.1 }),
    "Vertical lines are one standard deviation of the repeats to either side.",
  );
});

Deno.test("the section is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("trade", tradeSection(rich)!.body);
  await assertLookedAt("trade-of-points", tradeSection(sweptAndSearched)!.body);
});
