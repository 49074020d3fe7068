/** A document as written → one tree: what it extends merged in, settings applied, variables substituted. */
import type { TSchema } from "../../field.ts";
import { inherit } from "./merge_trees.ts";
import { entryAt, type Problems } from "../parse/problems.ts";
import { fieldsOf, withFields } from "../words/schema_fields.ts";
import { pointFields } from "../words/points_schema.ts";
import { MAX_PARENTS } from "../parse/limits.ts";
import { applySettings, type Settings } from "./settings.ts";
import { child, type Entry, type MapTree, type Tree } from "../parse/tree.ts";
import { declaredVariables, reportUnused, substitute } from "./variables.ts";

interface ResolveContext {
  readonly set: Settings;
  readonly grammar: TSchema;
  readonly problems: Problems;
}

/** A recipe with everything inherited and set, its variables still to be substituted. */
export interface Resolved {
  readonly root: MapTree;
  readonly variables: ReadonlyMap<string, Pick<Entry, "value">>;
}

/**
 * The recipe that a document means; undefined where one behind it is not there. `parents` are the documents behind
 * it, the nearest first.
 */
export function resolveTree(
  written: MapTree,
  parents: readonly Tree[],
  { set, grammar, problems }: ResolveContext,
): Resolved | undefined {
  const chain = chainOf(written, parents, problems);
  if (chain === undefined) return undefined;
  const merged = chain.reduceRight<MapTree | undefined>((parent, document) => {
    reportUnused(document, namesOf(parent), problems);
    return parent === undefined ? document : inherit(parent, document);
  }, undefined)!;
  const fields = Object.keys(fieldsOf(grammar));
  const root = applySettings(merged, set, withFields(grammar, pointFields), problems);
  return { root, variables: declaredVariables(root, fields, problems) };
}

/** Fields that are no part of the recipe at one point. */
const outside: ReadonlySet<string> = new Set(["extends", ...Object.keys(pointFields)]);

/** What says at which points a recipe is run: its sweep or search, variables substituted. */
export function treeAround({ root, variables }: Resolved, problems: Problems): MapTree {
  const entries = new Map([...root.entries].filter(([name]) => name in pointFields));
  return substitute({ ...root, entries }, variables, problems);
}

/** The one tree that is validated: `$name` replaced, by the values of a point of a sweep where there is one. */
export function treeAtPoint(
  { root, variables }: Resolved,
  point: ReadonlyMap<string, Tree>,
  problems: Problems,
): MapTree {
  const values = new Map([
    ...variables,
    ...[...point].map(([name, value]) => [name, { value }] as const),
  ]);
  const { entries, ...rest } = substitute(root, values, problems);
  const left = new Map([...entries].filter(([name]) => !outside.has(name)));
  const seed = point.get("seed");
  if (seed !== undefined) left.set("seed", { value: seed });
  return { ...rest, entries: left };
}

/** The document and what it extends, the document first. An object may hold what it extends. */
function chainOf(
  written: MapTree,
  parents: readonly Tree[],
  problems: Problems,
): MapTree[] | undefined {
  const chain = [written];
  for (const parent of parents) {
    if (parent.type === "map") chain.push(parent);
    else problems.atValue("wrong-type", { tree: parent, path: "" }, "a recipe is a map of fields");
  }
  for (;;) {
    const entry = chain.at(-1)!.entries.get("extends");
    if (entry === undefined) return chain;
    const at = entryAt("extends", entry);
    const { tree } = at;
    if (tree.type === "map" && chain.length <= MAX_PARENTS) {
      chain.push(tree);
      continue;
    }
    if (tree.type === "map") {
      problems.atKey("too-large", at, `more than ${MAX_PARENTS} recipes stand behind this one`);
    } else if (tree.type === "scalar" && typeof tree.value === "string") {
      problems.atValue("source", at, `\`${tree.value}\` was not read`);
    } else if (!tree.broken) {
      problems.atValue("wrong-type", at, "`extends` must be one recipe: a path or a URL");
    }
    return undefined;
  }
}

function namesOf(parent: MapTree | undefined): ReadonlySet<string> {
  const variables = child(parent, "variables");
  return new Set(variables?.type === "map" ? variables.entries.keys() : []);
}
