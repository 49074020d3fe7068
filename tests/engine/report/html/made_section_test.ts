import assert from "node:assert/strict";
import { madeSection } from "../../../../engine/report/html/made_section.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { texts } from "../support/parse_html.ts";
import { outcome, shownSection, subject } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { rich } from "../support/rich.ts";

const ops = fakeOps();
const made = { url: "data:image/png;base64,AA", width: 30, height: 20 };
const graph = graphOf([
  { name: "teacher", op: ops.constant, params: { value: 1 } },
  { name: "student", op: ops.constant, params: { value: 1 } },
  { name: "alone", op: ops.score, inputs: { model: "student" } },
  { name: "against", op: ops.score, inputs: { model: "student", reference: "teacher" } },
]);
const section = (step: string, note: Parameters<typeof outcome>[0]) =>
  madeSection(subject(graph, { outcomes: new Map([[step, outcome(note)]]) }));

Deno.test("what a model makes is shown below the samples, or below what its reference makes", () => {
  const alone = shownSection(section("alone", { made }));
  assert.deepEqual(texts(alone, "h3"), ["student below the samples themselves"]);
  const image = shownSection(section("against", { made })).querySelector("img")!;
  assert.deepEqual(
    ["src", "width", "height", "alt"].map((name) => image.getAttribute(name)),
    [made.url, "60", "40", "the first samples: teacher above, student below"],
  );
});

Deno.test("what is no picture of ours is not shown", () => {
  for (
    const note of [
      {},
      { made: "x" },
      { made: { ...made, url: "https://example.org/a.png" } },
      { made: { ...made, url: 1 } },
      { made: { ...made, width: "1" } },
      { made: { ...made, height: null } },
    ]
  ) assert.equal(section("alone", note), undefined);
  assert.equal(section("teacher", { made }), undefined, "it measures nothing");
});

Deno.test("the section is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("made", madeSection(rich)!.body);
});
