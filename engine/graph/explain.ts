/**
 * Why a step would run: field by field against the record that is nearest to what it would do. Records keep what was
 * hashed into their key, so nothing has to be guessed.
 */
import { canonical, type Json } from "../digest.ts";
import type { TextPlace } from "../error.ts";
import { given } from "../given.ts";
import { stepPath } from "../recipe/expand/step_path.ts";
import { join } from "../recipe/parse/tree.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import type { Outcome, Store } from "../store/store.ts";
import { type Preimage } from "./key.ts";
import { isMany, type Node } from "./graph.ts";
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

/** Explains every step of a plan. */
export async function explain({ graph, steps }: Plan, store: Store): Promise<Explanation[]> {
  const records = await recordsByOp(store, new Set(graph.nodes.map(({ op }) => op.name)));
  return steps.map((planned) => {
    const { node, state } = planned;
    if (planned.state === "hit") {
      return { node, state, differences: [], nearest: planned.outcome };
    }
    const known = planned.state === "run" ? planned.preimage : knownPart(node);
    const nearest = nearestOf(known, records.get(node.op.name)!);
    const hint = planned.state === "run" ? store.hints?.get(planned.key) : undefined;
    const waits = planned.state === "unknown" ? { waits: planned.waits } : given({ hint });
    if (nearest === undefined) return { node, state, ...waits, differences: [] };
    return {
      node,
      state,
      ...waits,
      differences: differencesOf(graph.recipe, node, nearest.fields, leavesOf(known)),
      nearest: nearest.outcome,
    };
  });
}

/** What is known of a step's record before its inputs are. */
function knownPart(
  { op, step, references }: Node,
): Pick<Preimage, "op" | "version" | "code" | "params"> {
  const referred = new Set(Object.keys(references));
  return {
    op: op.name,
    version: op.version,
    ...(op.code === undefined ? {} : { code: op.code }),
    params: without(step.params, referred, "") as Preimage["params"],
  };
}

interface Candidate {
  readonly outcome: Outcome;
  readonly fields: ReadonlyMap<string, Json>;
}

async function recordsByOp(
  store: Store,
  ops: ReadonlySet<string>,
): Promise<Map<string, Outcome[]>> {
  const found = new Map([...ops].map((op): [string, Outcome[]] => [op, []]));
  for await (const { outcome } of store.outcomes()) {
    found.get((outcome.preimage as Preimage).op)?.push(outcome);
  }
  return found;
}

/** The record that differs in the fewest fields; among equals the latest. */
function nearestOf(known: Partial<Preimage>, records: readonly Outcome[]): Candidate | undefined {
  const wanted = leavesOf(known);
  const candidates = records.map((outcome) => {
    const fields = leavesOf(outcome.preimage as Preimage, known);
    return { outcome, fields, distance: changed(fields, wanted).length };
  });
  candidates.sort((a, b) =>
    a.distance - b.distance || b.outcome.provenance.date.localeCompare(a.outcome.provenance.date)
  );
  return candidates[0];
}

function changed(before: ReadonlyMap<string, Json>, now: ReadonlyMap<string, Json>): string[] {
  const names = new Set([...now.keys(), ...before.keys()]);
  const text = (value: Json | undefined) => value === undefined ? "" : canonical(value);
  return [...names].filter((name) => text(before.get(name)) !== text(now.get(name)));
}

function differencesOf(
  recipe: ExpandedRecipe,
  { step, inputs }: Node,
  before: ReadonlyMap<string, Json>,
  now: ReadonlyMap<string, Json>,
): Difference[] {
  return changed(before, now).map((name) => {
    const values = {
      ...(before.has(name) ? { before: before.get(name)! } : {}),
      ...(now.has(name) ? { now: now.get(name)! } : {}),
    };
    const [group, ...path] = name.split(".");
    if (group === "params") {
      const field = stepPath(step, path.join("."));
      const place = recipe.place(field);
      return { field, ...values, ...(place === undefined ? {} : { place }) };
    }
    if (group !== "inputs") return { field: name, ...values };
    const read = inputs[path[0]!];
    const maker = read === undefined || isMany(read) ? undefined : read.step.name;
    return { field: `${path.join(".")}${maker === undefined ? "" : ` (${maker})`}`, ...values };
  });
}

/** The leaves of a record by dotted path; with `like`, of those fields alone that it has. */
function leavesOf(record: Partial<Preimage>, like: Partial<Preimage> = record): Map<string, Json> {
  const leaves = new Map<string, Json>();
  const visit = (value: Json, path: string): void => {
    if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
      leaves.set(path, value);
      return;
    }
    for (const [name, each] of Object.entries(value)) {
      visit(each as Json, join(path, name));
    }
  };
  for (const [name, value] of Object.entries(record)) {
    if (name in like && name !== "format" && name !== "type") visit(value as Json, name);
  }
  return leaves;
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
