/** The models that were measured, each with everything that was measured of it. */
import { given } from "../given.ts";
import { type Graph, isMany, type Node, subjectOf } from "../graph/graph.ts";
import type { Metrics, ModelBytes } from "../metrics.ts";
import type { StepState, StepStates } from "../run/step_state.ts";

/** One measured model. */
export interface ModelRow extends Metrics {
  readonly name: string;
}

/**
 * The rows, in the order in which the models were made; in each, metrics in the order in which they are declared, and
 * classes in that of the data, whatever the order in which a record in a cache keeps them.
 */
export function modelRows(graph: Graph, states: StepStates): ModelRow[] {
  const { result, sweep } = graph.recipe;
  const declared = [...graph.recipe.metrics.keys()];
  const measured = new Map<string, Metrics>();
  for (const { node, outcome } of states.values()) {
    if (node.op.output.name !== "metrics" || outcome?.manifest === undefined) continue;
    const subject = subjectOf(node);
    if (subject === undefined) continue;
    const before = measured.get(subject.step.name);
    const { metrics: further, ...own } = outcome.manifest as unknown as Metrics;
    measured.set(subject.step.name, {
      ...before,
      ...own,
      ...given({ intervals: own.intervals && inOrder(own.intervals, declared) }),
      metrics: inOrder({ ...before?.metrics, ...byClass(further, classesOf(node)) }, declared),
    });
  }
  const exports = exportsByModel(states);
  const results = new Set([result, ...sweep?.points.map((point) => point.result) ?? []]);
  return graph.nodes.flatMap(({ step: { name } }) => {
    const metrics = measured.get(name);
    if (metrics === undefined) return [];
    const bytes = results.has(name) ? asWritten(metrics.bytes, exports.get(name)) : metrics.bytes;
    return [{ name, ...metrics, ...given({ bytes }) }];
  });
}

/** Fields by name in the order of these names, all others behind. */
function inOrder<T>(
  fields: Readonly<Record<string, T>>,
  names: readonly string[],
): Readonly<Record<string, T>> {
  const all = [...new Set([...names, ...Object.keys(fields)])];
  return Object.fromEntries(
    all.flatMap((name) => Object.hasOwn(fields, name) ? [[name, fields[name]!]] : []),
  );
}

function byClass(metrics: Metrics["metrics"], classes: readonly string[]): Metrics["metrics"] {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [
      name,
      typeof value === "number" ? value : inOrder(value, classes),
    ]),
  );
}

/** The classes of the data that a step measures on; none where they are not known. */
export function classesOf({ inputs: { data } }: Node): readonly string[] {
  const facts = data === undefined || isMany(data) ? undefined : data.facts;
  return (facts?.kind === "dataset" && facts.classes) || [];
}

/** A result that is still as it was loaded is counted as it was written, in the first of its exports; without one, as it came. */
function asWritten(
  bytes: ModelBytes | undefined,
  exports: readonly StepState[] = [],
): ModelBytes | undefined {
  if (!bytes?.own) return bytes;
  for (const { node, outcome } of exports) {
    const { use } = node.step.params;
    const written = outcome?.notes.bytes as Pick<ModelBytes, "encoded" | "gzip"> | undefined;
    if (typeof use !== "string" || written === undefined) continue;
    return { raw: bytes.raw, ...written, format: use, loaded: bytes.encoded };
  }
  return bytes;
}

/** What others are compared with: of a model that was loaded, the files that it came in. */
export function bytesCompared({ encoded, loaded }: ModelBytes): number {
  return loaded ?? encoded;
}

/** What was measured of a model, by its name or as `result`, exports among it; undefined where nothing was. */
export function measuredOf(
  graph: Graph,
  states: StepStates,
): (model: string) => Metrics | undefined {
  const rows = new Map(modelRows(graph, states).map((row) => [row.name, row]));
  const exports = exportsByModel(states);
  return (model) => {
    const name = model === "result" ? graph.recipe.result ?? model : model;
    const row = rows.get(name);
    return row && { ...row, metrics: { ...row.metrics, bytes: exportedBytes(exports.get(name)) } };
  };
}

/** Size of each exported format of a model, bytes of all files together; of a format written twice the first. */
function exportedBytes(exports: readonly StepState[] = []): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const { node, outcome } of exports) {
    const { use } = node.step.params;
    if (Object.hasOwn(sizes, String(use))) continue;
    // The manifest, which stands first, is ours and not a file.
    const files = outcome?.blobs.slice(1);
    if (typeof use === "string" && files) {
      sizes[use] = files.reduce((sum, { bytes }) => sum + bytes, 0);
    }
  }
  return sizes;
}

/** The steps that write each model, by its name. */
function exportsByModel(states: StepStates): ReadonlyMap<string | undefined, StepState[]> {
  const exports = [...states.values()].filter(({ node }) => node.op.output.name === "files");
  return Map.groupBy(exports, ({ node }) => subjectOf(node)?.step.name);
}

/** What a person calls a model: `pruned-cut` is `pruned, just cut` where `pruned` was finetuned from it. */
export function modelLabel(graph: Graph, name: string): string {
  const base = /^(.+)-cut$/.exec(name)?.[1];
  return base !== undefined && graph.node(base) !== undefined ? `${base}, just cut` : name;
}
