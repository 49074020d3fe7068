/** The result table, and when each row was measured. */
import { resultTable } from "../run/table.ts";
import { html } from "./html.ts";
import { measuredWhen } from "./provenance.ts";
import { type Section, tableHtml } from "./section.ts";
import type { Subject } from "./subject.ts";

/** The section. */
export function tableSection({ graph, document }: Subject): Section | undefined {
  const { models } = document;
  if (models.length === 0) return undefined;
  const { head, rows, notes } = resultTable(graph, models);
  const when = measuredWhen(graph, document);
  return {
    id: "models",
    title: "Models",
    body: html`${
      tableHtml(
        [...head, "measured (UTC)"],
        rows.map((row, at) => {
          const { name } = models[at]!;
          const [label, ...cells] = row;
          const words = (label ?? name).replace(/ {2}result$/, "");
          return [
            html`${words}${
              name === graph.recipe.result
                ? html`
                  <mark>result</mark>
                `
                : undefined
            }`,
            ...cells,
            html`<span class="quiet">${when.get(name) ?? "–"}</span>`,
          ];
        }),
      )
    }${notes.map((note) => html`<p class="quiet">${note}</p>`)}`,
  };
}
