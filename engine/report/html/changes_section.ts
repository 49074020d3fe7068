/** Step by step: what was changed, what that did to the model, how a training went. */
import type { Task } from "../../facts.ts";
import { isMany, type Node } from "../../graph/graph.ts";
import { modelLabel, type ModelRow } from "../model_row.ts";
import { stepAction } from "../step_summary.ts";
import type { StepDocument } from "../document.ts";
import type { MetricSet } from "../../metrics.ts";
import { figureNamed, figureOf, qualityName } from "../figures.ts";
import { type Content, type Html, html, htmlText } from "./html.ts";
import { layerTable } from "./layer_table.ts";
import { trainingNote } from "../notes.ts";
import { madeText } from "../provenance.ts";
import { folded, type Section } from "./section.ts";
import type { Subject } from "../subject.ts";
import { trainingHtml } from "./training.ts";

/** Of a run that is not listed whole, as much is told as has room in so many letters of the page. */
const ROOM = 1_000_000;

/** With more steps than this each is folded away. */
const MOST = 12;

/** The section; steps that neither note nor warn are left out. */
export function changesSection(subject: Subject): Section | undefined {
  const { graph, document } = subject;
  const models = new Map(document.models.map((row) => [row.name, row]));
  const changes = document.steps.flatMap((step) => {
    const node = graph.node(step.name);
    const told = node && node.op.output.name === "model"
      ? change(subject, node, step, models)
      : undefined;
    if (node === undefined || told === undefined) return [];
    const title = modelLabel(graph, step.name);
    return [{ title, more: `${stepAction(node)} · ${madeText(step)}`, told }];
  });
  if (changes.length === 0) return undefined;
  const pieces = changes.map(({ title, more, told }) =>
    folded(title, [html`<p class="quiet">${more}</p>`, told])
  );
  return {
    id: "changes",
    title: "What each step did",
    body: document.folded !== undefined
      ? withRoom(pieces)
      : changes.length > MOST
      ? pieces
      : changes.map(({ title, more, told }) =>
        html`
          <section
            class="change"><h3>${title} <span class="quiet">${more}</span></h3>${told}</section>
        `
      ),
  };
}

/** The first pieces, as many as have room, and how many there are besides. */
function withRoom(pieces: readonly Html[]): Content {
  let room = ROOM;
  const shown = pieces.filter((piece) => (room -= htmlText(piece).length) >= 0);
  const left = pieces.length - shown.length;
  return [shown, left === 0 ? undefined : html`<p class="quiet">and ${left} more</p>`];
}

function change(
  { graph }: Subject,
  node: Node,
  step: StepDocument,
  models: ReadonlyMap<string, ModelRow>,
): Content {
  const before = changed(node);
  const training = trainingNote(step.notes.training);
  const layers = layerTable(step.notes, before?.facts, node.facts);
  if (training === undefined && layers === undefined && step.warnings.length === 0) {
    return undefined;
  }
  const from = before && models.get(before.step.name);
  const to = models.get(step.name);
  return [
    from && to && html`<p>${moved(from, to, node, graph.recipe.metrics)}</p>`,
    step.warnings.map((warning) => html`<p class="warn">${warning}</p>`),
    layers,
    training && trainingHtml(training, taskOf(node)),
  ];
}

/** Of the data that a step reads. */
function taskOf({ inputs: { data } }: Node): Task | undefined {
  const facts = data === undefined || isMany(data) ? undefined : data.facts;
  return facts?.kind === "dataset" ? facts.task : undefined;
}

/** `accuracy 10.7 % → 98.2 % (+87.5 pt) · bytes …` of what a step did to the model it changed. */
function moved(from: ModelRow, to: ModelRow, { facts }: Node, metrics: MetricSet): Html {
  const sparse = facts?.kind === "model" && facts.established.includes("zeros");
  const names = [
    qualityName(metrics, [to]),
    "parameters",
    ...(sparse ? ["nonzero"] : []),
    "macs",
    "bytes",
  ];
  const parts = names.flatMap((name) => {
    const [a, b] = [from, to].map((row) => name === undefined ? undefined : figureOf(row, name));
    if (name === undefined || a === undefined || b === undefined || a === b) return [];
    const { label, write, difference } = figureNamed(metrics, name);
    return [html`
      <span
        class="move">${label} ${write(a)} → <b>${write(b)}</b> <span class="quiet">${difference(
          a,
          b,
        )}</span></span>
    `];
  });
  return html`${parts}`;
}

function changed({ op, inputs }: Node): Node | undefined {
  const before = op.changes === undefined ? undefined : inputs[op.changes];
  return before === undefined || isMany(before) ? undefined : before;
}
