/** The front of a search: the trials that no other surpasses in both what is made small and how well the model answers. */
import type { Quality } from "../../recipe/words/drafts.ts";
import type { MetricSet } from "../../metrics.ts";
import { figureOf } from "../figures.ts";
import type { Table } from "../table.ts";
import type { SearchDocument, TrialDocument } from "./search_document.ts";
import { searchTable } from "./search_table.ts";

/** The table of the search, with those trials alone, the one of the best value first. */
export function frontTable(
  document: SearchDocument,
  quality: Quality,
  metrics: MetricSet,
): Table {
  const { rows, ...table } = searchTable(document, metrics);
  return { ...table, rows: frontOf(document, quality).map((at) => rows[at]!) };
}

/** The indices of those trials. */
export function frontOf(
  { trials, maximize }: Pick<SearchDocument, "trials" | "maximize">,
  { metric, aim }: Quality,
): readonly number[] {
  // Less is better of both.
  const costs = trials.map((trial): readonly [number, number] => {
    const figure = qualityOf(trial, metric);
    const value = trial.value ?? NaN;
    return [maximize === undefined ? value : -value, aim === "minimize" ? figure : -figure];
  });
  const surpassed = ([value, loss]: readonly [number, number]) =>
    costs.some(([other, less]) => other <= value && less <= loss && (other < value || less < loss));
  return costs.flatMap((cost, at) => cost.some(Number.isNaN) || surpassed(cost) ? [] : [at])
    .toSorted((a, b) => costs[a]![0] - costs[b]![0]);
}

function qualityOf({ metrics }: TrialDocument, metric: string): number {
  return (metrics && figureOf(metrics, metric)) ?? NaN;
}
