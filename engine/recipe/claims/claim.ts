/** Claims about results: `result.accuracy >= teacher.accuracy - 1 point`. */

import type { Dimension } from "../../metrics.ts";

/** `metric` or `quantity`, times or divided by a number. */
export type ClaimTerm =
  & { readonly times?: number; readonly over?: number }
  & (
    | { readonly model: string; readonly metric: string; readonly key?: string }
    | { readonly quantity: number; readonly dimension: Dimension; readonly text: string }
  );

/** One side: a term, or two with a sign between. */
export interface ClaimValue {
  /** What stands first. */
  readonly first: ClaimTerm;
  /** Absent where the first term is all. */
  readonly sign?: "+" | "-";
  /** What is added or taken away. */
  readonly second?: ClaimTerm;
}

/** A parsed claim. */
export interface Claim {
  /** Before the relation. */
  readonly left: ClaimValue;
  /** What must hold. */
  readonly relation: "<=" | ">=" | "<" | ">" | "=";
  /** Behind it. */
  readonly right: ClaimValue;
  /** What both sides measure. */
  readonly dimension: Dimension;
}

/** A claim and where it stands. */
export interface PlacedClaim {
  /** As written. */
  readonly text: string;
  /** As understood. */
  readonly claim: Claim;
  /** Its field: `expect.0`. */
  readonly path: string;
}

/** What is wrong with a claim: `offset` and `length` mark it in the line. */
export interface ClaimProblem {
  readonly code: "claim" | "claim-unit";
  readonly message: string;
  readonly help?: string;
  readonly offset: number;
  readonly length: number;
}
