/**
 * What a run looks like while it goes: one line for each step that ended; on a terminal also the one that runs,
 * rewritten in place. A fold over events.
 */
import type { Graph, Node } from "../graph/graph.ts";
import { stoppingGuess } from "../run/chance.ts";
import type { RunListener } from "../run/event.ts";
import { durationText, valuesText } from "../quantity.ts";
import { aimSentence, planSentence } from "../report/search/search_text.ts";
import { stepAction, stepSummary } from "../report/step_summary.ts";
import type { Outcome } from "../store/store.ts";
import type { Invocation } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** Shown at most this often. */
const FRAME_MS = 100;

/**
 * What listens to the run of a command: a document says all itself, and what is quiet still warns, as errors and results
 * are still printed.
 */
export function listening(
  { terminal, options }: Pick<Invocation, "terminal" | "options">,
): { readonly onEvent?: RunListener } {
  if (options.json !== undefined) return {};
  return { onEvent: options.quiet === undefined ? progress(terminal) : warnings(terminal) };
}

/** A listener that prints the warnings of a run on standard error, each once, and nothing else. */
export function warnings(terminal: Terminal): RunListener {
  const told = untold();
  return (event, graph) => {
    const found = event.type === "compiled"
      ? warningsOf(graph)
      : event.type === "hit" || event.type === "ran"
      ? event.outcome.warnings.map((warning) => `${event.step}: ${warning}`)
      : [];
    for (const warning of found.filter(told)) terminal.err(`warning: ${warning}\n`);
  };
}

/** Whether a text is met for the first time. */
function untold(): (text: string) => boolean {
  const told = new Set<string>();
  return (text) => told.size < told.add(text).size;
}

/** A listener that shows a run on standard error. */
export function progress(terminal: Terminal): RunListener {
  let cells: (node: Node) => string = ({ step }) => `${step.name}  `;
  let begun = false;
  let drawn = -Infinity;
  /** When steps began that run, by name. */
  const began = new Map<string, number>();
  /** Keys that were met in this search: what its trials share is shown once. */
  let met: Set<string> | undefined;
  // A graph is compiled again when more is known of it, and once for each trial.
  const told = untold();
  const line = (text: string): void => {
    if (terminal.live) terminal.rewrite("");
    terminal.err(`${text}\n`);
    drawn = -Infinity;
  };
  const live = (text: string): void => {
    const now = performance.now();
    if (!terminal.live || now - drawn < FRAME_MS) return;
    drawn = now;
    terminal.rewrite(text);
  };
  return (event, graph) => {
    const node = graph.node("step" in event ? event.step : "");
    switch (event.type) {
      case "compiled":
        if (!begun) line(heading(graph));
        for (const warning of warningsOf(graph).filter(told)) line(`  warning: ${warning}`);
        begun = true;
        cells = cellsOf(graph);
        break;
      case "waiting":
        line(`  … ${cells(node!)}waits for ${event.holder}`);
        break;
      case "started":
        began.set(event.step, performance.now());
        live(`  ▸ ${cells(node!)}`);
        break;
      case "progress":
        live(
          `  ▸ ${cells(node!)}${event.message} ${bar(event.fraction)} ` +
            remaining(event.fraction, (performance.now() - began.get(event.step)!) / 1000),
        );
        break;
      case "trial":
        if (met === undefined) {
          const { search, recipe } = event;
          line(`${recipe}  seed ${search.seed}  ·  ${aimSentence(search)}`);
          line(`  ${planSentence(search)}`);
        }
        met ??= new Set();
        begun = true;
        line(`trial ${event.number}  ${valuesText(event.values)}`);
        break;
      case "scored":
        line(`  ${event.best ? "◆" : " "} ${event.sentence}`);
        break;
      case "decided":
        line(event.sentence);
        break;
      case "hit":
        if (met?.has(event.key)) break;
        met?.add(event.key);
        line(
          `  ${stops(graph, node!, event.outcome) ? "✗" : "="} ${cells(node!)}${
            found(node!, event.outcome)
          }cached, saved ` +
            durationText(event.outcome.provenance.seconds),
        );
        for (const warning of event.outcome.warnings) line(`    warning: ${warning}`);
        break;
      case "ran":
        met?.add(event.key);
        line(
          `  ${stops(graph, node!, event.outcome) ? "✗" : "✓"} ${cells(node!)}${
            found(node!, event.outcome)
          }` +
            durationText(event.outcome.provenance.seconds),
        );
        for (const warning of event.outcome.warnings) line(`    warning: ${warning}`);
        break;
      case "failed":
        if (event.problem.code === "at-chance") break;
        line(`  ✗ ${cells(node!)}failed after ${durationText(event.seconds)}`);
        break;
      case "skipped":
        line(`  · ${cells(node!)}${event.because}`);
        break;
      case "noticed":
        line(`  note: ${event.sentence}`);
        break;
      default:
        event satisfies never;
    }
  };
}

/** A measurement that stops the run is right, and has failed: it is told once, as what it does. */
function stops(graph: Graph, node: Node, outcome: Outcome): boolean {
  return stoppingGuess(graph, node, outcome) !== undefined;
}

function heading({ recipe, nodes }: Graph): string {
  return `${recipe.about.name}  seed ${recipe.seed}  ·  ${nodes.length} steps`;
}

/** What the recipe's author should hear, although it stops nothing. */
function warningsOf({ diagnostics }: Graph): string[] {
  return diagnostics.filter(({ severity }) => severity === "warning").map(({ message, place }) =>
    place === undefined ? message : `${message} (${place.source}:${place.line}:${place.column})`
  );
}

/** Name and action of a step, each in its column. */
function cellsOf({ nodes }: Graph): (node: Node) => string {
  const names = Math.max(...nodes.map(({ step }) => step.name.length));
  const actions = Math.max(...nodes.map((node) => stepAction(node).length));
  return (node) => `${node.step.name.padEnd(names)}  ${stepAction(node).padEnd(actions)}  `;
}

/** What came of it. */
function found(node: Node, outcome: Outcome): string {
  return stepSummary(node, outcome).map((part) => `${part}  `).join("");
}

function bar(fraction: number): string {
  const full = Math.round(20 * Math.min(1, Math.max(0, fraction)));
  return `${"█".repeat(full)}${"·".repeat(20 - full)} ${
    String(Math.floor(100 * fraction)).padStart(3)
  } %`;
}

function remaining(fraction: number, seconds: number): string {
  if (fraction < 0.02 || seconds < 1) return "";
  return `${durationText(seconds / fraction - seconds)} left`;
}
