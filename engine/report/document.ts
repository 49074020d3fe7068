/** What a run did, as one JSON document: `run --json`, `report.json`, and the source of every other report. */
import { given } from "../given.ts";
import type { Json } from "../digest.ts";
import type { FileRow } from "../files.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { Metrics } from "../metrics.ts";
import type { Step } from "../recipe/recipe.ts";
import { isLoaded, modelsInUse } from "../graph/models_in_use.ts";
import { guessOf } from "../run/chance.ts";
import type { Expectation } from "./expectations.ts";
import type { Folded } from "./folded/folded.ts";
import type { Execution } from "../run/execute.ts";
import type { Environment } from "../run/host.ts";
import { settingsIn } from "../run/lock.ts";
import type { SourceRow } from "../run/source_rows.ts";
import { type ModelRow, modelRows } from "./model_row.ts";
import type { Changes } from "../run/origin.ts";
import { outgrownTeachers } from "./outgrown.ts";
import { type PointGroup, sweepPoints } from "./sweep/points.ts";
import type { Problem } from "../error.ts";
import type { SearchDocument } from "./search/search_document.ts";
import type { Status, StepState, StepStates } from "../run/step_state.ts";

/** A step in the document. */
export interface StepDocument {
  /** The step's name. */
  readonly name: string;
  /** The op, by name. */
  readonly op: string;
  /** Of the op. */
  readonly version: number;
  /** Input name, or path of the parameter that names a step → the step or steps it reads. */
  readonly reads: Step["inputs"];
  /** With every default written out. */
  readonly params: Step["params"];
  /** What became of it. */
  readonly status: Status;
  /** Why it ran, failed or was skipped. */
  readonly cause?: string;
  /** The name of the computation; absent where it was never known. */
  readonly key?: string;
  /** Of the run that made it: this one, or for a hit the one it is recalled from. */
  readonly seconds?: number;
  /** What it made. */
  readonly artifact?: { readonly digest: string; readonly kind: string; readonly bytes: number };
  /** What it measured, if it measures. */
  readonly metrics?: Metrics;
  /** What happened while making it. */
  readonly notes: Readonly<Record<string, Json>>;
  /** Sentences for a person. */
  readonly warnings: readonly string[];
  /** The machine that made it in this run, where that is another than the run's: a worker behind a queue. */
  readonly host?: string;
  /** When and where a recalled step was made. */
  readonly recalled?: { readonly date: string; readonly host: string };
}

/** A model in the document; `metrics` holds every further metric by name. */
export interface ModelDocument extends Metrics {
  /** The name of the step that made it. */
  readonly name: string;
}

/** A point of a sweep, or its repeats. */
export interface PointDocument {
  /** The variables that are varied. */
  readonly values: Readonly<Record<string, Json>>;
  /** The steps that made the results: one for each repeat. */
  readonly results: readonly string[];
  /** No other point is better in one of the sweep's metrics and as good in the others. */
  readonly pareto: boolean;
  /** Means over the repeats. */
  readonly metrics?: Metrics;
  /** Standard deviation of the accuracy over the repeats. */
  readonly deviation?: number;
}

/**
 * An export in `report.json`: its files by digest. The lock holds the digest of the step's artifact, which is made of
 * these rows and so determines them.
 */
export interface ExportDocument {
  /** The step that made it. */
  readonly step: string;
  /** Where its files stand, relative to the report. */
  readonly folder: string;
  /** Every file of it: path in the folder, SHA-256, size. */
  readonly files: readonly FileRow[];
  /** The document beside them that says how their inputs are prepared. It is not in the lock. */
  readonly document?: FileRow;
  /** The page beside the report that runs its model in a browser; `of`: the digest of all that the page was made of. */
  readonly page?: FileRow & { readonly of: string };
}

/** The document. Fractions are 0…1; sizes are bytes, times seconds, latency milliseconds. */
export interface RunDocument {
  /** The version of this document. */
  readonly format: 1;
  /** The recipe's name. */
  readonly recipe: string;
  /** What was set in it from outside, as with `--set`; absent where nothing was. */
  readonly settings?: Readonly<Record<string, Json>>;
  /** Every step is done and every expectation met. */
  readonly ok: boolean;
  /** When it began, ISO 8601 in UTC. */
  readonly date: string;
  /** Of the whole run. */
  readonly seconds: number;
  /** The machine it ran on. */
  readonly environment: Environment;
  /** The sources that the recipe names, and what they say of themselves; absent where there are none. */
  readonly sources?: readonly SourceRow[];
  /** Every step, in recipe order; of a large run as written those for which there is room, see `folded`. */
  readonly steps: readonly StepDocument[];
  /** Every model that was measured. */
  readonly models: readonly ModelDocument[];
  /** The step that made the result. */
  readonly result: string | null;
  /** The points of a sweep. */
  readonly points?: readonly PointDocument[];
  /** What a search tried; steps, models and result are those of its winner. */
  readonly search?: SearchDocument;
  /**
   * The exported files beside the report, by digest; where this run made none and did not come to its end, those of the
   * run before. Absent where there are none, or where nothing is written for people.
   */
  readonly exports?: readonly ExportDocument[];
  /** Every claim and whether it is met. */
  readonly expect: readonly Expectation[];
  /** What went wrong. */
  readonly problems: readonly Problem[];
  /** How many steps, models, claims and problems are not listed, as a large run is written; absent where all are. */
  readonly folded?: Folded;
}

