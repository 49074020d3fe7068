/** What a search tried: each trial, and how its results lie. */
import { given } from "../../given.ts";
import { searchTable } from "../search/search_table.ts";
import { documentSentence } from "../search/search_text.ts";
import { type ChartPoint, scatter } from "./chart/scatter.ts";
import { figureOf, measureOf, qualityName } from "../figures.ts";
import { html } from "./html.ts";
import { folded, type Section, tableHtml } from "./section.ts";
import type { Subject } from "../subject.ts";

/** More trials than this are folded away. */
const MOST = 40;

/** The section; undefined where nothing was searched. */
export function searchSection({ graph, document: { search } }: Subject): Section | undefined {
  if (search === undefined) return undefined;
  const { head, rows, notes, left } = searchTable(search, graph.recipe.metrics);
  const measured = search.trials.flatMap(({ metrics }) => metrics === undefined ? [] : [metrics]);
  const quality = qualityName(graph.recipe.metrics, measured);
  const points = search.trials.flatMap(({ metrics }, at): ChartPoint[] => {
    const x = metrics && figureOf(metrics, "bytes");
    const y = metrics && quality !== undefined ? figureOf(metrics, quality) : undefined;
    if (x === undefined || y === undefined) return [];
    const role = at === search.winner ? "result" : undefined;
    return [{ name: `trial ${at + 1}`, x, y, ...given({ role }) }];
  });
  const measure = (name: string) => measureOf(graph.recipe.metrics, name);
  const table = tableHtml(head, rows, left);
  return {
    id: "search",
    title: "Search",
    body: [
      html`<p>${documentSentence(search)}</p>`,
      points.length === 0 || quality === undefined ? undefined : html`
        <div class="charts">
          <figure>${scatter(points, measure("bytes"), measure(quality))}</figure>
        </div>
      `,
      rows.length > MOST ? folded(`${rows.length} trials`, table) : table,
      notes.map((note) => html`<p class="quiet">${note}</p>`),
    ],
  };
}
