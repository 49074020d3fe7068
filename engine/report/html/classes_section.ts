/** How each class fares, in the result and in what it is compared with. */
import { type Graph, isMany, subjectOf } from "../../graph/graph.ts";
import { modelLabel, type ModelRow } from "../model_row.ts";
import { percentText, pointsText } from "../../quantity.ts";
import { confusionHtml } from "./confusion.ts";
import { type Html, html } from "./html.ts";
import { samplesHtml } from "./samples_html.ts";
import { measuredWhen } from "../provenance.ts";
import { barHtml, type Section, tableHtml } from "./section.ts";
import type { Subject } from "../subject.ts";

/** The section; undefined where nothing was classified. */
export function classesSection({ graph, document, differing }: Subject): Section | undefined {
  const { result, reference } = graph.recipe;
  const rows = [...new Set([reference, result])].flatMap((name) =>
    document.models.filter((row) => row.name === name)
  );
  if (!rows.some(({ accuracy, confusion }) => (accuracy ?? confusion) !== undefined)) {
    return undefined;
  }
  const classes = classNames(graph, rows);
  const recalls = rows.map((row) => recallOf(row, classes));
  const when = measuredWhen(graph, document);
  const names = { result: label(graph, result), reference: label(graph, reference) };
  return {
    id: "classes",
    title: "Classes",
    body: [
      recalls.some((recall) => recall.size > 0) ? recallTable(graph, rows, recalls) : undefined,
      html`<div class="charts">${
        rows.map((row) => confusionPart(graph, row, classes, when))
      }</div>`,
      differing && samplesHtml(differing, classes, names),
      missing(rows, recalls),
    ],
  };
}

function confusionPart(
  graph: Graph,
  { name, confusion, samples }: ModelRow,
  classes: readonly string[],
  when: ReadonlyMap<string, string>,
): Html | undefined {
  const title = modelLabel(graph, name);
  const more = `${samples} samples, measured ${when.get(name)}`;
  return confusion && html`<section class="change">
<h3>${title} <span class="quiet">${more}</span></h3>${confusionHtml(confusion, classes)}</section>`;
}

const label = (graph: Graph, name: string | undefined): string =>
  name === undefined ? "" : modelLabel(graph, name);

function recallTable(
  graph: Graph,
  rows: readonly ModelRow[],
  recalls: readonly ReadonlyMap<string, number>[],
): Html {
  const names = [...new Set(recalls.flatMap((recall) => [...recall.keys()]))];
  const both = recalls.length === 2;
  return tableHtml(
    [
      "class",
      ...rows.map(({ name }) => `recall, ${modelLabel(graph, name)}`),
      ...(both ? ["Δ"] : []),
    ],
    names.map((name) => {
      const values = recalls.map((recall) => recall.get(name));
      const [before, after] = values;
      return [
        name,
        ...values.map((value) => value === undefined ? "–" : barHtml(value, percentText(value))),
        ...(both
          ? [before === undefined || after === undefined ? "–" : pointsText(after - before)]
          : []),
      ];
    }),
  );
}

/** The recall of each class: as measured, else counted from the confusion table. */
function recallOf(row: ModelRow, classes: readonly string[]): Map<string, number> {
  const { recall } = row.metrics;
  if (typeof recall === "object") return new Map(Object.entries(recall));
  return new Map((row.confusion ?? []).flatMap((counts, truth) => {
    const samples = counts.reduce((sum, each) => sum + each, 0);
    return samples === 0 ? [] : [[classes[truth] ?? String(truth), counts[truth]! / samples]];
  }));
}

function missing(rows: readonly ModelRow[], recalls: readonly ReadonlyMap<string, number>[]) {
  const lacks = [
    ...(recalls.every((recall) => recall.size > 0) ? [] : ["recall"]),
    ...(rows.every(({ confusion }) => confusion !== undefined) ? [] : ["confusion"]),
  ];
  return lacks.length === 0 ? undefined : html`
    <p
      class="quiet">Not measured: ${lacks.join(
        ", ",
      )}. The recipe asks for them with <code>evaluate: { metrics: [accuracy, loss, recall, confusion] }</code></p>
  `;
}

/** The classes of the data that was measured on. */
function classNames(graph: Graph, rows: readonly ModelRow[]): readonly string[] {
  for (const node of graph.nodes) {
    if (!rows.some(({ name }) => name === subjectOf(node)?.step.name)) continue;
    const { data } = node.inputs;
    const facts = data === undefined || isMany(data) ? undefined : data.facts;
    if (facts?.kind === "dataset" && facts.classes !== undefined) return facts.classes;
  }
  return [];
}
