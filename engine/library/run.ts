/** A run as a library user holds it, and how a graph becomes one: executed, checked, written out. */
import type { LayerFacts } from "../facts.ts";
import type { Batch } from "../kind.ts";
import type { Inputs, OpSet } from "../op.ts";
import type { Graph } from "../graph/graph.ts";
import {
  type ExportDocument,
  type RunDocument,
  runDocument,
  type StepDocument,
} from "../report/document.ts";
import type { RunListener } from "../run/event.ts";
import { execute, type Execution } from "../run/execute.ts";
import type { ExecuteOptions } from "../run/run_state.ts";
import { endingBySignal } from "../run/problem.ts";
import { type Expectation, expectations } from "../report/expectations.ts";
import { type Lock, lockOf, lockText } from "../run/lock.ts";
import type { Origin } from "../run/origin.ts";
import { leave, type LeaveOptions, type Leaving } from "./out/leave.ts";
import type { Ending, Problem } from "../error.ts";
import { reportMarkdown } from "../report/report.ts";
import {
  displayedChart,
  displayedComparison,
  displayedLayers,
  displayedRun,
  displayedTable,
} from "../notebook/displayed.ts";
import { compareRuns, type RunComparison } from "../report/compare.ts";
import { type QualityChart, qualityChart } from "../report/html/quality_chart.ts";
import type { Subject } from "../report/subject.ts";
import { lockedSearch, type SearchDocument } from "../report/search/search_document.ts";
import type { Store } from "../store/store.ts";
import { runTable } from "../report/run_table.ts";
import { type StepStates, stepStates } from "../run/step_state.ts";
import type { Table } from "../report/table.ts";
import { LOCK, REPORT, writeFiles, type Written } from "./write_out.ts";

/** What may be asked of a run besides where and on what. */
export interface RunSettings extends
  Pick<
    ExecuteOptions,
    "force" | "until" | "keepGoing" | "lock" | "onEvent" | "signal" | "jobs" | "executor"
  > {
  /** Folder for reports and exported files; without it nothing is written but the cache. */
  readonly out?: string;
}

/** What running needs besides: a graph does not know from which document it was made. */
export interface RunGraphOptions extends RunSettings, ExecuteOptions {
  readonly origin?: Origin;
  /** The ops that a recipe may name; one of them saves models. */
  readonly ops?: OpSet;
}

/** A model that a run made. */
export interface RunModel {
  /** The name of the step that made it. */
  readonly name: string;
  /** Its layers with shapes, parameters and MACs. */
  readonly layers: readonly LayerFacts[];
  /** The model itself, as plain data. */
  value(): Promise<unknown>;
  /**
   * What it answers to raw samples, given one after another or in nested arrays: a row of logits each. Throws a
   * RangeError where they do not fit.
   */
  predict(batch: Batch): Promise<Float32Array[]>;
  /** Writes it into a folder as a tfjs layers-model; returns what was written. */
  save(folder: string): Promise<readonly Written[]>;
}

/** A run, done. */
export interface Run {
  /** Every step is done and every expectation met. */
  readonly ok: boolean;
  /** How it ended; decides the exit code. */
  readonly ending: Ending;
  /** What ran. */
  readonly graph: Graph;
  /** Everything about the run; `report.json`. */
  readonly report: RunDocument;
  /** Every step, in recipe order. */
  readonly steps: readonly StepDocument[];
  /** Every model that was measured. */
  readonly models: RunDocument["models"];
  /** Every claim and whether it is met. */
  readonly expect: readonly Expectation[];
  /** What went wrong. */
  readonly problems: readonly Problem[];
  /** The result table. */
  readonly table: Table;
  /** What was read and made, by digest; undefined where a step is not done. */
  readonly lock: Lock | undefined;
  /** Files and folders written under `out`. */
  readonly written: readonly Written[];
  /** A model by the name of its step, or `result`. Throws a RangeError where there is none. */
  model(name: string): RunModel;
  /** This run, A, beside another, B: figures of models, steps that differ and why. */
  compare(other: Run): RunComparison;
  /** Two figures of every measured model: `chart("bytes", "accuracy")`. Throws a RangeError for one not measured. */
  chart(x: string, y: string): QualityChart;
}

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
  const execution = await execute(graph, { ...options, onEvent: listen });
  return await finishRun(execution, states, { begun, onEvent, ...options });
}

