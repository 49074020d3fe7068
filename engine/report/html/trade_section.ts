/** What was paid for what: size against quality of every measured model. */
import { scatter } from "./chart/scatter.ts";
import { html } from "./html.ts";
import { measureOf, qualityName } from "../figures.ts";
import { qualityChart } from "./quality_chart.ts";
import type { Section } from "./section.ts";
import type { Subject } from "../subject.ts";

/** The section; undefined where no quality was measured. */
export function tradeSection({ graph, document }: Subject): Section | undefined {
  const { models, points: swept } = document;
  const { metrics } = graph.recipe;
  const quality = qualityName(metrics, models);
  if (quality === undefined) return undefined;
  const sizes = ["bytes", "macs"].filter((name) =>
    models.some((row) => name === "bytes" ? row.bytes !== undefined : row.macs !== undefined)
  );
  const charts = sizes.map((size) => qualityChart(graph, document, size, quality))
    .filter(({ points }) => points.length > 0);
  if (charts.length === 0) return undefined;
  const counted = charts.some(({ points }) => points.some(({ half }) => half !== undefined));
  const sentences = swept === undefined
    ? [
      ...(counted ? ["Vertical lines are 95 % intervals."] : []),
      "A dotted line leads from a model to the one made from it.",
    ]
    : [
      ...(counted
        ? ["Vertical lines are one standard deviation of the repeats to either side."]
        : []),
      ...(swept.some(({ pareto }) => pareto) ? ["The line joins the points marked ◆."] : []),
    ];
  return {
    id: "trade",
    title: `Size against ${measureOf(metrics, quality).label}`,
    body: html`
      <div class="charts">${charts.map(({ x, y, points }) =>
        html`<figure>${scatter(points, measureOf(metrics, x), measureOf(metrics, y))}</figure>`
      )}</div>
      <p class="quiet">${sentences.join(" ")}</p>
    `,
  };
}
