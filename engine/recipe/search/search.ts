/** A search, read: what it varies, what it aims at, what it may spend, and the recipe at each of its points. */
import type { Json } from "../../digest.ts";
import type { ExpandedRecipe, PlacedClaim } from "../recipe.ts";
import type { Space, SpacePoint } from "./space.ts";
import type { StrategyName } from "./strategy.ts";

/** What a search is told. */
export interface SearchPlan {
  /** The variables and their values, in the order in which they are written. */
  readonly variables: readonly { readonly name: string; readonly values: readonly Json[] }[];
  /** An axis for each variable. */
  readonly space: Space;
  /** How the next point is chosen. */
  readonly strategy: StrategyName;
  /** Of what random trials are drawn: the recipe's seed. */
  readonly seed: number;
  /** The metric that is made best, as a claim that compares it with itself. */
  readonly aim: PlacedClaim;
  /** Whether less of it is better, or more. */
  readonly direction: "minimize" | "maximize";
  /** What a trial must satisfy to count. */
  readonly where: readonly PlacedClaim[];
  /** At least one of the two: the trials that are made, the time after which none is begun. */
  readonly budget: { readonly trials?: number; readonly seconds?: number };
}

/** A search of a recipe. */
export interface Search extends SearchPlan {
  /** The recipe at a point, as it is run when that has won. */
  recipe(point: SpacePoint): ExpandedRecipe;
  /** The recipe at a point, as it is tried: measured on validation, nothing exported. */
  trial(point: SpacePoint): ExpandedRecipe;
  /** Trials that together have each value of each variable once, to be checked before anything runs. */
  readonly probes: readonly ExpandedRecipe[];
}

/** The values of a point by the name of their variable. */
export function valuesAt(
  { variables }: Pick<SearchPlan, "variables">,
  point: SpacePoint,
): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    variables.map(({ name, values }, axis) => [name, values[point[axis]!]!]),
  );
}
