/** Two runs side by side. */
import type { RunComparison } from "../report/compare.ts";
import {
  comparedRuns,
  comparisonText,
  figureTable,
  stepTable,
} from "../report/comparison_tables.ts";
import { html } from "../report/html/html.ts";
import { markdownText } from "../report/markdown_text.ts";
import { tableMarkdown } from "../report/table.ts";
import type { Bundle } from "./displayable.ts";
import { bundle, tableContent } from "./forms.ts";

/** The comparison in three forms. */
export function displayComparison(comparison: RunComparison): Bundle {
  const runs = comparedRuns(comparison);
  const tables = [figureTable(comparison), stepTable(comparison)];
  const filled = tables.filter(({ rows }) => rows.length > 0);
  const notes = tables.filter(({ rows }) => rows.length === 0).flatMap((table) => table.notes);
  return bundle(
    comparisonText(comparison),
    [...runs.map(markdownText), ...filled.map(tableMarkdown), ...notes].join("\n\n"),
    [
      runs.map((run) => html`<p class="quiet">${run}</p>`),
      filled.map(tableContent),
      notes.map((note) => html`<p>${note}</p>`),
    ],
  );
}
