/** What a report says of a search, read by a parser that is not ours. */
import assert from "node:assert/strict";
import { memoryStore } from "../../../../mod.ts";
import { numbers } from "../../run/search/numbers.ts";
import { active, type Element, parsed, rows, texts } from "../parse_html.ts";

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
