/** The graph of the run: what each step read, whether it was recalled or ran, and for how long. */
import { readBy } from "../../graph/graph.ts";
import { durationText } from "../../quantity.ts";
import { stepAction, stepSummary } from "../step_summary.ts";
import { foldedText } from "../folded/folded.ts";
import { html } from "./html.ts";
import { madeText } from "../provenance.ts";
import { folded, type Section } from "./section.ts";
import { stepList, type StepRow } from "./step_list.ts";
import type { Subject } from "../subject.ts";

/** More steps than this are folded away. */
const MOST = 60;

/** The section. */
export function stepsSection(subject: Subject): Section | undefined {
  const rows = stepRows(subject);
  if (rows.length === 0) return undefined;
  const list = stepList(rows);
  const { folded: left } = subject.document;
  return {
    id: "steps",
    title: "Steps",
    body: [
      rows.length > MOST ? folded(`${rows.length} steps`, list) : list,
      left?.steps.map((each) => html`<p class="quiet">${foldedText(each)}</p>`),
      legend,
    ],
  };
}

/** The steps of a run as rows. */
export function stepRows(
  { graph, document, outcomes }: Pick<Subject, "graph" | "document" | "outcomes">,
): StepRow[] {
  const documents = new Map(document.steps.map((step) => [step.name, step]));
  const longest = document.steps.reduce((most, { seconds = 0 }) => Math.max(most, seconds), 0);
  return graph.nodes.flatMap((node) => {
    const { name } = node.step;
    const step = documents.get(name);
    const outcome = outcomes.get(name);
    if (step === undefined) return [];
    const { status, seconds = 0 } = step;
    return [{
      name,
      reads: readBy(node).map(({ step }) => step.name),
      mark: status,
      action: stepAction(node),
      came: outcome === undefined ? "" : stepSummary(node, outcome).join(" · "),
      clock: status === "skipped" ? "not done" : durationText(seconds),
      share: longest === 0 ? 0 : seconds / longest,
      title: madeText(step),
    }];
  });
}

const legend = html`
  <p
    class="quiet"><i class="mark ran"></i> ran now <i class="mark hit"></i> recalled: the seconds are those of the run that made it</p>
`;
