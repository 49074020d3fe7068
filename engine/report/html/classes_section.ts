/** How each class fares, in the result and in what it is compared with. */
import { type Graph, subjectOf } from "../../graph/graph.ts";
import { classesOf, modelLabel, type ModelRow } from "../model_row.ts";
import { percentText, pointsText } from "../../quantity.ts";
import type { MetricSet } from "../../metrics.ts";
import { figureNamed, figureNames } from "../figures.ts";
import { furtherCell } from "../table.ts";
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
  const figures = classFigures(graph.recipe.metrics, rows, classes);
  const when = measuredWhen(graph, document);
  const names = { result: label(graph, result), reference: label(graph, reference) };
  return {
    id: "classes",
    title: "Classes",
    body: [
      togetherTable(graph, rows),
      figures.length > 0 ? classTable(graph, rows, figures) : undefined,
      html`<div class="charts">${
        rows.map((row) => confusionPart(graph, row, classes, when))
      }</div>`,
      differing && samplesHtml(differing, classes, names),
      missing(rows, figures),
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

/** Figures of each class, one metric beside the other, each in every model; of the first there are bars. */
function classTable(
  graph: Graph,
  rows: readonly ModelRow[],
  figures: readonly ClassFigures[],
): Html {
  const names = [...new Set(figures.flatMap(({ of }) => of.flatMap((each) => [...each.keys()])))];
  const both = rows.length === 2;
  return tableHtml(
    [
      "class",
      ...figures.flatMap(({ metric }) => [
        ...rows.map(({ name }) => `${metric}, ${modelLabel(graph, name)}`),
        ...(both ? ["Δ"] : []),
      ]),
    ],
    names.map((name) => [
      name,
      ...figures.flatMap(({ of }, at) => {
        const values = of.map((each) => each.get(name));
        const [before, after] = values;
        const shown = values.map((value) =>
          value === undefined
            ? "–"
            : at === 0
            ? barHtml(value, percentText(value))
            : percentText(value)
        );
        if (!both) return shown;
        const known = before !== undefined && after !== undefined;
        return [...shown, known ? pointsText(after - before) : "–"];
      }),
    ]),
  );
}

/** A metric of classes: in each model its number of each class, by the class's name. */
interface ClassFigures {
  readonly metric: string;
  readonly of: readonly ReadonlyMap<string, number>[];
}

/** What was measured of each class, in the order of the metrics. Recall is counted where it was not measured. */
function classFigures(
  metrics: MetricSet,
  rows: readonly ModelRow[],
  classes: readonly string[],
): ClassFigures[] {
  const measured = rows.flatMap(({ metrics }) =>
    Object.keys(metrics).filter((name) => typeof metrics[name] === "object")
  );
  const declared = [...metrics.values()].flatMap(({ name, perClass }) => perClass ? [name] : []);
  const further = declared.filter((name) => name !== "recall" && measured.includes(name));
  return ["recall", ...further].map((metric) => ({
    metric,
    of: rows.map((row) => metric === "recall" ? recallOf(row, classes) : ofClasses(row, metric)),
  })).filter(({ of }) => of.some((each) => each.size > 0));
}

function ofClasses({ metrics }: ModelRow, metric: string): Map<string, number> {
  const found = metrics[metric];
  return new Map(typeof found === "object" ? Object.entries(found) : []);
}

/** The figures of all classes together, with their intervals: F1, the area under the curve, how well it is calibrated. */
function togetherTable(graph: Graph, rows: readonly ModelRow[]): Html | undefined {
  const { metrics } = graph.recipe;
  const names = figureNames(metrics, rows).filter((name) =>
    rows.some((row) => typeof row.metrics[name] === "number")
  );
  if (names.length === 0) return undefined;
  return tableHtml(
    ["of all classes", ...rows.map(({ name }) => modelLabel(graph, name))],
    names.map((name) => {
      const { label } = figureNamed(metrics, name);
      return [label, ...rows.map((row) => furtherCell(metrics, row, name) ?? "–")];
    }),
  );
}

/** The recall of each class: as measured, else counted from the confusion table. */
function recallOf(row: ModelRow, classes: readonly string[]): Map<string, number> {
  const measured = ofClasses(row, "recall");
  if (measured.size > 0) return measured;
  return new Map((row.confusion ?? []).flatMap((counts, truth) => {
    const samples = counts.reduce((sum, each) => sum + each, 0);
    return samples === 0 ? [] : [[classes[truth] ?? String(truth), counts[truth]! / samples]];
  }));
}

function missing(rows: readonly ModelRow[], figures: readonly ClassFigures[]): Html | undefined {
  const recalls = figures.find(({ metric }) => metric === "recall")?.of;
  const lacks = [
    ...(recalls?.every((recall) => recall.size > 0) ? [] : ["recall"]),
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
    const classes = classesOf(node);
    if (classes.length > 0) return classes;
  }
  return [];
}
