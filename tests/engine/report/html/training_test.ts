/** The part of a report about one training, taken apart by an HTML parser that is not ours. */
import assert from "node:assert/strict";
import { html, htmlText } from "../../../../engine/report/html/html.ts";
import { trainingNote } from "../../../../engine/report/notes.ts";
import { trainingHtml } from "../../../../engine/report/html/training.ts";
import { parsed, rows, texts } from "../parse_html.ts";
import { assertLookedAt } from "../looked_at.ts";
import { training } from "../rich.ts";

const epoch = (number: number, more: object) => ({
  epoch: number,
  loss: 1 / number,
  rate: 0.1,
  terms: [{ use: "labels", value: 1 / number, weight: 1, gradient: 2 }],
  ...more,
});

const page = (history: readonly object[]) =>
  parsed(htmlText(html`<div>${trainingHtml(trainingNote({ history } as never)!)}</div>`));

Deno.test("zeros that grow over the epochs are drawn and listed", () => {
  const shares = [0.2439, 0.4392, 0.9];
  const shown = page(shares.map((sparsity, i) => epoch(i + 1, { sparsity })));
  assert.deepEqual(texts(shown, "text.end"), ["labels", "labels", "zeros"]);
  const charts = [...shown.querySelectorAll("svg")].map((each) => each.getAttribute("aria-label"));
  assert.equal(charts.at(-1), "share of zeros over epoch: zeros from 0.244 to 0.900");
  assert.match(rows(shown, "table").at(-1)!, / \| 0\.900$/);
});

Deno.test("a training without masks that grow says nothing of zeros", () => {
  const shown = page([epoch(1, {}), epoch(2, {})]);
  assert.deepEqual(texts(shown, "text.end"), ["labels", "labels"]);
  assert.equal(texts(shown, "th").includes("zeros"), false);
});

Deno.test("BatchNorm that was estimated anew is said, with what validation then came to", () => {
  const note = { history: [epoch(1, { validation: 0.23 })], kept: 1 };
  const said = (recalibrated?: object) =>
    htmlText(html`<div>${trainingHtml(trainingNote({ ...note, recalibrated } as never)!)}</div>`);
  const anew = said({ layers: ["one", "two"], validation: 0.604 });
  assert.match(anew, /epoch 1\. BatchNorm of 2 layers was estimated anew: validation 0\.604\./);
  assert.match(said({ layers: ["one"] }), /BatchNorm of 1 layer was estimated anew\./);
  assert.doesNotMatch(said(), /BatchNorm/);
});

Deno.test("the part is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("training", trainingHtml(trainingNote(training)!));
});
