/** What a report says of a search, read by a parser that is not ours. */
import assert from "node:assert/strict";
import { memoryStore } from "../../../../mod.ts";
import { numbers } from "../../run/search/numbers.ts";
import { searchSection } from "../../../../engine/report/html/search_section.ts";
import type { SearchDocument } from "../../../../engine/report/search/search_document.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { shownSection, subject } from "../support/subject.ts";
import { active, type Element, parsed, rows, texts } from "../support/parse_html.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { sweptAndSearched } from "../support/rich.ts";

/** The page of a search of numbers; its values are markup where they can be. */
async function page(search: Readonly<Record<string, unknown>>): Promise<Element> {
  const out = await Deno.makeTempDir();
  try {
    await numbers(search).recipe.run({ cache: memoryStore(), out });
    return parsed(await Deno.readTextFile(`${out}/report.html`));
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

const search = {
  over: { x: [4, 12, 30] },
  minimize: "result.bytes",
  where: "result.accuracy >= 95 %",
  budget: { trials: 9 },
  strategy: "grid",
};

Deno.test("the report of a search has a row for each trial, marks the winner, and runs nothing", async () => {
  const whole = await page(search);
  assert.deepEqual(active(whole), []);
  assert.deepEqual(texts(whole, "#search > p").slice(0, 1), [
    "3 trials of 3 points by grid (nothing is left to try); the best is trial 2: x=12.",
  ]);
  const trials = rows(whole, "#search table");
  assert.equal(trials.length, 3);
  // mark, trial, x, what is made small, …, whether it holds
  assert.match(trials[0]!, /^\W*1\W+4\W+4 kB.*✗$/);
  assert.match(trials[1]!, /^◆\W*2\W+12\W+12 kB.*✓$/);
  assert.match(trials[2]!, /^\W*3\W+30\W+30 kB.*✓$/);
  const chart = texts(whole, "#search svg").join(" ");
  for (const trial of [1, 2, 3]) assert.match(chart, new RegExp(`trial ${trial}`));
});

const graph = graphOf([{ name: "one", op: fakeOps().constant, params: { value: 1 } }]);
const bytes = (encoded: number) => ({ raw: 1, encoded, gzip: 1, format: "tfjs" });

/** A search of so many trials, of which that was measured. */
const searched = (count: number, metrics?: object): SearchDocument => ({
  strategy: "random",
  points: 100,
  most: count,
  minimize: "result.bytes",
  where: [],
  trials: Array.from({ length: count }, (_, x) => ({
    values: { x },
    value: x,
    satisfied: true,
    where: [],
    violation: 0,
    ...metrics && { metrics: { bytes: bytes(1 + x), metrics: {}, ...metrics } },
    seconds: 1,
  })),
  winner: 0,
  ended: "trials",
});
const section = (search?: SearchDocument) =>
  searchSection(subject(graph, { document: search === undefined ? {} : { search } }));

Deno.test("many trials are folded away, and a run without a search has no section", () => {
  assert.equal(section(), undefined);
  assert.deepEqual(texts(shownSection(section(searched(40))), "summary"), []);
  assert.deepEqual(texts(shownSection(section(searched(41))), "summary"), ["41 trials"]);
});

Deno.test("trials are drawn by size and quality where both were measured, the winner marked", () => {
  assert.equal(shownSection(section(searched(3))).querySelector("svg"), null);
  assert.equal(shownSection(section(searched(3, {}))).querySelector("svg"), null, "no quality");
  const drawn = shownSection(section(searched(3, { accuracy: 0.5 })));
  assert.deepEqual(
    [...drawn.querySelectorAll("circle")].map((each) => each.getAttribute("class")!.trim()),
    ["point result", "point", "point"],
  );
});

Deno.test("the section is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("search", searchSection(sweptAndSearched)!.body);
});
