/** Plans of searches and their trials, written by hand. */
import type { SearchPlan } from "../../../../engine/recipe/recipe.ts";
import type { Trial } from "../../../../engine/report/search/trial.ts";
import { claimed } from "../support/subject.ts";

/** A search over `x` for the fewest bytes. */
export const plan = (more: Partial<SearchPlan> = {}): SearchPlan => ({
  variables: [{ name: "x", values: [10, 20, 30] }],
  space: [{ count: 3, even: true }],
  strategy: "grid",
  seed: 0,
  aim: { ...claimed("result.bytes = result.bytes"), text: "result.bytes" },
  direction: "minimize",
  where: [],
  budget: { trials: 2 },
  ...more,
});

/** A trial that came to something. */
export const trial = (more: Partial<Trial> = {}): Trial => ({
  point: [0],
  values: { x: 10 },
  value: 2000,
  score: 2000,
  violation: 0,
  where: [],
  seconds: 1,
  ...more,
});
