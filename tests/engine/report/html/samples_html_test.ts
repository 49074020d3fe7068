import assert from "node:assert/strict";
import { samplesHtml } from "../../../../engine/report/html/samples_html.ts";
import { rows, texts } from "../support/parse_html.ts";
import { shown } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";

const samples = [
  { sample: 4, truth: 0, answer: 1, reference: 0 },
  { sample: 9, truth: 2, answer: 2, reference: 1 },
];
const names = { result: "quantized", reference: "teacher" };
const classes = ["cat", "dog"];

Deno.test("samples without a picture are a table: truth, then what each model says", () => {
  const page = shown(samplesHtml({ samples, part: "validation" }, classes, names));
  assert.deepEqual(texts(page, "th"), ["sample", "truth", "teacher", "quantized"]);
  assert.deepEqual(rows(page, "table"), ["4 | cat | cat | dog", "9 | 2 | dog | 2"]);
  assert.deepEqual(texts(page, "h3"), ["Where they differ the first 2 of validation"]);
});

Deno.test("each picture is cut from the one sheet, with who is right below it", () => {
  const sheet = { url: "data:image/png;base64,AA", width: 8, height: 6 };
  const page = shown(samplesHtml({ samples, part: "test", sheet }, classes, names));
  assert.equal(page.querySelector("image")!.getAttribute("height"), "12");
  assert.deepEqual(
    [...page.querySelectorAll("li svg")].map((each) => each.getAttribute("viewBox")),
    ["0 0 8 6", "0 6 8 6"],
  );
  assert.deepEqual(texts(page, "li small"), [
    "✓ teacher cat✗ quantized dog",
    "✗ teacher dog✓ quantized 2",
  ]);
  assert.deepEqual(texts(page, "li > span"), ["cat", "2"]);
  assert.deepEqual(
    [...page.querySelectorAll("small span")].map((each) => each.getAttribute("class")),
    ["good", "bad", "bad", "good"],
  );
});

Deno.test("the list is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt(
    "samples",
    samplesHtml(
      { samples, part: "test", sheet: { url: "data:image/png;base64,AA", width: 8, height: 6 } },
      classes,
      names,
    ),
  );
});
