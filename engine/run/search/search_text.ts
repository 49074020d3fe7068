/** A search in sentences. */
import type { Json } from "../../digest.ts";
import { quantityInWords } from "../../recipe/check_claim.ts";
import type { SearchPlan } from "../../recipe/search/search.ts";
import { sizeOfSpace } from "../../recipe/search/space.ts";
import { durationText, wholeText } from "../quantity.ts";
import { type SearchDocument, type SearchEnd, winnerOf } from "./search_document.ts";
import type { Trial } from "./trial.ts";

/** `tpe over width × ratio, 51 points: at most 60 trials, none begun after 20 min`. */
export function planSentence({ strategy, variables, space, budget }: SearchPlan): string {
  const { trials, seconds } = budget;
  const points = sizeOfSpace(space);
  const over = variables.map(({ name }) => name).join(" × ");
  const bounds = [
    `at most ${wholeText(Math.min(points, trials ?? points))} trials`,
    ...(seconds === undefined ? [] : [`none begun after ${durationText(seconds)}`]),
  ];
  return `${strategy} over ${over}, ${wholeText(points)} points: ${bounds.join(", ")}`;
}

/** `minimize result.bytes where result.accuracy >= teacher.accuracy - 1 point`. */
export function aimSentence({ direction, aim, where }: SearchPlan): string {
  const claims = where.map(({ text }) => text).join(" and ");
  return `${direction} ${aim.text}${claims === "" ? "" : ` where ${claims}`}`;
}

/** `width=0.25 scheme=int4`. */
export function valuesText(values: Readonly<Record<string, Json>>): string {
  return Object.entries(values).map(([name, value]) =>
    `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`
  ).join(" ");
}

/** `result.bytes 42.1 kB` and, where a claim is missed, the first of them. */
export function trialSentence({ aim }: SearchPlan, trial: Trial): string {
  const { value, where, failed } = trial;
  if (failed !== undefined) return `failed: ${failed}`;
  const found = `${aim.text} ${quantityInWords(value ?? NaN, aim.claim.dimension)}`;
  const [missed, ...more] = where.filter(({ met }) => !met);
  if (missed === undefined) return found;
  return `${found}, but ${missed.claim}: ${missed.sentence}${
    more.length === 0 ? "" : `, and ${more.length} more`
  }`;
}

const ends: Readonly<Record<SearchEnd, string>> = {
  trials: "the trials of its budget",
  time: "the time of its budget is over",
  points: "nothing is left to try",
  failed: "a trial failed",
  interrupted: "it was interrupted",
};

/** `14 trials of 204 points by tpe (nothing is left to try); the best is trial 9: width=0.25, result.bytes 42.1 kB`. */
export function endSentence(
  plan: SearchPlan,
  trials: readonly Trial[],
  ended: SearchEnd,
): string {
  const winner = winnerOf(trials);
  const count = `${trials.length} ${trials.length === 1 ? "trial" : "trials"}`;
  const made = `${count} of ${wholeText(sizeOfSpace(plan.space))} points by ${plan.strategy}`;
  if (winner === undefined) return `${made} (${ends[ended]}); none came to anything`;
  const best = trials[winner]!;
  const which = best.violation === 0
    ? "the best is"
    : "none satisfies what it must; the least violating is";
  return `${made} (${ends[ended]}); ${which} trial ${winner + 1}: ${valuesText(best.values)}, ${
    trialSentence(plan, best)
  }`;
}

/** The same of a document that says no more than it holds. */
export function documentSentence(
  { trials, points, strategy, ended, winner }: SearchDocument,
): string {
  const count = `${trials.length} ${trials.length === 1 ? "trial" : "trials"}`;
  const made = `${count} of ${wholeText(points)} points by ${strategy} (${ends[ended]})`;
  if (winner === null) return `${made}; none came to anything.`;
  const best = trials[winner]!;
  return `${made}; ${
    best.satisfied ? "the best" : "none satisfies what it must; the least violating"
  } is trial ${winner + 1}: ${valuesText(best.values)}.`;
}
