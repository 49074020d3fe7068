/** The claims of a recipe, checked against what was measured. */
import type { Problem } from "./problem.ts";

/** A claim, checked. */
export interface Expectation {
  readonly claim: string;
  readonly met: boolean;
  /** The values of both sides; null where something was not measured. */
  readonly left: number | null;
  readonly right: number | null;
  /** Both sides in words: `92.3 % is 0.1 points below 92.4 %`. */
  readonly sentence: string;
  readonly place: Problem["place"];
}
