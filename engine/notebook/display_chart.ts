/** Two figures of every model against each other, drawn. */
import { scatter } from "../report/html/chart/scatter.ts";
import { html } from "../report/html/html.ts";
import { measureOf, type QualityChart } from "../report/html/quality_chart.ts";
import { type Table, tableMarkdown, tableText } from "../report/table.ts";
import type { Bundle } from "./displayable.ts";
import { bundle } from "./forms.ts";

/** The chart as a picture; as text the numbers in it. */
export function displayChart({ x, y, points }: QualityChart): Bundle {
  const [measureX, measureY] = [measureOf(x), measureOf(y)];
  const table: Table = {
    head: ["", measureX.label, measureY.label],
    rows: points.map((point) => [point.name, measureX.write(point.x), measureY.write(point.y)]),
    notes: [],
  };
  return bundle(
    tableText(table),
    tableMarkdown(table),
    points.length === 0
      ? html`<p>No model has both.</p>`
      : html`<figure>${scatter(points, measureX, measureY)}</figure>`,
  );
}