/** Whether JSON has what a comparison reads of a document of this version. */
export function isRunDocument(value: unknown): value is RunDocument {
  const { format, recipe, ok, date, environment, steps, models, result } = fields(value);
  const named = (list: unknown, test: (row: UnknownFields) => boolean) =>
    Array.isArray(list) &&
    list.every((row) => typeof fields(row).name === "string" && test(fields(row)));
  return format === 1 && typeof recipe === "string" && typeof ok === "boolean" &&
    typeof date === "string" && typeof fields(environment).host === "string" &&
    (result === null || typeof result === "string") && named(steps, isStep) &&
    named(models, isMeasured);
}

type UnknownFields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): UnknownFields =>
  typeof value === "object" && value !== null ? value as UnknownFields : {};

function isStep({ op, reads, artifact, metrics }: UnknownFields): boolean {
  const read = Object.values(fields(reads)).flat();
  return typeof op === "string" && read.every((name) => typeof name === "string") &&
    (artifact === undefined || typeof fields(artifact).digest === "string") &&
    (metrics === undefined || isMeasured(fields(metrics)));
}

/** Figures are numbers, alone or by name. */
function isMeasured({ bytes, metrics, intervals = {}, ...figures }: UnknownFields): boolean {
  const numbers = (map: UnknownFields, others: readonly string[] = []) =>
    Object.entries(map).every(([name, each]) => typeof each === "number" || others.includes(name));
  return numbers(figures, ["name", "confusion", "timing"]) && numbers(fields(bytes), ["format"]) &&
    Object.values(fields(intervals)).every((each) =>
      Array.isArray(each) && numbers(fields(each))
    ) &&
    typeof metrics === "object" && metrics !== null &&
    Object.values(metrics).every((each) =>
      typeof each === "number" || typeof each === "object" && each !== null && numbers(fields(each))
    );
}

/** What stands on standard output when nothing could be run. */
interface RefusalDocument {
  readonly format: 1;
  readonly ok: false;
  readonly problems: readonly Problem[];
}

/** The document of a run. */
export function runDocument(
  { graph, ending, problems }: Pick<Execution, "graph" | "ending" | "problems">,
  states: StepStates,
  { date, seconds, environment, expect, set, search, sources = [], exports = [] }: {
    readonly date: string;
    readonly seconds: number;
    readonly environment: Environment;
    readonly expect: readonly Expectation[];
    readonly set?: Changes;
    readonly search?: SearchDocument;
    readonly sources?: readonly SourceRow[];
    readonly exports?: readonly ExportDocument[];
  },
): RunDocument {
  const points = sweepPoints(graph, states);
  const models = modelRows(graph, states);
  return {
    format: 1,
    recipe: graph.recipe.about.name,
    ...settingsIn(set),
    ok: ending === "done" && expect.every(({ met }) => met),
    date,
    seconds,
    environment,
    ...given({ sources: sources.length === 0 ? undefined : sources }),
    steps: stepDocuments(graph, states, { models, host: environment.host }),
    models,
    result: graph.recipe.result ?? null,
    ...given({
      points: points.length === 0 ? undefined : points.map(pointDocument),
      search,
      exports: exports.length === 0 ? undefined : exports,
    }),
    expect,
    problems,
  };
}

/** The document where nothing could be run. */
export function refusalDocument(problems: readonly Problem[]): RefusalDocument {
  return { format: 1, ok: false, problems };
}

function pointDocument({ values, points, pareto, metrics, accuracy }: PointGroup): PointDocument {
  return {
    values,
    results: points.flatMap(({ result }) => result ?? []),
    pareto,
    ...given({ metrics, deviation: accuracy?.deviation }),
  };
}

function stepDocuments(
  graph: Graph,
  states: StepStates,
  { models, host }: { readonly models: readonly ModelRow[]; readonly host: string },
): StepDocument[] {
  const outgrown = outgrownTeachers(graph, models);
  const inUse = modelsInUse(graph);
  // A model in use has stopped the run already; for a loaded one that is still to be trained this is only a warning.
  const guesses = (state: StepState): string[] => {
    const guess = state.outcome && guessOf(graph.node(state.node.step.name)!, state.outcome);
    const said = guess !== undefined && isLoaded(guess.model) &&
      !inUse.has(guess.model.step.name);
    return said ? [`${guess.sentence}; ${guess.help}`] : [];
  };
  return graph.nodes.flatMap(({ step: { name } }) => {
    const state = states.get(name);
    if (state === undefined) return [];
    const document = stepDocument(state, host);
    const more = [...guesses(state), ...outgrown.get(name) ?? []];
    return [{ ...document, warnings: [...document.warnings, ...more] }];
  });
}

function stepDocument(
  { node, status, cause, key, seconds, outcome }: StepState,
  here: string,
): StepDocument {
  const manifest = node.op.output.name === "metrics" ? outcome?.manifest : undefined;
  const provenance = outcome?.provenance;
  return {
    name: node.step.name,
    op: node.op.name,
    version: node.op.version,
    reads: readsOf(node),
    params: node.step.params,
    status,
    ...given({
      cause,
      key,
      seconds,
      artifact: outcome && artifactOf(outcome),
      metrics: manifest as unknown as Metrics | undefined,
    }),
    notes: outcome?.notes ?? {},
    warnings: outcome?.warnings ?? [],
    ...given({
      recalled: status === "hit" && provenance
        ? { date: provenance.date, host: provenance.host }
        : undefined,
      host: status === "ran" && provenance?.host !== here ? provenance?.host : undefined,
    }),
  };
}

function readsOf({ step, references }: Node): Step["inputs"] {
  const named = Object.entries(references).map(([path, { step }]) => [path, step.name] as const);
  return { ...step.inputs, ...Object.fromEntries(named) };
}

function artifactOf(
  { artifact }: NonNullable<StepState["outcome"]>,
): StepDocument["artifact"] & object {
  const { digest, kind, bytes } = artifact;
  return { digest, kind, bytes };
}
