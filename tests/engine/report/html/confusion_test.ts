import assert from "node:assert/strict";
import { confusionHtml } from "../../../../engine/report/html/confusion.ts";
import { rows, texts } from "../support/parse_html.ts";
import { shown } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";

Deno.test("a confusion table has a row for each truth, its answers in columns, nothing where none is", () => {
  const page = shown(confusionHtml([[1000, 3], [0, 7]], ["cat", "dog"]));
  assert.deepEqual(texts(page, "th"), ["truth ↓ answer →", "cat", "dog", "cat", "dog"]);
  assert.deepEqual(rows(page, "table"), ["cat | 1 000 | 3", "dog |  | 7"]);
  assert.deepEqual(
    [...page.querySelectorAll("td")].map((cell) => cell.getAttribute("class")),
    ["right", "wrong", "wrong", "right"],
  );
});

Deno.test("right answers are shaded by their share, mistakes more so that a few are seen", () => {
  const shades = (confusion: number[][]) =>
    [...shown(confusionHtml(confusion, [])).querySelectorAll("td")].map((cell) =>
      cell.getAttribute("style")!.replace("--share:", "")
    );
  assert.deepEqual(shades([[80, 20], [0, 0]]), ["80%", "92%", "0%", "0%"]);
  assert.deepEqual(shades([[50, 50], [0, 1]]), ["50%", "100%", "0%", "100%"]);
  assert.deepEqual(shades([[999, 1], [0, 1]])[1], "12%");
});

Deno.test("a class without a name has its number", () => {
  assert.deepEqual(texts(shown(confusionHtml([[1, 0], [0, 1]], ["cat"])), "tbody th"), [
    "cat",
    "1",
  ]);
});

Deno.test("of many classes the commonest mistakes are listed, the most first", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, truth) =>
      Array.from(
        { length: count },
        (_, answer) => truth === answer ? 100 : answer === 0 ? truth : 0,
      ));
  assert.equal(rows(shown(confusionHtml(many(24), [])), "table").length, 24, "still a grid");
  const page = shown(confusionHtml(many(30), ["zero"]));
  assert.deepEqual(texts(page, "th"), ["truth", "answer", "samples"]);
  const listed = rows(page, "table");
  assert.equal(listed.length, 24);
  assert.deepEqual(listed.slice(0, 2), ["29 | zero | 29", "28 | zero | 28"]);
});

Deno.test("the table is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("confusion", confusionHtml([[8, 2], [0, 10]], ["cat", "dog"]));
});
