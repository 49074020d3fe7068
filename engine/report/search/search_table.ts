/** The table of a search: one row per trial, the winner marked, its variables first, and whether its claims hold. */
import type { MetricSet } from "../../metrics.ts";
import { quantityInWords } from "../../recipe/claims/check_claim.ts";
import { parseClaim } from "../../recipe/claims/parse_claim.ts";
import { type PointRow, pointTable } from "../sweep/sweep_table.ts";
import type { Table } from "../table.ts";
import type { SearchDocument, TrialDocument } from "./search_document.ts";

/** The table. */
export function searchTable(
  { trials, winner, where, ...document }: SearchDocument,
  metrics: MetricSet,
): Table {
  const aim = document.minimize ?? document.maximize ?? "";
  const read = parseClaim(`${aim} = ${aim}`, metrics);
  const dimension = "claim" in read ? read.claim.dimension : "plain";
  const groups = trials.map(({ values, metrics }, at): PointRow => ({
    values,
    metrics,
    accuracy: undefined,
    difference: undefined,
    shrinkage: undefined,
    pareto: at === winner,
  }));
  const { head, rows, left = 1 } = pointTable(groups, true, []);
  const [mark, ...cells] = head as [string, ...string[]];
  return {
    head: [mark, "trial", ...cells.slice(0, left - 1), aim, ...cells.slice(left - 1), "holds"],
    rows: rows.map(([mark = "", ...cells], at) => {
      const { value } = trials[at]!;
      return [
        mark,
        String(at + 1),
        ...cells.slice(0, left - 1),
        value === null ? "–" : quantityInWords(value, dimension),
        ...cells.slice(left - 1),
        holdsText(trials[at]!),
      ];
    }),
    left: left + 1,
    notes: [
      "Measured on validation samples, ± 95 % interval of them." +
      (where.length === 0 ? "" : ` ✓ ${where.join(" and ")}.`),
    ],
  };
}

function holdsText({ satisfied, failed }: TrialDocument): string {
  return failed !== undefined ? "failed" : satisfied ? "✓" : "✗";
}
