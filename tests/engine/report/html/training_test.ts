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

Deno.test("epochs are counted against those planned, with their updates and the weights that stand", () => {
  const said = (epochs: number, more: object) => {
    const history = Array.from({ length: epochs }, (_, at) => epoch(at + 1, {}));
    const note = { ...trainingNote({ history } as never)!, ...more };
    return texts(parsed(htmlText(html`<div>${trainingHtml(note)}</div>`)), "p.quiet").at(-1);
  };
  assert.equal(said(1, {}), "1 epoch.");
  assert.equal(said(2, { planned: 2 }), "2 epochs.");
  assert.equal(said(2, { planned: 3, updates: 7 }), "2 of 3 epochs, 7 updates.");
  assert.equal(said(2, { kept: 1 }), "2 epochs. The weights are those of epoch 1.");
  assert.equal(
    said(2, { kept: 1, checkpoint: "best" }),
    "2 epochs. The weights are those of epoch 1 (best).",
  );
});

Deno.test("one term stands for the loss; of two of one name the second is numbered", () => {
  const charts = (shown: ReturnType<typeof page>) =>
    [...shown.querySelectorAll("svg")].map((each) => each.getAttribute("aria-label")!);
  const [one] = charts(page([epoch(1, {}), epoch(2, {})]));
  assert.match(one!, /^loss: labels over epoch: labels from /);
  const term = { use: "labels", value: 1, weight: 1, gradient: 2 };
  const two = page([epoch(1, { terms: [term, term] }), epoch(2, { terms: [term, term] })]);
  assert.match(charts(two)[0]!, /^loss, and its terms times their weights over epoch: /);
  assert.deepEqual(texts(two, "text.end").toSorted(), [
    ...["labels", "labels", "labels 2", "labels 2", "loss"],
  ]);
});

Deno.test("the part is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("training", trainingHtml(trainingNote(training)!));
});
