/** The data: what it is, how much, how it was divided and normalised. */
import type { Node } from "../../graph/graph.ts";
import type { StepDocument } from "../document.ts";
import type { Content } from "./html.ts";
import { html } from "./html.ts";
import { madeText } from "../provenance.ts";
import { cardHtml, type Section } from "./section.ts";
import type { Subject } from "../subject.ts";

/** More classes than this are counted, not named. */
const MOST = 40;

/** The section; undefined where the recipe has no data. */
export function dataSection({ graph, document, cards }: Subject): Section | undefined {
  const parts = document.steps.flatMap((step) => {
    const node = graph.node(step.name);
    if (node?.op.output.name !== "dataset") return [];
    return [html`
      <section
        class="change"><h3>${step.name} <span class="quiet">${madeText(step)}</span></h3>${cardHtml(
          [
            ...factRows(node),
            ...Object.entries(cards.get(step.name) ?? {}),
            ...sourceRows(node, step),
          ],
        )}</section>
    `];
  });
  return parts.length === 0 ? undefined : { id: "data", title: "Data", body: parts };
}

function factRows({ facts }: Node): [string, Content][] {
  if (facts?.kind !== "dataset") return [];
  const { task, input, outputs, classes } = facts;
  return [
    ["task", task],
    ...(input === undefined ? [] : [["one sample", input.join(" × ")] as [string, Content]]),
    ...(classes === undefined
      ? outputs === undefined ? [] : [["outputs", outputs] as [string, Content]]
      : [[`${classes.length} classes`, named(classes)] as [string, Content]]),
  ];
}

function named(classes: readonly string[]): string {
  const shown = classes.slice(0, MOST).join(", ");
  return classes.length > MOST ? `${shown}, and ${classes.length - MOST} more` : shown;
}

function sourceRows({ op }: Node, { params, artifact }: StepDocument): [string, Content][] {
  const { use, seed } = params;
  const sources = op.source(params);
  return [
    ...(sources.length > 0
      ? [["from", sources.join(", ")] as [string, Content]]
      : typeof use === "string"
      ? [["embedded", use] as [string, Content]]
      : []),
    ...(typeof seed === "number" ? [["seed of the split", seed] as [string, Content]] : []),
    ...(artifact === undefined
      ? []
      : [["digest", html`<code>${artifact.digest}</code>`] as [string, Content]]),
  ];
}
