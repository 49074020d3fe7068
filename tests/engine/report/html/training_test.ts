/** The part of a report about one training, taken apart by an HTML parser that is not ours. */
import assert from "node:assert/strict";
import type { Task } from "../../../../engine/facts.ts";
import { html, htmlText } from "../../../../engine/report/html/html.ts";
import { trainingNote } from "../../../../engine/report/notes.ts";
import { trainingHtml } from "../../../../engine/report/html/training.ts";
import { parsed, rows, texts } from "../support/parse_html.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { training } from "../support/rich.ts";

const epoch = (number: number, more: object) => ({
  epoch: number,
  loss: 1 / number,
  rate: 0.1,
  terms: [{ use: "labels", value: 1 / number, weight: 1, gradient: 2 }],
  ...more,
});

const page = (history: readonly object[], task?: Task) =>
  parsed(htmlText(html`<div>${trainingHtml(trainingNote({ history } as never)!, task)}</div>`));

/** What its charts say to those who do not see them. */
const charts = (shown: ReturnType<typeof page>) =>
  [...shown.querySelectorAll("svg")].map((each) => each.getAttribute("aria-label")!);

Deno.test("the score on validation samples is drawn as what it is of the data's task", () => {
  const curve = (task: Task | undefined, ...scores: number[]) =>
    charts(page(scores.map((validation, i) => epoch(i + 1, { validation })), task))[1];
  assert.equal(
    curve("classification", 0.5, 0.75),
    "accuracy on validation samples over epoch: validation from 50.0 % to 75.0 %",
  );
  assert.equal(
    curve("regression", -4, -0.5),
    "squared error on validation samples over epoch: validation from 4.00 to 0.500",
  );
  assert.match(curve("reconstruction", -4, -2)!, /^squared error .* from 4\.00 to 2\.00$/);
  assert.match(
    curve("next-token", -3, -2)!,
    /^nats per token on validation .* from 3\.00 to 2\.00/,
  );
  assert.match(
    curve("multi-label", -3, -2)!,
    /^nats per label on validation .* from 3\.00 to 2\.00/,
  );
  assert.match(curve(undefined, -3, -2)!, /^score on validation samples .* from −3\.00 to −2\.00$/);
});

Deno.test("no accuracy's axis goes beyond one", () => {
  const shown = page(
    [epoch(1, { validation: 0.98 }), epoch(2, { validation: 1 })],
    "classification",
  );
  const ticks = texts([...shown.querySelectorAll("svg")][1]!, ".ticks text");
  assert.ok(ticks.includes("100 %") && !ticks.some((tick) => parseFloat(tick) > 100), `${ticks}`);
});

Deno.test("a training without validation samples says how to have some; a generator has no such score", () => {
  const said = (task: Task | undefined, more: object) =>
    texts(page([epoch(1, more)], task), "p.quiet").at(-1)!;
  assert.match(
    said("classification", {}),
    /^1 epoch\. No epoch was measured on validation samples: /,
  );
  assert.match(said(undefined, {}), /No epoch was measured/);
  assert.equal(said("generation", {}), "1 epoch.");
  assert.equal(said("classification", { validation: 0.5 }), "1 epoch.");
});

Deno.test("the learning rate is a line of its own, where it was noted", () => {
  const rated = charts(page([epoch(1, { rate: 0.25 }), epoch(2, { rate: 0.125 })]));
  const line = "learning rate at each epoch's first update over epoch: rate from 0.250 to 0.125";
  assert.ok(rated.includes(line), rated.join("\n"));
  const none = charts(page([epoch(1, { rate: undefined })]));
  assert.equal(none.some((label) => label.startsWith("learning rate")), false);
});

Deno.test("zeros that grow over the epochs are drawn and listed", () => {
  const shares = [0.2439, 0.4392, 0.9];
  const shown = page(shares.map((sparsity, i) => epoch(i + 1, { sparsity })));
  assert.deepEqual(texts(shown, "text.end"), ["labels", "rate", "labels", "zeros"]);
  assert.equal(charts(shown).at(-1), "share of zeros over epoch: zeros from 0.244 to 0.900");
  assert.match(rows(shown, "table").at(-1)!, / \| 0\.900$/);
});

Deno.test("a training without masks that grow says nothing of zeros", () => {
  const shown = page([epoch(1, {}), epoch(2, {})]);
  assert.deepEqual(texts(shown, "text.end"), ["labels", "rate", "labels"]);
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
    return texts(parsed(htmlText(html`<div>${trainingHtml(note, "generation")}</div>`)), "p.quiet")
      .at(-1);
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
  const [one] = charts(page([epoch(1, {}), epoch(2, {})]));
  assert.match(one!, /^loss: labels over epoch: labels from /);
  const term = { use: "labels", value: 1, weight: 1, gradient: 2 };
  const two = page([epoch(1, { terms: [term, term] }), epoch(2, { terms: [term, term] })]);
  assert.match(charts(two)[0]!, /^loss, and its terms times their weights over epoch: /);
  assert.deepEqual(texts(two, "text.end").toSorted(), [
    ...["labels", "labels", "labels 2", "labels 2", "loss", "rate"],
  ]);
});

Deno.test("the part is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("training", trainingHtml(trainingNote(training)!));
});
