/** Steps as a list, one row each, with lanes beside them that show what each of them read. */
import { type Content, type Html, html } from "./html.ts";
import { type LaneRow, laneRows } from "./lanes.ts";

/** Width of a lane and height of a row, in the drawing's own units. */
const [LANE, ROW] = [13, 40];

/** However many lanes there are, they take no more room than this. */
const LANES_ROOM = 150;

/** One row. */
export interface StepRow {
  readonly name: string;
  /** Steps above that it reads. */
  readonly reads: readonly string[];
  /** Which mark it gets: what became of it, or what would. */
  readonly mark: "ran" | "hit" | "failed" | "skipped";
  /** What it does, what came of it, how long it took. */
  readonly action: string;
  readonly came: string;
  readonly clock: string;
  /** 0…1 of the longest. */
  readonly share?: number;
  /** The whole story, for whoever points at the clock. */
  readonly title?: string;
}

/** The list. */
export function stepList(rows: readonly StepRow[]): Html {
  const beside = laneRows(rows);
  const lanes = beside.reduce((most, { lane, through }) => Math.max(most, lane, ...through), 0) + 1;
  return html`<ol class="steps" style="--lanes:${Math.min(LANES_ROOM, lanes * LANE)}px">${
    rows.map((row, at) =>
      html`
        <li class="${row.mark}">${drawn(beside[at]!, lanes)}
        <span class="name" title="${row.name}">${row.name}</span>
        <span class="action">${row.action}</span>
        <span class="came">${row.came}</span>
        ${clock(row)}</li>
      `
    )
  }</ol>`;
}

function clock({ clock, share = 0, title = "" }: StepRow): Content {
  const line = share < 0.01 ? undefined : html`<i style="width:${Math.round(100 * share)}%"></i>`;
  return html`<span class="clock" title="${title}">${line}${clock}</span>`;
}

/** The lanes beside one row; the drawing is stretched to the row's height, the mark is not. */
function drawn({ lane, through, into, out }: LaneRow, lanes: number): Html {
  const x = (of: number) => LANE * (of + 0.5);
  const middle = ROW / 2;
  const paths = [
    ...through.map((of) => `M${x(of)} 0V${ROW}`),
    ...into.map((of) =>
      of === lane
        ? `M${x(of)} 0V${middle}`
        : `M${x(of)} 0C${x(of)} ${middle} ${x(lane)} 4 ${x(lane)} ${middle}`
    ),
    ...(out ? [`M${x(lane)} ${middle}V${ROW}`] : []),
  ];
  return html`
    <span class="lanes"
      aria-hidden="true"><svg viewBox="0 0 ${lanes *
        LANE} ${ROW}" preserveAspectRatio="none"><path d="${paths.join(
          "",
        )}"/></svg><i class="mark" style="left:${100 * (lane + 0.5) / lanes}%"></i></span>
  `;
}
