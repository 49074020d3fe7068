/** How a graph becomes a run: executed, checked, written out. */
import { jsonText } from "../quote.ts";
import type { Ending, Problem } from "../error.ts";
import { given } from "../given.ts";
import type { Graph } from "../graph/graph.ts";
import {
  displayedChart,
  displayedComparison,
  displayedRun,
  displayedTable,
} from "../notebook/displayed.ts";
import { compareRuns } from "../report/compare.ts";
import { type ExportDocument, type RunDocument, runDocument } from "../report/document.ts";
import { type Expectation, expectations } from "../report/expectations.ts";
import { qualityChart } from "../report/html/quality_chart.ts";
import { foldedDocument } from "../report/folded/fold_document.ts";
import { reportMarkdown } from "../report/report.ts";
import { runTable } from "../report/run_table.ts";
import { lockedSearch, type SearchDocument } from "../report/search/search_document.ts";
import type { Subject } from "../report/subject.ts";
import type { Table } from "../report/table.ts";
import type { RunListener } from "../run/event.ts";
import { execute, type Execution } from "../run/execute.ts";
import { type Lock, lockOf, lockText } from "../run/lock.ts";
import type { Origin } from "../run/origin.ts";
import { namedSources } from "../run/source_rows.ts";
import { endingBySignal } from "../run/problem.ts";
import { type StepStates, stepStates } from "../run/step_state.ts";
import { leave, type LeaveOptions } from "./out/leave.ts";
import { modelOf, type Run, type RunGraphOptions } from "./run.ts";
import { LOCK, REPORT, type Written } from "./write_out.ts";

/** Executes a graph, checks what the recipe expects, writes what is asked for. */
export async function runGraph(
  graph: Graph,
  { onEvent, ...options }: RunGraphOptions,
): Promise<Run> {
  const begun = beginning();
  const { states, take } = stepStates();
  const listen: RunListener = (event, graph) => {
    take(event, graph);
    onEvent?.(event, graph);
  };
  const execution = await execute(graph, {
    ...options,
    onEvent: listen,
    watched: onEvent !== undefined,
  });
  return await finishRun(execution, states(), { begun, onEvent, ...options });
}

/** When a run begins. */
export interface Beginning {
  /** ISO 8601 in UTC. */
  readonly date: string;
  /** By the clock that only goes forward, ms. */
  readonly at: number;
}

/** Now. */
export function beginning(): Beginning {
  return { date: new Date().toISOString(), at: performance.now() };
}

/** What a search adds to the run of its winner. */
interface Searched {
  readonly document: SearchDocument;
  /** What the winner had to satisfy, and whether it did. */
  readonly where: readonly Expectation[];
  /** What went wrong in trials, and how the search ended for it; `done` where nothing did. */
  readonly problems: readonly Problem[];
  readonly ending: Ending;
}

/** What finishing needs to know of a run. */
interface Finishing
  extends
    Pick<RunGraphOptions, "out" | "origin" | "until" | "store" | "environment" | "kernels" | "ops">,
    Omit<LeaveOptions, "store"> {
  readonly begun: Beginning;
  readonly searched?: Searched;
}

/** What was executed, checked; nothing of it is written yet. */
interface CheckedRun {
  readonly execution: Execution;
  readonly states: StepStates;
  readonly options: Finishing;
  readonly origin: Origin;
  readonly ending: Ending;
  readonly expect: readonly Expectation[];
  readonly problems: readonly Problem[];
  readonly table: Table;
  /** Where the run is whole. */
  readonly lock: Lock | undefined;
}

/** Checks the claims of what was executed, and writes what is asked for. */
export async function finishRun(
  execution: Execution,
  states: StepStates,
  options: Finishing,
): Promise<Run> {
  try {
    const checked = check(execution, states, options);
    return runOf(checked, await written(checked));
  } catch (error) {
    throw await execution.fault(error);
  }
}

