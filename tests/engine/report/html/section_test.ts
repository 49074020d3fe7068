import assert from "node:assert/strict";
import {
  barHtml,
  cardHtml,
  folded,
  tableHtml,
  verbatim,
} from "../../../../engine/report/html/section.ts";
import { texts } from "../support/parse_html.ts";
import { shown } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";

Deno.test("the first columns of a table are set left, the others right", () => {
  const page = shown(tableHtml(["a", "b", "c"], [["1", "2", "3"]], 2));
  const sides = (cell: string) =>
    [...page.querySelectorAll(cell)].map((each) => each.getAttribute("class"));
  assert.deepEqual(sides("th"), ["left", "left", "right"]);
  assert.deepEqual(sides("td"), ["left", "left", "right"]);
  const usual = shown(tableHtml(["a", "b"], []));
  assert.deepEqual(
    [...usual.querySelectorAll("th")].map((each) => each.getAttribute("class")),
    ["left", "right"],
  );
});

Deno.test("a table of more than ten columns is marked as one of many", () => {
  const frame = (columns: number) =>
    shown(tableHtml(Array.from({ length: columns }, () => "a"), [])).querySelector("div")!
      .getAttribute("class");
  assert.deepEqual([10, 11].map(frame), ["scroll", "scroll many"]);
});

Deno.test("a bar is as long as its share, never shorter than nothing or longer than the whole", () => {
  const width = (share: number) =>
    shown(barHtml(share, "words")).querySelector(".bar i")!.getAttribute("style");
  assert.deepEqual([-1, 0, 0.1234, 0.5, 1, 3].map(width), [
    "width:0%",
    "width:0%",
    "width:12.3%",
    "width:50%",
    "width:100%",
    "width:100%",
  ]);
  const words = shown(barHtml(1, "words", 9)).querySelector(".barred")!;
  assert.deepEqual([words.textContent, words.getAttribute("style")], ["words", "min-width:9ch"]);
});

Deno.test("a card has a name and what is said of it for each row", () => {
  const page = shown(cardHtml([["seed", 7], ["run", "now"]]));
  assert.deepEqual([texts(page, "dt"), texts(page, "dd")], [["seed", "run"], ["7", "now"]]);
});

Deno.test("something long is folded under its title, and text keeps its lines", () => {
  const page = shown(folded("the lock", verbatim("a\n  b")));
  assert.deepEqual(texts(page, "details summary"), ["the lock"]);
  assert.equal(page.querySelector("details pre")!.textContent, "a\n  b");
});

Deno.test("the form is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("section", [
    tableHtml(["a", "b"], [["1", "2"]]),
    cardHtml([["a", "b"]]),
    folded("a", "b"),
    verbatim("a"),
    barHtml(0.5, "half", 6),
  ]);
});
