/** A hundred thousand mutated recipes: a diagnosis or a valid expansion each, never a stack trace. */
import { mutateTexts, mutateValues, sets } from "../engine/recipe/fuzz.ts";

const RUNS = 25_000;

for (const [name, ops] of Object.entries(sets)) {
  Deno.test(`${RUNS} recipes with some fields changed: ${name} ops`, () => {
    mutateValues(ops, RUNS, 5);
  });

  Deno.test(`${RUNS} texts with some characters changed: ${name} ops`, () => {
    mutateTexts(ops, RUNS, 6);
  });
}
