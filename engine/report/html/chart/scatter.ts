/** Points by two measures, with their intervals, each joined to the point it was made from. */
import { type Html, html } from "../html.ts";
import { axisFor, type Measure } from "./axis.ts";
import { area, framed } from "./frame.ts";
import { placeLabels } from "./place_labels.ts";

/** One point. */
export interface ChartPoint {
  /** As the chart says it. */
  readonly name: string;
  /** To the right. */
  readonly x: number;
  /** Upwards. */
  readonly y: number;
  /** The name of the point it was made from. */
  readonly from?: string;
  /** Half of the interval of `y`. */
  readonly half?: number;
  /** `best` points are joined: no other is as good in both measures. */
  readonly role?: "result" | "reference" | "best";
  /** Shown at the edge where it would stretch the axis: a stage on the way, not an outcome. */
  readonly passing?: boolean;
}

/** Of more points than this only those with a role are named. */
const MOST = 16;

/** A scatter chart. Throws a RangeError without points. */
export function scatter(points: readonly ChartPoint[], measureX: Measure, measureY: Measure): Html {
  if (points.length === 0) throw new RangeError("Cannot draw a chart of no points");
  const lasting = points.filter(({ passing }) => !passing);
  const scaledTo = lasting.length === 0 ? points : lasting;
  const x = axisFor(measureX, points.map((point) => point.x), [area.left, area.right], 5);
  const spans = scaledTo.flatMap(({ y, half = 0 }) => [y - half, y + half]);
  const y = axisFor(measureY, spans, [area.bottom, area.top], 5);
  const places = points.map((point) => {
    const at = y.at(point.y);
    const inside = Math.max(area.top, Math.min(area.bottom, at));
    const beyond = inside === at ? "" : ` ${measureY.write(point.y)} ${at > inside ? "↓" : "↑"}`;
    return { point, x: x.at(point.x), y: inside, beyond };
  });
  const byName = new Map(
    places.toReversed().map((place) => [place.point.name as string | undefined, place]),
  );
  const shown = places.length > MOST ? places.filter(({ point }) => point.role) : places;
  const front = places.filter(({ point }) => point.role === "best").sort((a, b) => a.x - b.x);
  const labels = placeLabels(
    shown.map(({ point, x, y, beyond }) => ({ x, y, text: `${point.name}${beyond}` })),
    { left: area.left, right: area.width - 2, top: 14, bottom: area.bottom - 2 },
    places.flatMap((place) => {
      const span = spanOf(place, y.at);
      return span === undefined
        ? []
        : [{ left: place.x - 2, right: place.x + 2, top: span.top, bottom: span.bottom }];
    }),
  );
  const title = `${measureY.label} against ${measureX.label}: ${
    points.map((point) => `${point.name} ${measureY.write(point.y)} at ${measureX.write(point.x)}`)
      .join(", ")
  }`;
  return framed(x, y, title, [
    front.length > 1
      ? html`
        <path class="front" d="M${front.map(({ x, y }) => `${x} ${y}`).join("L")}" />
      `
      : undefined,
    places.map((place) => walk(place, byName.get(place.point.from))),
    places.map((place) => interval(place, y.at)),
    places.map(({ point, x, y }) =>
      html`
        <circle class="point ${point.role ??
          (point.passing ? "passing" : "")}" cx="${x}" cy="${y}" r="4.5" />
      `
    ),
    labels.map(({ x, y, text, anchor }) =>
      html`<text class="label" x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`
    ),
  ]);
}

interface PlacedPoint {
  readonly point: ChartPoint;
  readonly x: number;
  readonly y: number;
}

function walk({ x, y }: PlacedPoint, from: PlacedPoint | undefined): Html | undefined {
  return from && html`
    <path class="walk" d="M${from.x} ${from.y}L${x} ${y}" />
  `;
}

/** From where to where the interval of a point is drawn; undefined where it has none. */
function spanOf({ point: { y, half, passing } }: PlacedPoint, at: (value: number) => number) {
  if (half === undefined || passing) return undefined;
  return { top: Math.max(area.top, at(y + half)), bottom: at(y - half) };
}

function interval(place: PlacedPoint, at: (value: number) => number) {
  const span = spanOf(place, at);
  return span && html`
    <path class="interval" d="M${place.x} ${span.bottom}V${span.top}" />
  `;
}
