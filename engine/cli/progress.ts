/**
 * What a run looks like while it goes: one line for each step that ended; on a terminal also the one that runs,
 * rewritten in place. A fold over events.
 */
import type { Graph, Node } from "../graph/graph.ts";
import { stoppingGuess } from "../run/chance.ts";
import type { RunEvent, RunListener } from "../run/event.ts";
import { bytesText, durationText, valuesText } from "../quantity.ts";
import { aimSentence, planSentence } from "../report/search/search_text.ts";
import { stepAction, stepSummary } from "../report/step_summary.ts";
import type { Outcome } from "../store/store.ts";
import type { Invocation } from "./command.ts";
import { type Pace, paceAt, paceFrom, paceTexts } from "./pace.ts";
import type { Terminal } from "./terminal.ts";

/** Shown at most this often. */
const FRAME_MS = 100;

/**
 * The listener of a command's run: none with `--json`, whose document holds everything; with `--quiet` one that prints
 * warnings alone, as errors and results are still printed.
 */
export function runListener(
  { terminal, options }: Pick<Invocation, "terminal" | "options">,
): { readonly onEvent?: RunListener } {
  if (options.json !== undefined) return {};
  return { onEvent: options.quiet === undefined ? progress(terminal) : warnings(terminal) };
}

/** A listener that prints the warnings of a run on standard error, each once, and nothing else. */
export function warnings(terminal: Terminal): RunListener {
  const told = firstTime();
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
function firstTime(): (text: string) => boolean {
  const told = new Set<string>();
  return (text) => told.size < told.add(text).size;
}

/** Lines on standard error, and on a terminal one below them that is rewritten in place. */
interface Screen {
  line(text: string): void;
  live(text: string): void;
}

function screenOf(terminal: Terminal): Screen {
  let drawn = -Infinity;
  return {
    line(text) {
      if (terminal.live) terminal.rewrite("");
      terminal.err(`${text}\n`);
      drawn = -Infinity;
    },
    live(text) {
      const now = performance.now();
      if (!terminal.live || now - drawn < FRAME_MS) return;
      drawn = now;
      terminal.rewrite(text);
    },
  };
}

/** What is shown of a run, and what that takes to know. */
interface Showing extends Screen {
  /** Name and action of a step, each in its column. */
  cells(node: Node): string;
  headed: boolean;
  /** The step that told last how far it is. */
  running: string;
  /** What goes to and from shared stores. */
  onItsWay: string;
  /** How fast steps are that run, by `idOf`. */
  readonly paces: Map<string, Pace>;
  /** The machines of those that run elsewhere. */
  readonly hosts: Map<string, string>;
  /** Keys that were met in a search: what its trials share is shown once. */
  met: Set<string> | undefined;
  /** Trials that have begun and are not scored: where they are several, each step says which it is of. */
  readonly trials: Set<number>;
  /** Whether a warning is new: a graph is compiled again when more is known of it, and once for each trial. */
  readonly isNew: (warning: string) => boolean;
  /** Bytes of memory that the process has. */
  memory(): number;
}

/** A listener that shows a run on standard error. `memory`: bytes that the process has, by default as the system says. */
export function progress(
  terminal: Terminal,
  memory = (): number => Deno.memoryUsage().rss,
): RunListener {
  const showing: Showing = {
    ...screenOf(terminal),
    cells: ({ step }) => `${step.name}  `,
    headed: false,
    running: "",
    onItsWay: "",
    paces: new Map(),
    hosts: new Map(),
    met: undefined,
    trials: new Set(),
    isNew: firstTime(),
    memory,
  };
  return (event, graph) => show(showing, event, graph);
}

function show(showing: Showing, ...[event, graph]: Parameters<RunListener>): void {
  if (event.type === "hit" || event.type === "ran" || event.type === "failed") {
    showing.paces.delete(idOf(event));
    showing.hosts.delete(idOf(event));
  }
  switch (event.type) {
    case "compiled":
      return showGraph(showing, graph);
    case "waiting":
    case "started":
    case "progress":
      return showRunning(showing, event, graph);
    case "trial":
    case "scored":
    case "decided":
      return showSearch(showing, event);
    case "hit":
    case "ran":
      return showOutcome(showing, event, graph);
    case "failed":
      // One that found a model to guess is told as what it measured.
      if (event.problem.code === "at-chance") return;
      return showing.line(
        `  ✗ ${cellsIn(showing, event, graph)}failed after ${durationText(event.seconds)}`,
      );
    case "skipped":
      return showing.line(`  · ${cellsIn(showing, event, graph)}${event.because}`);
    case "expected":
      return void showing.paces.set(idOf(event), {
        ...paceOf(showing, idOf(event)),
        expected: event.seconds,
      });
    case "transferring":
      showing.onItsWay = event.text;
      return showing.live(`${showing.running}${onItsWay(showing)}`);
    case "noticed":
      return showing.line(`  note: ${event.sentence}`);
    default:
      event satisfies never;
  }
}

/** An event of these types. */
type EventOf<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

function showGraph(showing: Showing, graph: Graph): void {
  if (!showing.headed) showing.line(heading(graph));
  showing.headed = true;
  for (const each of warningsOf(graph).filter(showing.isNew)) showing.line(`  warning: ${each}`);
  showing.cells = cellsOf(graph);
}

const onItsWay = ({ onItsWay }: Showing): string => onItsWay === "" ? "" : `  ⇅ ${onItsWay}`;

function showRunning(
  showing: Showing,
  event: EventOf<"waiting" | "started" | "progress">,
  graph: Graph,
): void {
  const { line, live, paces, hosts } = showing;
  const cells = cellsIn(showing, event, graph);
  if (event.type === "waiting") return line(`  … ${cells}waits for ${event.holder}`);
  showing.running = `  ▸ ${cells}`;
  const now = performance.now();
  const id = idOf(event);
  if (event.type === "started") paces.set(id, paceFrom(now));
  else {
    const { fraction, message, samples, host } = event;
    if (host !== undefined) hosts.set(id, host);
    const pace = paceAt(paceOf(showing, id), { at: now, fraction }, samples);
    paces.set(id, pace);
    showing.running += [
      `${message} ${bar(fraction)}`,
      ...paceTexts(pace, now),
      host === undefined ? bytesText(showing.memory()) : elsewhere(hosts, host),
    ].join("  ");
  }
  live(`${showing.running}${onItsWay(showing)}`);
}

/** The pace of a step; of one that somebody else performs nobody may have told the beginning. */
const paceOf = ({ paces }: Showing, id: string): Pace =>
  paces.get(id) ?? paceFrom(performance.now());

/** Where a step runs, and how many run elsewhere with it. */
function elsewhere(hosts: Showing["hosts"], host: string): string {
  const machines = new Set(hosts.values()).size;
  const all = hosts.size === 1
    ? ""
    : `, ${hosts.size} run on ${machines === 1 ? "it" : `${machines} machines`}`;
  return `on ${host}${all}`;
}

function showSearch(showing: Showing, event: EventOf<"trial" | "scored" | "decided">): void {
  const { trials } = showing;
  if (event.type === "decided") {
    // What was given up is not going on any more.
    trials.clear();
    return showing.line(event.sentence);
  }
  if (event.type === "scored") {
    const which = trialIn(showing, event.number);
    trials.delete(event.number);
    return showing.line(`  ${event.best ? "◆" : " "} ${which}${event.sentence}`);
  }
  const { search, recipe, number, values } = event;
  if (showing.met === undefined) {
    showing.line(`${recipe}  seed ${search.seed}  ·  ${aimSentence(search)}`);
    showing.line(`  ${planSentence(search)}`);
    showing.met = new Set();
    showing.headed = true;
  }
  trials.add(number);
  showing.line(`trial ${number}  ${valuesText(values)}`);
}

/** `trial 3: ` where several go on at once. */
function trialIn({ trials }: Showing, trial: number | undefined): string {
  return trial === undefined || trials.size < 2 ? "" : `trial ${trial}: `;
}

/** What an event says of where it belongs. */
type OfStep = Pick<EventOf<"hit">, "step" | "trial">;

/** Which step of which trial it is. */
function idOf({ trial, step }: OfStep): string {
  return trial === undefined ? step : `${trial} ${step}`;
}

/** The step of an event in its columns. */
function cellsIn(showing: Showing, { trial, step }: OfStep, graph: Graph): string {
  return `${trialIn(showing, trial)}${showing.cells(graph.node(step)!)}`;
}

function showOutcome(showing: Showing, event: EventOf<"hit" | "ran">, graph: Graph): void {
  const { line, met } = showing;
  const { type, step, key, outcome } = event;
  if (type === "hit" && met?.has(key)) return;
  met?.add(key);
  const node = graph.node(step)!;
  const mark = stops(graph, node, outcome) ? "✗" : type === "hit" ? "=" : "✓";
  const duration = durationText(outcome.provenance.seconds);
  const clock = type === "hit" ? `cached, saved ${duration}` : duration;
  line(`  ${mark} ${cellsIn(showing, event, graph)}${found(node, outcome)}${clock}`);
  for (const warning of outcome.warnings) line(`    warning: ${warning}`);
}

/** A measurement that stops the run is right, and has failed: it is shown once, as a failure. */
function stops(graph: Graph, node: Node, outcome: Outcome): boolean {
  return stoppingGuess(graph, node, outcome) !== undefined;
}

function heading({ recipe, nodes }: Graph): string {
  return `${recipe.about.name}  seed ${recipe.seed}  ·  ${nodes.length} steps`;
}

/** Warnings of the recipe's checks; they stop nothing. */
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
