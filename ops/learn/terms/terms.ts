/** The loss terms by name, and the field of a recipe that derives from them. */
import type { Json } from "../../../engine/digest.ts";
import type { Task } from "../../../engine/facts.ts";
import { Choice, ListOf, type Static } from "../../../engine/field.ts";
import { chosenDefinition } from "../../../engine/own/entry.ts";
import { readsSource, type TermSource } from "../../../engine/loss_term.ts";
import type { Scalar } from "../../../engine/tensor/mod.ts";
import type { Architecture, Layer } from "../../model/model.ts";
import { adversarial } from "./adversarial.ts";
import { attentionScores } from "./attention_scores.ts";
import { attentionTransfer } from "./attention_transfer.ts";
import { bnScale } from "./bn_scale.ts";
import { correlationCongruence } from "./correlation_congruence.ts";
import { dist } from "./dist.ts";
import { dkd } from "./dkd.ts";
import { elbo } from "./elbo.ts";
import { fsp } from "./fsp.ts";
import { groupLasso } from "./group_lasso.ts";
import { hint } from "./hint.ts";
import { labels } from "./labels.ts";
import { logits } from "./logits.ts";
import { type MatchedPlaces, placesOf } from "./parts/match.ts";
import { nst } from "./nst.ts";
import { output } from "./output.ts";
import { penalisedLayers } from "./parts/own_weights.ts";
import { peers } from "./peers.ts";
import { perceptual } from "./perceptual.ts";
import { pkt } from "./pkt.ts";
import { rkd } from "./rkd.ts";
import { similarityPreserving } from "./similarity_preserving.ts";
import { softTargets } from "./soft_targets.ts";
import type { Discriminator, Matching, Term, TermBatch } from "./term.ts";
import { valueRelations } from "./value_relations.ts";

/** Every term, simple to complex. One more row is one more word of the language. */
const terms = {
  labels,
  "soft-targets": softTargets,
  logits,
  dkd,
  dist,
  peers,
  hint,
  "attention-transfer": attentionTransfer,
  fsp,
  "similarity-preserving": similarityPreserving,
  pkt,
  nst,
  rkd,
  "correlation-congruence": correlationCongruence,
  "attention-scores": attentionScores,
  "value-relations": valueRelations,
  output,
  perceptual,
  elbo,
  adversarial,
  "bn-scale": bnScale,
  "group-lasso": groupLasso,
};

type Terms = typeof terms;

const alternatives = Object.fromEntries(
  Object.entries(terms).map(([name, { schema }]) => [name, schema]),
) as { [N in keyof Terms]: Terms[N]["schema"] };

/** One chosen term. */
export const lossTermField = Choice(alternatives, {
  description: "What the loss compares or penalises",
  own: { list: "terms" },
});

/** Defaults of a loss for data of other tasks than classification, as a recipe writes them. */
export type TaskDefaults = Readonly<Partial<Record<Task, Json>>>;

/** A list of terms, summed. */
export const lossField = (
  options: { default?: readonly LossTerm[]; "x-task-defaults"?: TaskDefaults } = {},
) => ListOf(lossTermField, { description: "The terms that are summed", minItems: 1, ...options });

/** A term as a recipe writes it, normalised. */
export type LossTerm = Static<typeof lossTermField>;

/** The usual loss where there is a teacher of classes: a little of the labels, and more of what the teacher says. */
export const TEACHER_LOSS = [
  { use: "labels", weight: 0.1 },
  { use: "soft-targets", weight: 0.9, temperature: 4 },
] as const;

/** What is stated of the kind of a chosen term. */
export function termOf(term: LossTerm): Term {
  return chosenDefinition<Term>(term) ?? terms[term.use] as Term;
}

/** Whether a term reads a source. */
export function reads(term: LossTerm, source: TermSource): boolean {
  return readsSource(termOf(term).reads, term, source);
}

/** Whether a term reads a teacher: its outputs, or the values inside it. */
export function readsTeacher(term: LossTerm): boolean {
  return reads(term, "teacher") || reads(term, "features");
}

/** Whether a term names its own teacher. */
export function namesTeacher(
  term: LossTerm,
): term is Extract<LossTerm, { readonly teacher?: string }> & { readonly teacher: string } {
  return "teacher" in term && term.teacher !== undefined;
}

/** How a term uses its auxiliary model as a discriminator; undefined where it does not. */
export function discriminatorOf(term: LossTerm): Discriminator | undefined {
  return termOf(term).discriminator?.(term);
}

/** The name of a term's auxiliary model; undefined where it has none. */
export function auxiliaryName(term: LossTerm): string | undefined {
  return reads(term, "auxiliary") ? (term as { readonly through: string }).through : undefined;
}

/**
 * The places that a term compares inside the models, and what it asks of them; undefined where it compares none.
 * `replaced` are the layers of the student that gave way to groups of their name.
 */
export function matchOf(
  term: LossTerm,
  replaced: readonly string[] = [],
): { readonly places: readonly MatchedPlaces[]; readonly matching: Matching } | undefined {
  const { matching } = termOf(term);
  return matching === undefined || !("match" in term)
    ? undefined
    : { places: placesOf(term.match, replaced), matching };
}

/** The layers whose weights a term penalises, and what it needs; undefined where it penalises none. */
export function penalisedBy(
  term: LossTerm,
  model: Architecture,
): { readonly layers: readonly Layer[]; readonly needs: string } | undefined {
  const { penalises } = termOf(term);
  return penalises && { layers: penalisedLayers(model, penalises, term), needs: penalises.needs };
}

/** The value of a term on a batch, before its weight. */
export function termValue(batch: TermBatch, term: LossTerm): Scalar {
  return termOf(term).value(batch, term);
}
