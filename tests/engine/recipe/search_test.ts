/** `search` is read whole before it is refused: what is wrong with it is said, not that it comes later. */
import assert from "node:assert/strict";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { fakeOps } from "./fake_ops.ts";

const whole = `over:
    width: [0.25, 0.35]
    ratio: { min: 0.1, max: 0.9, step: 0.05 }
  minimize: result.bytes
  where: result.accuracy >= model.accuracy - 1 point
  budget: { time: 20 min, trials: 60 }
  strategy: tpe`;

function wrongOf(search: string): string[] {
  const text = `decant: 1
name: smallest
data: digits
variables: { width: 0.25, ratio: 0.5 }
model: { use: mobilenet-v1, width: $width, train: { epochs: 1 } }
prune: { granularity: channel, ratio: $ratio }
search:
  ${search}
`;
  return parseRecipe(text, "x.yaml", fakeOps).diagnostics.map(({ code, path }) =>
    `${code} ${path}`
  );
}

Deno.test("a search that is sound is refused with one sentence", () => {
  assert.deepEqual(wrongOf(whole), ["not-yet search"]);
});

for (
  const [what, from, to, expected] of [
    ["a variable that is not there", "width:", "wdith:", "unknown-name search.over.wdith"],
    ["two aims", "strategy: tpe", "maximize: result.accuracy", "unknown-field search"],
    ["an aim that is no metric", "result.bytes", "result.bites", "claim search.minimize"],
    ["an aim that is a number", "result.bytes", "3 kB", "claim search.minimize"],
    ["a claim that is none", ">=", "", "claim search.where"],
    ["an empty budget", "{ time: 20 min, trials: 60 }", "{}", "missing-field search.budget"],
    ["a time without a unit", "20 min", '"20"', "out-of-range search.budget"],
    ["a time in bytes", "20 min", "20 kB", "out-of-range search.budget"],
    ["no budget", "budget: { time: 20 min, trials: 60 }\n  ", "", "missing-field search"],
    ["a strategy that is not there", "tpe", "luck", "unknown-value search.strategy"],
  ] as const
) {
  Deno.test(`in a search: ${what}`, () => {
    assert.deepEqual(wrongOf(whole.replace(from, to)).slice(0, 1), [expected]);
  });
}

Deno.test("a search that aims at nothing says so", () => {
  assert.deepEqual(wrongOf(whole.replace("minimize: result.bytes\n  ", "")), [
    "missing-field search",
  ]);
});
