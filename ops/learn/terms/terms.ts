/** The loss terms by name, and the field of a recipe that derives from them. */
import { Choice, ListOf, type Static } from "../../../engine/field.ts";
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
import { type Place, placesOf } from "./parts/match.ts";
import { nst } from "./nst.ts";
import { output } from "./output.ts";
import { heldLayers } from "./parts/own_weights.ts";
import { peers } from "./peers.ts";
import { perceptual } from "./perceptual.ts";
import { pkt } from "./pkt.ts";
import { rkd } from "./rkd.ts";
import { similarityPreserving } from "./similarity_preserving.ts";
import { softTargets } from "./soft_targets.ts";
import type { Matching, Term, TermBatch } from "./term.ts";
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
export const lossTermField = Choice(alternatives, { description: "The thing to listen to" });

/** A list of terms, summed. */
export const lossField = (options: { default?: readonly LossTerm[] } = {}) =>
  ListOf(lossTermField, { description: "The terms that are summed", minItems: 1, ...options });

/** A term as a recipe writes it, normalised. */
export type LossTerm = Static<typeof lossTermField>;

/** Whether a term listens to a teacher. */
export function readsTeacher(term: LossTerm): boolean {
  return terms[term.use].schema["x-teacher"] === true && realOf(term) === undefined;
}

/** Whether a term listens to what its teacher answers, and not to its layers alone. */
export function readsAnswers(term: LossTerm): boolean {
  return readsTeacher(term) && !("match" in term);
}

/** The data that a term reads in place of a teacher; undefined where it names none. */
export function realOf(term: LossTerm): string | undefined {
  return term.use === "adversarial" ? term.real : undefined;
}

/** Whether a term listens to the other models of a cohort. */
export function readsPeers(term: LossTerm): boolean {
  return terms[term.use].schema["x-peers"] === true;
}

/** Whether a term needs the labels of the samples. */
export function readsLabels(term: LossTerm): boolean {
  return term.use === "labels" || term.use === "dkd" ||
    term.use === "soft-targets" && term.teacher_errors === "swap";
}

/** Whether the answer that a term asks for is the sample itself. */
export function readsSample(term: LossTerm): boolean {
  return terms[term.use].schema["x-sample"] === true;
}

/** Whether a term compares what is made, whatever it is: pictures as well as classes. */
export function comparesOutputs({ use }: LossTerm): boolean {
  return use === "output" || use === "perceptual" || use === "adversarial";
}

/** Whether a term compares distributions over classes. */
export function comparesClasses({ use }: LossTerm): boolean {
  return use === "soft-targets" || use === "dkd" || use === "dist" || use === "peers";
}

/**
 * The places that a term compares inside the models, and what it asks of them; undefined where it compares none.
 * `replaced` are the layers of the student that gave way to groups of their name.
 */
export function matchOf(
  term: LossTerm,
  replaced: readonly string[] = [],
): { readonly places: readonly Place[]; readonly matching: Matching } | undefined {
  const { matching } = terms[term.use] as Term;
  return matching === undefined || !("match" in term)
    ? undefined
    : { places: placesOf(term.match, replaced), matching };
}

/** The layers whose weights a term holds down, and what it needs; undefined where it holds none. */
export function heldBy(
  term: LossTerm,
  model: Architecture,
): { readonly layers: readonly Layer[]; readonly needs: string } | undefined {
  const { holding } = terms[term.use] as Term;
  return holding && { layers: heldLayers(model, holding, term), needs: holding.needs };
}

/** The value of a term on a batch, before its weight. */
export function termValue(batch: TermBatch, term: LossTerm): Scalar {
  const { value } = terms[term.use] as Term;
  return value(batch, term);
}
