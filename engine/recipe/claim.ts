/** Claims about results (language §1.10): `result.accuracy >= teacher.accuracy - 1 point`. */

/** What a number measures; both sides of a claim have one dimension. */
export type Dimension = "fraction" | "bytes" | "count" | "time" | "plain";

/** `metric` or `quantity`, times or divided by a number. */
export type ClaimTerm =
  & { readonly times?: number; readonly over?: number }
  & (
    | { readonly model: string; readonly metric: string; readonly key?: string }
    | { readonly quantity: number; readonly dimension: Dimension; readonly text: string }
  );

/** One side: a term, or two with a sign between. */
export interface ClaimValue {
  readonly first: ClaimTerm;
  readonly sign?: "+" | "-";
  readonly second?: ClaimTerm;
}

/** A parsed claim. */
export interface Claim {
  readonly left: ClaimValue;
  readonly relation: "<=" | ">=" | "<" | ">" | "=";
  readonly right: ClaimValue;
  readonly dimension: Dimension;
}
