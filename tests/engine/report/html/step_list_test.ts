import assert from "node:assert/strict";
import { stepList, type StepRow } from "../../../../engine/report/html/step_list.ts";
import { texts } from "../support/parse_html.ts";
import { shown } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";

const row = (name: string, more: Partial<StepRow> = {}): StepRow => ({
  name,
  reads: [],
  mark: "ran",
  action: "adds",
  came: "3",
  clock: "1 s",
  ...more,
});

Deno.test("a step has its name, what it does, what came of it and its time", () => {
  const page = shown(stepList([row("a", { mark: "hit", title: "recalled" })]));
  assert.deepEqual(["name", "action", "came", "clock"].map((each) => texts(page, `.${each}`)), [
    ["a"],
    ["adds"],
    ["3"],
    ["1 s"],
  ]);
  assert.equal(page.querySelector("li")!.getAttribute("class"), "hit");
  assert.equal(page.querySelector(".clock")!.getAttribute("title"), "recalled");
});

Deno.test("the longest step has the longest line, and one that takes nothing has none", () => {
  const page = shown(
    stepList([row("a", { share: 1 }), row("b", { share: 0.256 }), row("c", { share: 0.009 })]),
  );
  assert.deepEqual(
    [...page.querySelectorAll(".clock i")].map((each) => each.getAttribute("style")),
    ["width:100%", "width:26%"],
  );
});

Deno.test("lines lead from the lane of what is read to the step that reads it", () => {
  const page = shown(
    stepList([row("a"), row("b", { reads: ["a"] }), row("c", { reads: ["a"] }), row("d")]),
  );
  assert.deepEqual(
    [...page.querySelectorAll(".lanes path")].map((each) => each.getAttribute("d")),
    [
      "M6.5 20V40",
      "M6.5 0V40M6.5 0C6.5 20 19.5 4 19.5 20",
      "M6.5 0V20",
      "",
    ],
  );
  assert.deepEqual(
    [...page.querySelectorAll("i.mark")].map((each) => each.getAttribute("style")),
    ["left:25%", "left:75%", "left:25%", "left:25%"],
  );
  assert.equal(page.querySelector("ol")!.getAttribute("style"), "--lanes:26px");
});

Deno.test("many lanes take no more room than there is for them", () => {
  const many = Array.from({ length: 20 }, (_, at) => row(`s${at}`));
  const reads = many.map(({ name }) => name);
  const page = shown(stepList([...many, row("all", { reads })]));
  assert.equal(page.querySelector("ol")!.getAttribute("style"), "--lanes:150px");
  assert.equal(page.querySelector(".lanes svg")!.getAttribute("viewBox"), "0 0 260 40");
});

Deno.test("the list is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt(
    "step-list",
    stepList([row("a"), row("b", { reads: ["a"], share: 0.5 }), row("c", { reads: ["a"] })]),
  );
});