function check(execution: Execution, states: StepStates, options: Finishing): CheckedRun {
  const { origin = { set: {} }, searched, until } = options;
  const { graph } = execution;
  const done = execution.ending === "done";
  const complete = done && until === undefined;
  const sound = searched === undefined || searched.ending === "done";
  const lock = complete && sound
    ? lockOf(graph, madeBy(execution), {
      search: searched && lockedSearch(searched.document),
      set: origin.set,
    })
    : undefined;
  return {
    execution,
    states,
    options,
    origin,
    ending: done && !sound ? searched.ending : execution.ending,
    expect: complete ? [...searched?.where ?? [], ...expectations(graph, states)] : [],
    problems: [...searched?.problems ?? [], ...execution.problems],
    table: runTable(graph, states),
    lock,
  };
}

/** What lies in the folder for people, and what is said of the run there. */
interface Reported {
  readonly ending: Ending;
  readonly report: RunDocument;
  readonly written: readonly Written[];
}

/** Writes exports, reports and lock, where a folder is given. */
async function written(checked: CheckedRun): Promise<Reported> {
  const { execution, states, options, lock, ending } = checked;
  let report = documentOf(checked, ending);
  const written = await leave(options.out, {
    execution,
    states,
    ended: ending,
    whole: lock !== undefined,
    reports: async (exports, files) => {
      report = documentOf(checked, ending, exports);
      return await reportsOf(checked, report, files);
    },
  }, options);
  if (written !== undefined) return { ending, report, written };
  const interrupted = endingBySignal(options.signal);
  return { ending: interrupted, report: documentOf(checked, interrupted), written: [] };
}

function documentOf(
  { execution, states, options, origin, expect, problems }: CheckedRun,
  ending: Ending,
  exports: readonly ExportDocument[] = [],
): RunDocument {
  const { begun, environment, searched } = options;
  const { graph, located, outcomes } = execution;
  const read = (step: string) => {
    const place = located.get(step);
    return place && { sources: place.sources, outcome: outcomes.get(step) };
  };
  return runDocument({ graph, ending, problems }, states, {
    date: begun.date,
    seconds: Math.round(performance.now() - begun.at) / 1000,
    environment,
    expect,
    sources: namedSources(graph, read),
    exports,
    set: origin.set,
    ...given({ search: searched?.document }),
  });
}

/** The reports by name, in the order in which they are written. The page for a browser is loaded only here. */
async function reportsOf(
  { execution: { graph, outcomes }, states, options, table, lock, origin }: CheckedRun,
  whole: RunDocument,
  files: Subject["files"],
): Promise<Readonly<Record<string, string>>> {
  const [{ reportHtml }, { dataCards }, { differingSamples }] = await Promise.all([
    import("../report/html/report_html.ts"),
    import("../report/data_cards.ts"),
    import("../report/differing.ts"),
  ]);
  const document = foldedDocument(whole);
  const cards = await dataCards(graph, outcomes, options.store);
  const differing = await differingSamples(graph, outcomes, options.store);
  const subject = { document, table, files, lock, origin, graph, outcomes, cards, differing };
  return {
    "report.html": reportHtml(subject),
    "report.md": reportMarkdown(graph, document, states),
    [REPORT]: jsonText(document),
    ...given({ [LOCK]: lock && lockText(lock) }),
  };
}

function runOf(
  { execution, options, expect, problems, table, lock }: CheckedRun,
  { ending, report, written }: Reported,
): Run {
  const { graph, outcomes } = execution;
  const { metrics } = graph.recipe;
  const run: Run = {
    ok: report.ok,
    ending: ending === "done" && !report.ok ? "expectation" : ending,
    graph,
    report,
    steps: report.steps,
    models: report.models,
    expect,
    problems,
    table: displayedTable(table),
    lock,
    written,
    model: (name) => modelOf(execution, name, options),
    compare: (other) => displayedComparison(compareRuns(report, other.report, metrics), metrics),
    chart: (x, y) => displayedChart(qualityChart(graph, report, x, y), metrics),
  };
  return displayedRun(run, { graph, document: report, table, outcomes });
}

/** The outcome of a step by its name, and where it stands; undefined where it is not done. */
function madeBy({ located, outcomes }: Execution): Parameters<typeof lockOf>[1] {
  return (name) => {
    const place = located.get(name);
    const outcome = outcomes.get(name);
    return place === undefined || outcome === undefined ? undefined : { ...place, outcome };
  };
}
