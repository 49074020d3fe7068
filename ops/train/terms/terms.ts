/** The loss terms by name, and the field of a recipe that derives from them. */
import { Choice, ListOf, type Static } from "../../../engine/field.ts";
import type { Scalar } from "../../../engine/tensor/mod.ts";
import { labels } from "./labels.ts";
import { logits } from "./logits.ts";
import { softTargets } from "./soft_targets.ts";
import type { Term, TermBatch } from "./term.ts";

/** Every term, simple to complex. One more row is one more word of the language. */
const terms = { labels, "soft-targets": softTargets, logits };

type Terms = typeof terms;

const alternatives = Object.fromEntries(
  Object.entries(terms).map(([name, { schema }]) => [name, schema]),
) as { [N in keyof Terms]: Terms[N]["schema"] };

/** One chosen term. */
export const lossTermField = Choice(alternatives, { description: "The thing to listen to" });

/** A list of terms, summed. */
export const lossField = (options: { default?: readonly LossTerm[] } = {}) =>
  ListOf(lossTermField, { description: "The terms that are summed", minItems: 1, ...options });

/** A term as a recipe writes it, normalised. */
export type LossTerm = Static<typeof lossTermField>;

/** Whether a term listens to a teacher. */
export function readsTeacher(term: LossTerm): boolean {
  return terms[term.use].schema["x-teacher"] === true;
}

/** The value of a term on a batch, before its weight. */
export function termValue(batch: TermBatch, term: LossTerm): Scalar {
  const { value } = terms[term.use] as Term;
  return value(batch, term);
}
