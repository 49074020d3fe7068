/** The head of the report: what became how small at what cost, what was expected, what went wrong. */
import type { Graph } from "../../graph/graph.ts";
import type { RunDocument } from "../document.ts";
import { bytesCompared, modelLabel, type ModelRow } from "../model_row.ts";
import { bytesText, halfInterval, percentText, wholeText } from "../../quantity.ts";
import { expectationText } from "../expectations.ts";
import { closingLine } from "../report.ts";
import { stepCount } from "../folded/folded.ts";
import type { MetricSet } from "../../metrics.ts";
import { figureNamed, figureOf, qualityName } from "../figures.ts";
import { type Content, type Html, html } from "./html.ts";
import { whenText } from "../provenance.ts";
import type { Section } from "./section.ts";
import type { Subject } from "../subject.ts";

/** The result and what it is compared with, as rows of the table. */
function compared({ graph, document: { models } }: Pick<Subject, "graph" | "document">) {
  const row = (name: string | undefined) => models.find((each) => each.name === name);
  const result = row(graph.recipe.result);
  const reference = row(graph.recipe.reference);
  return { result, reference: reference === result ? undefined : reference };
}

/** Title, claim line, tiles. */
export function pageHeader(subject: Subject): Html {
  const { graph, document } = subject;
  const { about } = graph.recipe;
  const { result, reference } = compared(subject);
  return html`<header>
<p class="kicker">Decant report · ${whenText(document.date)} · ${document.environment.host}</p>
<h1>${about.name}</h1>
${about.description === undefined ? undefined : html`<p class="lead">${about.description}</p>`}
<p class="claim">${
    document.points !== undefined
      ? sweepLine(document.points)
      : result === undefined
      ? "No result was measured."
      : claimLine(graph, result, reference)
  }</p>
${result === undefined ? undefined : tiles(result, reference, graph.recipe.metrics)}
<p class="quiet">${closingLine(document)} ${recalledSentence(document)}</p>
</header>`;
}

/** Expectations, problems and warnings. */
export function outcomeSection({ expect, problems, steps, folded }: RunDocument): Section {
  const warnings = steps.flatMap(({ name, warnings }) =>
    warnings.map((warning) => ({ name, warning }))
  );
  const more = folded === undefined
    ? 0
    : folded.problems + folded.expect.met + folded.expect.missed;
  const nothing = expect.length + problems.length + warnings.length === 0;
  return {
    id: "claims",
    title: "Claims",
    body: nothing
      ? html`<p class="quiet">The recipe expects nothing.</p>`
      : html`<ul class="claims">
${problems.map(({ code, message, help }) => item("✗", "bad", message, help ?? code))}
${
        expect.map((each) =>
          item(
            each.met ? "✓" : "✗",
            each.met ? "good" : "bad",
            html`<code>${each.claim}</code>`,
            expectationText(each),
          )
        )
      }
${warnings.map(({ name, warning }) => item("!", "warn", warning, name))}
</ul>${more === 0 ? undefined : html`<p class="quiet">${more} more are not listed.</p>`}`,
  };
}

function item(mark: string, tone: string, what: Content, more: string): Html {
  return html`<li class="${tone}"><b>${mark}</b><span>${what}<small>${more}</small></span></li>`;
}

function sweepLine(points: NonNullable<RunDocument["points"]>): string {
  const best = points.filter(({ pareto }) => pareto).length;
  const tried = `${points.length} ${points.length === 1 ? "point was" : "points were"} tried.`;
  return best === 0
    ? tried
    : `${tried} No other is as good in every respect as the ${best} marked ◆.`;
}

/** `quantized takes 42.5 kB as tfjs, 39.7 times less than teacher, and is right on 98.2 ±0.6 % …` */
function claimLine(graph: Graph, result: ModelRow, reference: ModelRow | undefined): string {
  const name = modelLabel(graph, result.name);
  const { metrics } = graph.recipe;
  const parts = [sizePart(result, reference), qualityPart(result, reference, metrics)]
    .filter((part) => part !== undefined);
  const agreement = result.agreement === undefined || reference === undefined
    ? ""
    : ` They answer alike on ${percentText(result.agreement)}.`;
  return parts.length === 0 ? `${name} was made.` : `${name} ${parts.join(" and ")}.${agreement}`;
}

/** `takes 42.5 kB as tfjs, 39.7 times less than teacher` */
export function sizePart({ bytes }: ModelRow, reference: ModelRow | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const own = `takes ${bytesText(bytes.encoded)} ${
    bytes.own ? "in the files it was loaded from" : `as ${bytes.format}`
  }`;
  if (reference?.bytes === undefined) return own;
  const [from, to] = [bytesCompared(reference.bytes), bytes.encoded];
  if (from === to) return `${own}, as much as ${reference.name}`;
  const factor = from >= to ? from / to : to / from;
  return `${own}, ${factor.toFixed(1)} times ${
    from >= to ? "less" : "more"
  } than ${reference.name}`;
}

function qualityPart(
  row: ModelRow,
  reference: ModelRow | undefined,
  metrics: MetricSet,
): string | undefined {
  const name = qualityName(metrics, [row]);
  if (name === undefined) return undefined;
  const value = figureOf(row, name)!;
  if (name !== "accuracy") {
    return `has ${figureNamed(metrics, name).label} ${figureNamed(metrics, name).write(value)}`;
  }
  const { samples } = row;
  const own = samples === undefined
    ? `is right on ${percentText(value)}`
    : `is right on ${(100 * value).toFixed(1)} ±${
      (100 * halfInterval(value, samples)).toFixed(1)
    } % of ${wholeText(samples)} samples`;
  if (reference?.accuracy === undefined) return own;
  const points = Math.round(1000 * (value - reference.accuracy)) / 10;
  return points === 0
    ? `${own}, as often as ${reference.name}`
    : `${own}, ${Math.abs(points)} ${Math.abs(points) === 1 ? "point" : "points"} ${
      points > 0 ? "more" : "less"
    } than ${reference.name}`;
}

/** The four or five numbers that people ask for first, each against the reference where there is one. */
function tiles(
  result: ModelRow,
  reference: ModelRow | undefined,
  metrics: MetricSet,
): Html {
  const names = [
    "bytes",
    qualityName(metrics, [result]) ?? "accuracy",
    "parameters",
    "macs",
    "latency",
  ];
  return html`<dl class="tiles">${
    names.map((name) => {
      const value = figureOf(result, name);
      if (value === undefined) return undefined;
      const { label, write, difference } = figureNamed(metrics, name);
      const before = reference && figureOf(reference, name);
      return html`<div><dt>${label}</dt><dd>${write(value)}</dd>${
        before === undefined
          ? undefined
          : html`<dd class="quiet">${difference(before, value)} from ${write(before)}</dd>`
      }</div>`;
    })
  }</dl>`;
}

function recalledSentence(document: RunDocument): string {
  const recalled = document.steps.filter(({ status }) => status === "hit");
  const count = stepCount(document, "hit");
  if (count === 0) return "Every number was measured in this run.";
  const dates = recalled.flatMap((step) => step.recalled?.date ?? []).sort();
  const [first, last] = [dates[0], dates.at(-1)].map((date) =>
    date === undefined ? "" : whenText(date)
  );
  if (recalled.length === 0) return `${count} were recalled.`;
  return `${count} ${count === 1 ? "was" : "were"} recalled from ${
    first === last ? first : `${first} to ${last}`
  }; each number says which.`;
}
