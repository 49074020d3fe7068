/** A run as a library user holds it, and the models in it. */
import type { Ending, Problem } from "../error.ts";
import type { LayerFacts } from "../facts.ts";
import { given } from "../given.ts";
import type { Graph } from "../graph/graph.ts";
import type { Batch } from "../kind.ts";
import { displayedLayers } from "../notebook/displayed.ts";
import type { Inputs, OpSet } from "../op.ts";
import type { RunComparison } from "../report/compare.ts";
import type { RunDocument, StepDocument } from "../report/document.ts";
import type { Expectation } from "../report/expectations.ts";
import type { QualityChart } from "../report/html/quality_chart.ts";
import type { Table } from "../report/table.ts";
import type { Execution } from "../run/execute.ts";
import type { Lock } from "../run/lock.ts";
import type { Origin } from "../run/origin.ts";
import type { ExecuteOptions } from "../run/run_state.ts";
import { writeFiles, type Written } from "./write_out.ts";

/** What may be asked of a run besides where and on what. */
export interface RunSettings extends
  Pick<
    ExecuteOptions,
    "force" | "until" | "keepGoing" | "lock" | "onEvent" | "signal" | "jobs" | "executor"
  > {
  /**
   * The URL of a queue whose workers perform the steps, `redis://host:6379`; default `DECANT_QUEUE`. What they read and
   * make travels through the stores of `shared`, which are written.
   */
  readonly queue?: string;
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

/** A model of what was executed. Throws a RangeError where it made none of that name. */
export function modelOf(
  execution: Execution,
  name: string,
  { environment: { threads }, kernels, ops = new Map() }: Pick<
    RunGraphOptions,
    "environment" | "kernels" | "ops"
  >,
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
      return await kind.predict(await value(), batch, { threads, ...given({ kernels }) });
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
