/** The front of a search: the trials that no other surpasses in both what is made small and how well the model answers. */
import type { Quality } from "../../recipe/words/drafts.ts";
import type { MetricSet } from "../../metrics.ts";
import { figureNamed, figureOf } from "../figures.ts";
import type { Table } from "../table.ts";
import type { SearchDocument, TrialDocument } from "./search_document.ts";
import { searchTable } from "./search_table.ts";

/** Columns that say nothing of size against quality that others do not say better. */
const NEEDLESS = ["MACs", "bytes", "gzip", "loss"];

/**
 * The table of the search, with those trials alone, the one of the best value first, and of the columns those that matter
 * here; a quality that is no column there becomes one.
 */
export function frontTable(
  document: SearchDocument,
  quality: Quality,
  metrics: MetricSet,
): Table {
  const { head, rows, ...table } = searchTable(document, metrics);
  const kept = head.flatMap((name, at) => NEEDLESS.includes(name) ? [] : [at]);
  const { label, write } = figureNamed(metrics, quality.metric);
  const added = !head.includes(label);
  const cells = (row: readonly string[], further: string) => {
    const cells = kept.map((at) => row[at]!);
    // In front of what the table ends with: whether the claims hold.
    return added ? cells.toSpliced(-1, 0, further) : cells;
  };
  const figure = (at: number) => write(qualityOf(document.trials[at]!, quality.metric));
  return {
    ...table,
    head: cells(head, label),
    rows: frontOf(document, quality).map((at) => cells(rows[at]!, figure(at))),
  };
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
