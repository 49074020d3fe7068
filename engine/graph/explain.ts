/**
 * Why a step would run: field by field against the record that is nearest to what it would do. Records keep what was
 * hashed into their key, so nothing has to be guessed.
 */
import type { Json } from "../digest.ts";
import type { TextPlace } from "../error.ts";
import { given } from "../given.ts";
import { stepPath } from "../recipe/expand/step_path.ts";
import { join } from "../recipe/parse/tree.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import type { Outcome, Store } from "../store/store.ts";
import { ownPart, type Preimage } from "./key.ts";
import { type Graph, isMany, type Node } from "./graph.ts";
import {
  changedFields,
  fieldsOf,
  type FindNearest,
  nearestIn,
  type RecordFields,
} from "./nearest.ts";
import type { Plan, PlannedStep } from "./plan.ts";

/** One field in which a step differs from the nearest record. */
export interface Difference {
  /** A parameter as the recipe writes it (`prune.ratio`), or an input, source, version, numerics, machine. */
  readonly field: string;
  /** Absent where the record, or the step, has no such field. */
  readonly before?: Json;
  readonly now?: Json;
  /** For parameters: where the recipe says so. */
  readonly place?: TextPlace;
}

/** A step, explained. */
export interface Explanation {
  readonly node: Node;
  readonly state: PlannedStep["state"];
  /** The step this one waits for. */
  readonly waits?: string;
  /** What differs from the nearest record; empty for a hit and where nothing of this op is recorded. */
  readonly differences: readonly Difference[];
  /** The nearest record of the op; of a hit its own. */
  readonly nearest?: Outcome;
  /** Of a step that would run: a sentence about a record of it that nobody who is trusted has signed. */
  readonly hint?: string;
}

/** Explains every step of a plan, by the records of its store, or by those that were read before. */
export async function explain(
  { graph, steps }: Pick<Plan, "graph" | "steps">,
  store: Store,
  records?: RecordsByOp,
): Promise<Explanation[]> {
  const find = records ?? await recordsByOp(graph, store);
  return steps.map((planned) => {
    const { node, state } = planned;
    if (planned.state === "hit") {
      return { node, state, differences: [], nearest: planned.outcome };
    }
    const known = planned.state === "run" ? planned.preimage : knownPart(node);
    const nearest = find.get(node.op.name)!(known);
    const hint = planned.state === "run" ? store.hints?.get(planned.key) : undefined;
    const waits = planned.state === "unknown" ? { waits: planned.waits } : given({ hint });
    if (nearest === undefined) return { node, state, ...waits, differences: [] };
    return {
      node,
      state,
      ...waits,
      differences: differencesOf(graph.recipe, node, nearest.fields, fieldsOf(known)),
      nearest: nearest.outcome,
    };
  });
}

/** What is known of a step's record before its inputs are. */
function knownPart(
  { op, step, references }: Node,
): Pick<Preimage, "op" | "version" | "code" | "own" | "params"> {
  const referred = new Set(Object.keys(references));
  return {
    op: op.name,
    version: op.version,
    ...ownPart({ op, step }),
    params: without(step.params, referred, "") as Preimage["params"],
  };
}

/** What finds the nearest record of each op. */
export type RecordsByOp = ReadonlyMap<string, FindNearest>;

/** Reads every record in a store, those of a graph's ops to be found. */
export async function recordsByOp(
  { nodes }: Pick<Graph, "nodes">,
  store: Store,
): Promise<RecordsByOp> {
  const found = new Map(nodes.map(({ op }): [string, Outcome[]] => [op.name, []]));
  for await (const { outcome } of store.outcomes()) {
    found.get((outcome.preimage as Preimage).op)?.push(outcome);
  }
  return new Map([...found].map(([op, records]) => [op, nearestIn(records)]));
}

function differencesOf(
  recipe: ExpandedRecipe,
  { step, inputs }: Node,
  before: RecordFields,
  now: RecordFields,
): Difference[] {
  return changedFields(before, now).map((name) => {
    const values = given({ before: before.get(name)?.value, now: now.get(name)?.value });
    const [group, ...path] = name.split(".");
    if (group === "params") {
      const field = stepPath(step, path.join("."));
      const place = recipe.place(field);
      return { field, ...values, ...given({ place }) };
    }
    if (group !== "inputs") return { field: name, ...values };
    const read = inputs[path[0]!];
    const maker = read === undefined || isMany(read) ? undefined : read.step.name;
    return { field: `${path.join(".")}${maker === undefined ? "" : ` (${maker})`}`, ...values };
  });
}

function without(value: Json, paths: ReadonlySet<string>, at: string): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((each: Json, index) => without(each, paths, join(at, index)));
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      paths.has(join(at, name)) ? [] : [[name, without(each as Json, paths, join(at, name))]]
    ),
  );
}
