/** A run in Markdown: what became how small at what cost, then how each step went. */
import { kernelsText } from "../run/host.ts";
import type { Graph } from "../graph/graph.ts";
import type { MetricSet } from "../metrics.ts";
import type { RunDocument, StepDocument } from "./document.ts";
import { type Expectation, expectationText } from "./expectations.ts";
import { foldedText, stepCount } from "./folded/folded.ts";
import { markdownText } from "./markdown_text.ts";
import { bytesText, durationText } from "../quantity.ts";
import { runTable } from "./run_table.ts";
import { searchTable } from "./search/search_table.ts";
import { documentSentence } from "./search/search_text.ts";
import { licenceLines, sourceTable } from "./source_lines.ts";
import type { StepStates } from "../run/step_state.ts";
import { stepSummary } from "./step_summary.ts";
import { type Table, tableMarkdown, tableText } from "./table.ts";

/** What `run` prints on standard output. */
export function resultText(
  table: Table,
  document: RunDocument,
  written: readonly string[],
  metrics: MetricSet,
): string {
  const { expect, search, sources } = document;
  const licences = licenceLines(sources);
  return [
    ...(search === undefined ? [] : [documentSentence(search)]),
    // Of a search that was not finished nobody has seen the end: its trials are shown as measured on validation samples.
    ...(search?.ended === "interrupted" && search.trials.length > 0
      ? [tableText(searchTable(search, metrics))]
      : []),
    ...(table.rows.length === 0 ? [] : [tableText(table)]),
    ...(licences.length === 0 ? [] : ["licences", ...licences.map((line) => `  ${line}`)]),
    ...(expect.length === 0 ? [] : ["expect", ...expectLines(expect)]),
    ...(written.length === 0 ? [] : [writtenText(written)]),
    closingLine(document),
  ].join("\n") + "\n";
}

/** Folders that are named; a sweep may write one for each of its points. */
const NAMED = 4;

function writtenText(written: readonly string[]): string {
  const folders = written.filter((name) => name.endsWith("/"));
  if (folders.length <= NAMED) return written.join(" ");
  const others = written.filter((name) => !name.endsWith("/"));
  return `${[...others, ...folders.slice(0, 2)].join(" ")} … (${folders.length} folders)`;
}

/** `7 of 11 steps ran in 4 min 05 s. 1 of 2 expectations is not met.` */
export function closingLine(document: RunDocument): string {
  const { seconds, expect, folded } = document;
  const count = (status?: StepDocument["status"]) => stepCount(document, status);
  const [ran, steps] = [count("ran"), count()];
  const claims = expect.length +
    (folded === undefined ? 0 : folded.expect.met + folded.expect.missed);
  const bad = [[count("failed"), "failed"], [count("skipped"), "not done"]] as const;
  const sentences = [
    `${ran} of ${steps} ${plural(steps, "step")} ran in ${durationText(seconds)}.`,
    ...bad.flatMap(([number, word]) => number === 0 ? [] : [`${number} ${word}.`]),
  ];
  const missed = expect.filter(({ met }) => !met).length + (folded?.expect.missed ?? 0);
  if (missed > 0) {
    const verb = missed === 1 ? "is" : "are";
    sentences.push(
      `${missed} of ${claims} ${plural(claims, "expectation")} ${verb} not met.`,
    );
  }
  return sentences.join(" ");
}

/** `report.md`, of a document as it is written. */
export function reportMarkdown(graph: Graph, document: RunDocument, states: StepStates): string {
  const { about } = graph.recipe;
  const { expect, steps, problems, environment, search, sources = [], folded } = document;
  const table = runTable(graph, states);
  return [
    `# ${about.name}`,
    ...(about.description === undefined ? [] : ["", markdownText(about.description)]),
    ...(table.rows.length === 0 ? [] : ["", tableMarkdown(table)]),
    ...(search === undefined ? [] : [
      "",
      "## Search",
      "",
      markdownText(documentSentence(search)),
      "",
      tableMarkdown(searchTable(search, graph.recipe.metrics)),
    ]),
    ...(expect.length === 0 ? [] : [
      ...["", "## Expectations", "", ...expectLines(expect).map((line) => `- ${line.trim()}`)],
      ...moreLines(folded === undefined ? 0 : folded.expect.met + folded.expect.missed),
    ]),
    ...(problems.length === 0 ? [] : [
      ...["", "## Problems", "", ...problems.map(({ message }) => `- ${markdownText(message)}`)],
      ...moreLines(folded?.problems ?? 0),
    ]),
    ...(sources.length === 0 ? [] : ["", "## Sources", "", tableMarkdown(sourceTable(sources))]),
    "",
    "## Steps",
    "",
    stepTable(steps, states),
    ...(folded === undefined || folded.steps.length === 0
      ? []
      : ["", "Not listed:", "", ...folded.steps.map((each) => `- ${foldedText(each)}`)]),
    ...warnings(steps),
    "",
    closingLine(document),
    "",
    `${environment.system}, ${environment.processor}, ${environment.threads} ` +
    `${plural(environment.threads, "thread")}, ${
      kernelsText(environment)
    }, Deno ${environment.deno}, ` +
    `numerics ${environment.numerics}.`,
    "",
  ].join("\n");
}

const moreLines = (count: number): string[] => count === 0 ? [] : [`- and ${count} more`];

function stepTable(steps: readonly StepDocument[], states: StepStates): string {
  return tableMarkdown({
    head: ["step", "op", "status", "came of it", "seconds", "bytes", "artifact"],
    rows: steps.map((step) => [
      step.name,
      step.op,
      step.recalled === undefined
        ? `${step.status}${step.host === undefined ? "" : ` on ${step.host}`}`
        : `recalled from ${step.recalled.date.slice(0, 10)}`,
      summaryOf(step.name, states),
      step.seconds === undefined ? "–" : durationText(step.seconds),
      step.artifact === undefined ? "–" : bytesText(step.artifact.bytes),
      step.artifact === undefined ? "–" : `\`${step.artifact.digest.slice(0, 12)}\``,
    ]),
    notes: [],
    left: 4,
  });
}

function summaryOf(name: string, states: StepStates): string {
  const state = states.get(name);
  return state?.outcome === undefined ? "" : stepSummary(state.node, state.outcome).join(", ");
}

function warnings(steps: readonly StepDocument[]): string[] {
  const lines = steps.flatMap(({ name, warnings }) =>
    warnings.map((warning) => `- ${name}: ${markdownText(warning)}`)
  );
  return lines.length === 0 ? [] : ["", "## Warnings", "", ...lines];
}

function expectLines(expect: readonly Expectation[]): string[] {
  const widest = Math.max(...expect.map(({ claim }) => claim.length));
  return expect.map((each) =>
    `  ${each.met ? "✓" : "✗"} ${each.claim.padEnd(widest)}     ${expectationText(each)}`
  );
}

const plural = (count: number, word: string): string => count === 1 ? word : `${word}s`;
