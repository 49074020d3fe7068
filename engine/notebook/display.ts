/** How a notebook shows recipes, plans, runs, tables and charts: as text, as Markdown and as HTML, of the same parts. */
import type { LayerFacts } from "../facts.ts";
import { graphMermaid, graphText } from "../graph/draw.ts";
import { type Graph, readBy } from "../graph/graph.ts";
import type { MetricSet } from "../metrics.ts";
import { harmless } from "../quote.ts";
import type { RunComparison } from "../report/compare.ts";
import {
  comparedRuns,
  comparisonText,
  figureTable,
  stepTable,
} from "../report/comparison_tables.ts";
import { scatter } from "../report/html/chart/scatter.ts";
import { outcomeSection } from "../report/html/headline.ts";
import { type Content, html, htmlText } from "../report/html/html.ts";
import { fragmentStyle } from "../report/html/pieces_style.ts";
import { measureOf } from "../report/figures.ts";
import type { QualityChart } from "../report/html/quality_chart.ts";
import { cardHtml, tableHtml } from "../report/html/section.ts";
import { stepList } from "../report/html/step_list.ts";
import { stepRows } from "../report/html/steps_section.ts";
import { layerTable } from "../report/layer_table.ts";
import { markdownText } from "../report/markdown_text.ts";
import { expectationText } from "../report/expectations.ts";
import { planSeconds, planSummary, planTable } from "../report/plan_table.ts";
import { closingLine, resultText } from "../report/report.ts";
import type { RecipePlan } from "../report/search/search_document.ts";
import { documentSentence, searchLines } from "../report/search/search_text.ts";
import { stepAction } from "../report/step_summary.ts";
import { type Table, tableMarkdown, tableText } from "../report/table.ts";
import type { Environment } from "../run/host.ts";
import type { Store } from "../store/store.ts";
import type { Subject } from "../report/subject.ts";

/** One value in several forms, by MIME type. */
export type Bundle = Readonly<Record<string, string>>;

/** What of a run is shown. */
export type ShownRun = Pick<Subject, "graph" | "document" | "table" | "outcomes">;

/** The card of a compiled recipe. */
export function displayRecipe(graph: Graph): Bundle {
  const { about, seed, expect } = graph.recipe;
  const claims = expect.map(({ text }) => text);
  const said = [about.description, ...about.references].filter((line) => line !== undefined);
  return bundle(
    [`${about.name}  seed ${seed}`, ...said, graphText(graph), ...claims].join("\n"),
    [
      `### ${about.name}`,
      ...said.map(markdownText),
      `\`\`\`mermaid\n${graphMermaid(graph)}\`\`\``,
      ...claims.map((claim) => `- \`${claim}\``),
    ].join("\n\n"),
    [
      html`<h3>${about.name} <span class="quiet">seed ${seed}, ${graph.nodes.length} steps, nothing has run</span></h3>`,
      said.map((line) => html`<p>${line}</p>`),
      stepList(graph.nodes.map((node) => ({
        name: node.step.name,
        reads: readBy(node).map(({ step }) => step.name),
        mark: "skipped",
        action: stepAction(node),
        came: "",
        clock: "",
      }))),
      claims.length === 0
        ? undefined
        : cardHtml([["expects", claims.map((claim) => html`<code>${claim}</code><br>`)]]),
    ],
  );
}

/** The plan as a table; seconds are estimated from the records of the store it was made from. */
export async function displayPlan(
  plan: RecipePlan,
  store: Store,
  machine: Environment,
): Promise<Bundle> {
  const seconds = await planSeconds(plan, store, machine);
  const notes = [...searchLines(plan), planSummary(plan, seconds)];
  const table = { ...planTable(plan, seconds), notes };
  return tableBundle(table, plan.diagnostics.map(({ message }) => message));
}

/** The run in three forms. */
export function displayRun(run: ShownRun): Bundle {
  const { document, table } = run;
  const { search } = document;
  return bundle(
    resultText(table, document, [], run.graph.recipe.metrics),
    [
      ...(search === undefined ? [] : [documentSentence(search)]),
      tableMarkdown(table),
      ...document.expect.map((each) =>
        `- ${each.met ? "✓" : "✗"} \`${each.claim}\` ${expectationText(each)}`
      ),
      closingLine(document),
    ].join("\n\n"),
    [
      search === undefined ? undefined : html`<p>${documentSentence(search)}</p>`,
      tableContent(table),
      outcomeSection(document).body,
      stepList(stepRows(run)),
      html`<p class="quiet">${closingLine(document)}</p>`,
    ],
  );
}

/** The chart as a picture; as text the numbers in it. */
export function displayChart({ x, y, points }: QualityChart, metrics: MetricSet): Bundle {
  const [measureX, measureY] = [measureOf(metrics, x), measureOf(metrics, y)];
  const table: Table = {
    head: ["", measureX.label, measureY.label],
    rows: points.map((point) => [point.name, measureX.write(point.x), measureY.write(point.y)]),
    notes: [],
  };
  return bundle(
    tableText(table),
    tableMarkdown(table),
    points.length === 0
      ? html`<p>No model has both.</p>`
      : html`<figure>${scatter(points, measureX, measureY)}</figure>`,
  );
}

/** The comparison in three forms. */
export function displayComparison(comparison: RunComparison, metrics: MetricSet): Bundle {
  const runs = comparedRuns(comparison);
  const tables = [figureTable(comparison, metrics), stepTable(comparison)];
  const filled = tables.filter(({ rows }) => rows.length > 0);
  const notes = tables.filter(({ rows }) => rows.length === 0).flatMap((table) => table.notes);
  return bundle(
    comparisonText(comparison, metrics),
    [...runs.map(markdownText), ...filled.map(tableMarkdown), ...notes].join("\n\n"),
    [
      runs.map((run) => html`<p class="quiet">${run}</p>`),
      filled.map(tableContent),
      notes.map((note) => html`<p>${note}</p>`),
    ],
  );
}

/** The layers as a table. */
export function displayLayers(layers: readonly LayerFacts[]): Bundle {
  return tableBundle(layerTable(layers));
}

/** A bundle of three forms. Text is made harmless here, Markdown and HTML where they are made. */
export function bundle(text: string, markdown: string, content: Content): Bundle {
  return {
    "text/plain": harmless(text),
    "text/markdown": harmless(markdown),
    "text/html": htmlText(html`<div class="decant">${fragmentStyle}${content}</div>`),
  };
}

/** The HTML of a table, its notes below. */
function tableContent({ head, rows, notes, left }: Table): Content {
  return [tableHtml(head, rows, left), notes.map((note) => html`<p class="quiet">${note}</p>`)];
}

/** A table as a bundle, with sentences above it. */
export function tableBundle(table: Table, sentences: readonly string[] = []): Bundle {
  return bundle(
    [...sentences, tableText(table)].join("\n"),
    [...sentences.map(markdownText), tableMarkdown(table)].join("\n\n"),
    [sentences.map((sentence) => html`<p>${sentence}</p>`), tableContent(table)],
  );
}
