/** Two runs side by side: what was measured of their models, which of their steps differ, and why. */
import { given } from "../given.ts";
import type { Json } from "../digest.ts";
import type { MetricSet } from "../metrics.ts";
import type { ModelDocument, RunDocument, StepDocument } from "./document.ts";
import { settingsIn } from "../run/lock.ts";
import { figureNames, figureOf } from "./figures.ts";
import { stepCount } from "./folded/folded.ts";

/** One figure of a model in both runs. */
export interface FigureComparison {
  /** The model, by name. */
  readonly model: string;
  /** The figure, by name: `accuracy`, `bytes.gzip`. */
  readonly figure: string;
  /** Absent where one run did not measure it. */
  readonly a?: number;
  /** As `a`, in run B. */
  readonly b?: number;
}

/** A step that is not the same in both runs. */
export interface StepComparison {
  /** The step, by name. */
  readonly step: string;
  /** `way`: another step that made the same. */
  readonly what: "only in A" | "only in B" | "result" | "way";
  /** Sentences without a period. */
  readonly why: readonly string[];
}

/** What there is to say of one of the runs. */
export type RunHead = Pick<RunDocument, "recipe" | "settings" | "ok" | "date" | "result"> & {
  readonly host: string;
  /** How many of its steps its document does not list: they are not compared. */
  readonly unlisted?: number;
};

/** The comparison of run A with run B. */
export interface RunComparison {
  /** The version of this document. */
  readonly format: 1;
  /** Run A. */
  readonly a: RunHead;
  /** Run B. */
  readonly b: RunHead;
  /** Of each model of either run, in order; equal figures too. */
  readonly figures: readonly FigureComparison[];
  /** Steps that differ; a step that is the same in both is not listed. */
  readonly steps: readonly StepComparison[];
}

/** Compares two runs, figures in the order of `metrics`. Models and steps are the same ones if they have the same name. */
export function compareRuns(
  a: RunDocument,
  b: RunDocument,
  metrics: MetricSet,
): RunComparison {
  return {
    format: 1,
    a: headOf(a),
    b: headOf(b),
    figures: figuresOf(a, b, metrics),
    steps: stepsOf(a, b),
  };
}

const headOf = (
  { recipe, settings, ok, date, result, environment, steps, folded }: RunDocument,
): RunHead => ({
  recipe,
  ...settingsIn(settings),
  ok,
  date,
  result,
  host: environment.host,
  ...given({ unlisted: folded && stepCount({ steps, folded }) - steps.length }),
});

function figuresOf(a: RunDocument, b: RunDocument, metrics: MetricSet): FigureComparison[] {
  // Bytes as float32 say nothing that the parameters do not.
  const names = figureNames(metrics, [...a.models, ...b.models]).filter((name) =>
    name !== "bytes.raw"
  );
  const pair = (model: string, inA?: ModelDocument, inB?: ModelDocument): FigureComparison[] =>
    names.flatMap((figure) => {
      const [valueA, valueB] = [inA, inB].map((row) => row && figureOf(row, figure));
      if (valueA === undefined && valueB === undefined) return [];
      // A document that does not list a model may have measured it.
      if (inA === undefined && a.folded?.models || inB === undefined && b.folded?.models) return [];
      return [{
        model,
        figure,
        ...given({ a: valueA, b: valueB }),
      }];
    });
  const [inA, inB] = [a, b].map(({ models }) => new Map(models.map((row) => [row.name, row])));
  const models = [...new Set([...inA!.keys(), ...inB!.keys()])];
  const results = a.result === b.result || a.result === null || b.result === null
    ? []
    : pair(`result: ${a.result} | ${b.result}`, inA!.get(a.result), inB!.get(b.result));
  return [...models.flatMap((name) => pair(name, inA!.get(name), inB!.get(name))), ...results];
}

function stepsOf(a: RunDocument, b: RunDocument): StepComparison[] {
  const [inA, inB] = [a, b].map(({ steps }) => new Map(steps.map((step) => [step.name, step])));
  const names = [...new Set([...inA!.keys(), ...inB!.keys()])];
  const changed = new Set<string>();
  const numerics = [a, b].map(({ environment }) => environment.numerics) as [number, number];
  return names.flatMap((step): StepComparison[] => {
    const [before, after] = [inA!.get(step), inB!.get(step)];
    if (after === undefined) return b.folded ? [] : [{ step, what: "only in A", why: [] }];
    if (before === undefined) return a.folded ? [] : [{ step, what: "only in B", why: [] }];
    const same = before.artifact?.digest === after.artifact?.digest;
    if (!same) changed.add(step);
    if (same && before.key === after.key) return [];
    return [{
      step,
      what: same ? "way" : "result",
      why: reasons(before, after, changed, numerics),
    }];
  });
}

/** Why a step is another one, or made something else. */
function reasons(
  a: StepDocument,
  b: StepDocument,
  changed: ReadonlySet<string>,
  numerics: readonly [number, number],
): string[] {
  const named = (step: StepDocument) => Object.values(step.reads ?? {}).flat();
  const read = [...new Set(named(b))].filter((name) => changed.has(name));
  if (a.op !== b.op) return [`op ${a.op} → ${b.op}`];
  const told = [
    ...(a.version === b.version ? [] : [`version ${a.version} → ${b.version}`]),
    ...differences({ ...a.reads, ...a.params }, { ...b.reads, ...b.params }),
    ...read.map((name) => `${name} differs`),
    ...(numerics[0] === numerics[1] ? [] : [`numerics ${numerics[0]} → ${numerics[1]}`]),
  ];
  if (told.length > 0) return told;
  const [ended, other] = [a.artifact === undefined, b.artifact === undefined];
  if (ended || other) return [`${ended ? "A" : "B"} did not finish it`];
  if (a.metrics?.latency !== undefined) return ["a clock was read twice"];
  return [
    a.key === b.key ? "nothing that is recorded: it is not reproducible" : "a source differs",
  ];
}

/** Where two values differ: maps field by field, lists of one length item by item, all else as a whole. */
function differences(a: Json | undefined, b: Json | undefined, path = ""): string[] {
  const [inA, inB] = [fieldsOf(a), fieldsOf(b)];
  if (inA === undefined || inB === undefined || Array.isArray(a) !== Array.isArray(b)) {
    return valueText(a) === valueText(b) ? [] : [`${path} ${valueText(a)} → ${valueText(b)}`];
  }
  if (Array.isArray(a) && inA.size !== inB.size) {
    return [`${path} ${valueText(a)} → ${valueText(b)}`];
  }
  return [...new Set([...inA.keys(), ...inB.keys()])].flatMap((name) =>
    differences(inA.get(name), inB.get(name), path === "" ? name : `${path}.${name}`)
  );
}

function fieldsOf(value: Json | undefined): Map<string, Json> | undefined {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
}

const valueText = (value: Json | undefined): string =>
  value === undefined ? "none" : typeof value === "string" ? value : JSON.stringify(value);
