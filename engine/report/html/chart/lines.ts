/** Lines over a common axis, each named at its end. */
import { type Html, html } from "../html.ts";
import { axisFor, type Measure } from "./axis.ts";
import { area, framed } from "./frame.ts";

/** One line. */
export interface Line {
  readonly name: string;
  /** The same number is the same colour in every chart; absent: the colour of text. */
  readonly colour?: number;
  readonly points: readonly (readonly [number, number])[];
}

/** Names stand at least this far apart. */
const LINE_HEIGHT = 13;

/** How many colours there are; a further line takes the first again. */
const COLOURS = 6;

/** A chart of lines. Throws a RangeError where there is nothing to draw. */
export function lines(drawn: readonly Line[], measureX: Measure, measureY: Measure): Html {
  const all = drawn.flatMap(({ points }) => points);
  if (all.length === 0) throw new RangeError("Cannot draw a chart of no points");
  const widest = Math.max(...drawn.map(({ name }) => [...name].length));
  const right = area.right - Math.min(160, 6 * widest + 8);
  const x = axisFor(measureX, all.map(([x]) => x), [area.left + 6, right], 5);
  const y = axisFor(measureY, all.map(([, y]) => y), [area.bottom, area.top], 5);
  const whole = { ...x, ticks: x.ticks.filter((tick) => Number.isInteger(tick) && tick >= 1) };
  const ends = spread(drawn.map(({ points }) => y.at(points.at(-1)![1])));
  const title = `${measureY.label} over ${measureX.label}: ${
    drawn.map(({ name, points }) =>
      `${name} from ${measureY.write(points[0]![1])} to ${measureY.write(points.at(-1)![1])}`
    ).join(", ")
  }`;
  return framed(
    whole,
    y,
    title,
    drawn.map(({ name, colour, points }, at) =>
      html`
        <g
          class="${colour === undefined
            ? "total"
            : `s${colour % COLOURS}`}"><path class="line" d="M${points.map(([a, b]) =>
              `${x.at(a)} ${y.at(b)}`
            ).join("L")}"/>${points.length === 1
            ? html`
              <circle class="dot" cx="${x.at(points[0]![0])}" cy="${y.at(points[0]![1])}" r="3" />
            `
            : undefined}<text class="end" x="${x.at(points.at(-1)![0]) + 7}" y="${ends[at]! +
            4}">${name}</text></g>
      `
    ),
  );
}

/** The same heights in the same order, moved apart where they are too near. */
function spread(heights: readonly number[]): number[] {
  const order = heights.map((height, at) => ({ height, at })).sort((a, b) => a.height - b.height);
  let last = -Infinity;
  for (const each of order) last = each.height = Math.max(each.height, last + LINE_HEIGHT);
  const over = last - area.bottom;
  if (over > 0) { for (const each of order) each.height -= over; }
  return order.sort((a, b) => a.at - b.at).map(({ height }) => height);
}
