/** The graph of the run: what each step read, whether it was recalled or ran, and for how long. */
import { readBy } from "../graph/key.ts";
import { durationText } from "../run/quantity.ts";
import { stepDeed, stepSummary } from "../run/step_summary.ts";
import type { StepDocument } from "../run/document.ts";
import { type Html, html } from "./html.ts";
import { type LaneRow, laneRows } from "./lanes.ts";
import { madeText } from "./provenance.ts";
import { folded, type Section } from "./section.ts";
import type { Subject } from "./subject.ts";

/** Width of a lane and height of a row, in the drawing's own units. */
const [LANE, ROW] = [13, 40];

/** However many lanes there are, they take no more room than this. */
const LANES_ROOM = 150;

/** More steps than this are folded away. */
const MOST = 60;

/** The section. */
export function stepsSection({ graph, document, outcomes }: Subject): Section | undefined {
  const documents = new Map(document.steps.map((step) => [step.name, step]));
  const nodes = graph.nodes.filter(({ step }) => documents.has(step.name));
  if (nodes.length === 0) return undefined;
  const rows = laneRows(nodes.map((node) => ({
    name: node.step.name,
    reads: readBy(node).map(({ step }) => step.name),
  })));
  const lanes = 1 + Math.max(...rows.flatMap(({ lane, through }) => [lane, ...through]));
  const longest = Math.max(...document.steps.map(({ seconds = 0 }) => seconds));
  const list = html`<ol class="steps" style="--lanes:${Math.min(LANES_ROOM, lanes * LANE)}px">${
    nodes.map((node, at) => {
      const step = documents.get(node.step.name)!;
      const outcome = outcomes.get(step.name);
      return html`
        <li class="${step.status}">${drawn(rows[at]!, lanes)}
        <span class="name" title="${step.name}">${step.name}</span>
        <span class="deed">${stepDeed(node)}</span>
        <span class="came">${outcome && stepSummary(node, outcome).join(" · ")}</span>
        ${clock(step, longest)}</li>
      `;
    })
  }</ol>`;
  return {
    id: "steps",
    title: "Steps",
    body: [nodes.length > MOST ? folded(`${nodes.length} steps`, list) : list, legend],
  };
}

const legend = html`
  <p
    class="quiet"><i class="mark ran"></i> ran now <i class="mark hit"></i> recalled: the seconds are those of the run that made it</p>
`;

function clock(step: StepDocument, longest: number): Html {
  const { seconds = 0, status } = step;
  const share = longest === 0 ? 0 : Math.round(100 * seconds / longest);
  const words = status === "skipped" ? "not started" : durationText(seconds);
  return html`<span class="clock" title="${
    madeText(step)
  }"><i style="width:${share}%"></i>${words}</span>`;
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
