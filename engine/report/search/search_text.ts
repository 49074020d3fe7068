/** A search in sentences. */
import { quantityInWords } from "../../recipe/claims/check_claim.ts";
import type { SearchPlan } from "../../recipe/recipe.ts";
import { sizeOfSpace } from "../../recipe/search/space.ts";
import { durationText, valuesText, wholeText } from "../../quantity.ts";
import type { RecipePlan, SearchDocument, SearchEnd } from "./search_document.ts";
import type { Trial } from "./trial.ts";

/** `tpe over width × ratio, 51 points: at most 60 trials, none begun after 20 min`. */
export function planSentence({ strategy, variables, space, budget }: SearchPlan): string {
  const { trials, seconds } = budget;
  const points = sizeOfSpace(space);
  const over = variables.map(({ name }) => name).join(" × ");
  const bounds = [
    `at most ${trialsText(Math.min(points, trials ?? points))}`,
    ...(seconds === undefined ? [] : [`none begun after ${durationText(seconds)}`]),
  ];
  return `${strategy} over ${over}, ${wholeText(points)} points: ${bounds.join(", ")}`;
}

/** `minimize result.bytes where result.accuracy >= teacher.accuracy - 1 point`. */
export function aimSentence({ direction, aim, where }: SearchPlan): string {
  const claims = where.map(({ text }) => text).join(" and ");
  return `${direction} ${aim.text}${claims === "" ? "" : ` where ${claims}`}`;
}

/** `1 trial`, `14 trials`. */
export function trialsText(count: number): string {
  return `${wholeText(count)} ${count === 1 ? "trial" : "trials"}`;
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

const ends: Readonly<Record<Exclude<SearchEnd, "interrupted">, string>> = {
  trials: "the trials of its budget",
  time: "the time of its budget is over",
  points: "nothing is left to try",
  failed: "a trial failed",
};

/** `14 trials of 204 points by tpe (nothing is left to try); the best is trial 9: width=0.25.` */
export function documentSentence(
  { trials, points, most, strategy, ended, winner }: SearchDocument,
): string {
  const why = ended === "interrupted"
    ? `interrupted after ${wholeText(trials.length)} of at most ${trialsText(most)}`
    : ends[ended];
  const made = `${trialsText(trials.length)} of ${
    wholeText(points)
  } points by ${strategy} (${why})`;
  if (winner === null) return `${made}; none came to anything.`;
  const best = trials[winner]!;
  return `${made}; ${
    best.satisfied ? "the best" : "none satisfies what it must; the least violating"
  } is trial ${winner + 1}: ${valuesText(best.values)}.`;
}

/** What is known of a search, and of which of its trials the steps below are. */
export function searchLines({ search }: RecipePlan): string[] {
  if (search === undefined) return [];
  const { plan, document, ahead } = search;
  const count = document.trials.length;
  const { budget } = plan;
  const recorded = ahead.length === 0 ? [documentSentence(document), "the steps of the winner:"] : [
    ...(count === 0 ? [] : [
      `${trialsText(count)} ${count === 1 ? "is" : "are"} recorded` +
      (document.winner === null
        ? ""
        : `, the best is ${valuesText(document.trials[document.winner]!.values)}`),
    ]),
    ...ahead.map((values, at) => `trial ${count + at + 1}  ${valuesText(values)}`),
    budget.trials === count + ahead.length
      ? "that is all"
      : "what follows is open: it depends on what these come to, or on the time",
    `the steps of trial ${count + 1}:`,
  ];
  return [aimSentence(plan), planSentence(plan), ...recorded];
}