/** When a run begins. */
interface Beginning {
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
    Pick<RunGraphOptions, "out" | "origin" | "until" | "store" | "environment" | "ops">,
    LeaveOptions {
  readonly begun: Beginning;
  readonly searched?: Searched;
}

/** Checks the claims of what was executed, and writes what is asked for. */
export async function finishRun(
  execution: Execution,
  states: StepStates,
  options: Finishing,
): Promise<Run> {
  try {
    return await finished();
  } catch (error) {
    throw await execution.fault(error);
  }

  async function finished(): Promise<Run> {
    const { out, origin = { set: {} }, begun, searched } = options;
    const complete = execution.ending === "done" && options.until === undefined;
    const sound = searched === undefined || searched.ending === "done";
    const expect = complete
      ? [...searched?.where ?? [], ...expectations(execution.graph, states)]
      : [];
    const problems = [...searched?.problems ?? [], ...execution.problems];
    const { graph, outcomes } = execution;
    const documentOf = (ending: Ending, exports: readonly ExportDocument[] = []): RunDocument =>
      runDocument({ graph, ending, problems }, states, {
        date: begun.date,
        seconds: Math.round(performance.now() - begun.at) / 1000,
        environment: options.environment,
        expect,
        exports,
        set: origin.set,
        ...(searched === undefined ? {} : { search: searched.document }),
      });
    const table = runTable(graph, states);
    const lock = complete && sound
      ? lockOf(graph, done(execution), {
        search: searched && lockedSearch(searched.document),
        set: origin.set,
      })
      : undefined;
    let ended = execution.ending === "done" && !sound ? searched.ending : execution.ending;
    let report = documentOf(ended);
    const whole = lock !== undefined;
    const reports: Leaving["reports"] = async (exports, files) => {
      report = documentOf(ended, exports);
      const page = { document: report, table, files, lock, origin };
      return {
        "report.html": await pageOf(execution, options.store, page),
        "report.md": reportMarkdown(graph, report, states),
        [REPORT]: `${JSON.stringify(report, null, 2)}\n`,
        ...(lock === undefined ? {} : { [LOCK]: lockText(lock) }),
      };
    };
    const written = await leave(out, { execution, states, ended, whole, reports }, options);
    if (written === undefined) {
      ended = endingBySignal(options.signal);
      report = documentOf(ended);
    }
    const ending = ended === "done" && !report.ok ? "expectation" : ended;
    const { metrics } = graph.recipe;
    const run: Run = {
      ok: report.ok,
      ending,
      graph,
      report,
      steps: report.steps,
      models: report.models,
      expect,
      problems,
      table: displayedTable(table),
      lock,
      written: written ?? [],
      model: (name) => modelOf(execution, name, options),
      compare: (other) => displayedComparison(compareRuns(report, other.report, metrics), metrics),
      chart: (x, y) => displayedChart(qualityChart(graph, report, x, y), metrics),
    };
    return displayedRun(run, { graph, document: report, table, outcomes });
  }
}

/** The report for a browser. It is loaded only where it is written. */
async function pageOf(
  { graph, outcomes }: Execution,
  store: Store,
  run: Pick<Subject, "document" | "table" | "files" | "lock" | "origin">,
): Promise<string> {
  const [{ reportHtml }, { dataCards }, { differingSamples }] = await Promise.all([
    import("../report/html/report_html.ts"),
    import("../report/data_cards.ts"),
    import("../report/html/differing.ts"),
  ]);
  const cards = await dataCards(graph, outcomes, store);
  const differing = await differingSamples(graph, outcomes, store);
  return reportHtml({ ...run, graph, outcomes, cards, differing });
}

function done({ located, outcomes }: Execution): Parameters<typeof lockOf>[1] {
  return (name) => {
    const place = located.get(name);
    const outcome = outcomes.get(name);
    return place === undefined || outcome === undefined ? undefined : { ...place, outcome };
  };
}

function modelOf(
  execution: Execution,
  name: string,
  { environment: { threads }, ops = new Map() }: Pick<RunGraphOptions, "environment" | "ops">,
): RunModel {
  const { graph, outcomes } = execution;
  const step = name === "result" ? graph.recipe.result ?? name : name;
  const { facts, op } = graph.node(step) ?? {};
  if (facts?.kind !== "model" || !outcomes.has(step)) {
    const names = graph.nodes.flatMap(({ step, op }) =>
      op.output.name === "model" && outcomes.has(step.name) ? [step.name] : []
    );
    throw new RangeError(`This run has no model "${name}"; it has ${names.join(", ") || "none"}`);
  }
  const kind = op?.output;
  const value = () => execution.value(step);
  return {
    name: step,
    layers: displayedLayers(facts.layers ?? []),
    value,
    async predict(batch) {
      if (kind?.predict === undefined) throw new TypeError(`A ${kind?.name} cannot be asked`);
      return await kind.predict(await value(), batch, { threads });
    },
    async save(folder) {
      const saver = ops.values().find(({ saves, inputs }) =>
        saves !== undefined && Object.values(inputs as Inputs)[0]?.kind === kind
      );
      if (saver?.saves === undefined) throw new TypeError(`A ${kind?.name} has no form as files`);
      return await writeFiles(folder, await saver.saves(await value()));
    },
  };
}
