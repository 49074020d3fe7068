/** The frame of a chart: its ticks, its grid, what its axes measure. Sizes are those of a phone; charts scale up. */
import { type Content, type Html, html } from "../html.ts";
import { type ChartAxis, tickText } from "./axis.ts";

/** The picture's size and the room inside the frame. */
interface Area {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The area of every chart. */
export const area: Area = { width: 420, height: 264, left: 46, right: 404, top: 26, bottom: 226 };

/** A chart: axes and what is drawn between them. `title` is read to those who do not see it. */
export function framed(x: ChartAxis, y: ChartAxis, title: string, drawn: Content): Html {
  const { left, right, bottom } = area;
  return html`<svg class="chart" viewBox="0 0 ${area.width} ${area.height}" role="img" aria-label="${title}">
<g class="grid">${
    y.ticks.map((tick) =>
      html`
        <path d="M${left} ${y.at(tick)}H${right}" />
      `
    )
  }</g>
<g class="ticks">${
    y.ticks.map((tick) =>
      html`<text x="${left - 6}" y="${y.at(tick) + 4}" text-anchor="end">${
        tickText(y, tick)
      }</text>`
    )
  }${
    x.ticks.map((tick) =>
      html`
        <path d="M${x.at(tick)} ${bottom}v4" />
        <text x="${x.at(tick)}" y="${bottom + 17}" text-anchor="middle">${tickText(x, tick)}</text>
      `
    )
  }</g>
<path class="axis" d="M${left} ${bottom}H${right}"/>
<text class="measure" x="${left - 6}" y="12" text-anchor="start">${y.measure.label}</text>
<text class="measure" x="${right}" y="${bottom + 33}" text-anchor="end">${x.measure.label}</text>
${drawn}</svg>`;
}
