/** The result table, and when each row was measured. */
import type { Graph } from "../../graph/graph.ts";
import { resultTable, type Table } from "../table.ts";
import { type Content, html } from "./html.ts";
import { measuredWhen } from "../provenance.ts";
import { folded, type Section, tableHtml } from "./section.ts";
import type { Subject } from "../subject.ts";

/** The section: models, or points of a sweep with the models folded away. */
export function tableSection({ graph, document, table }: Subject): Section | undefined {
  const { models, points, folded: left } = document;
  if (models.length === 0) return undefined;
  const when = measuredWhen(graph, document);
  const names = models.map(({ name }) => name);
  if (points === undefined) {
    return { id: "models", title: "Models", body: modelTable(graph, table, names, when) };
  }
  const measured = points.map(({ results }) => together(results.map((name) => when.get(name))));
  const all = modelTable(graph, resultTable(graph, models), names, when);
  return {
    id: "models",
    title: "Points",
    body: [dated(table, table.rows, measured), folded(allModels(models.length, left?.models), all)],
  };
}

const allModels = (count: number, left = 0): string =>
  left === 0 ? `all ${count} models` : `${count} of ${count + left} models`;

function modelTable(
  graph: Graph,
  table: Table,
  names: readonly string[],
  when: ReadonlyMap<string, string>,
): Content {
  const rows = table.rows.map(([label = "", ...cells], at) => [
    names[at] === graph.recipe.result
      ? html`${label.replace(/ {2}result$/, "")} <mark>result</mark>`
      : label,
    ...cells,
  ]);
  return dated(table, rows, names.map((name) => when.get(name)));
}

/** A table with a last column that says when each row was measured. */
function dated(
  { head, notes, left }: Table,
  rows: readonly (readonly Content[])[],
  measured: readonly (string | undefined)[],
): Content {
  const table = tableHtml(
    [...head, "measured (UTC)"],
    rows.map((row, at) => [...row, html`<span class="quiet">${measured[at] ?? "–"}</span>`]),
    left,
  );
  return [table, notes.map((note) => html`<p class="quiet">${note}</p>`)];
}

function together(dates: readonly (string | undefined)[]): string | undefined {
  const words = [...new Set(dates.flatMap((date) => date ?? []))];
  return words.length > 2 ? `${words[0]} and ${words.length - 1} others` : words.join("; ");
}
