/** `sweep`: the points at which a recipe is run, each a set of values for its variables (language §1.12). */
import type { Json } from "../digest.ts";
import { ByType, ListOf, OneOf, type TSchema, Type } from "../field.ts";
import { slipOf } from "./nearest.ts";
import { normalize } from "./normalize.ts";
import type { At, Problems } from "./problems.ts";
import {
  type Entry,
  join,
  type ListTree,
  type MapTree,
  type Tree,
  treeAt,
  valueOf,
} from "./tree.ts";

/** One point: a value for each variable that is varied, in the order in which they are written. */
export interface SweepPoint {
  readonly trees: ReadonlyMap<string, Tree>;
  readonly values: Readonly<Record<string, Json>>;
}

/** The points of a recipe, and the metrics of which the best are marked. */
export interface Sweep {
  readonly points: readonly SweepPoint[];
  readonly pareto: readonly string[];
}

/** Points of one sweep. */
const MOST = 10_000;

const any: TSchema = Type.Any({ description: "A value" });
/** The values that one variable takes. */
export const domain = ByType({
  list: ListOf(any, { description: "The values", minItems: 1 }),
  object: Type.Object({
    min: Type.Number({ description: "The first value" }),
    max: Type.Number({ description: "The value that is not passed" }),
    step: Type.Number({
      exclusiveMinimum: 0,
      description: "What is added each time; a factor with log",
    }),
    spacing: OneOf(["linear", "log"], { description: "How values follow", default: "linear" }),
  }, { description: "A range" }),
}, { description: "The values of one variable" });

/** The block as it is written. */
export const sweepSchema: TSchema = Type.Object({
  over: ByType({
    object: Type.Record(Type.String(), domain, { description: "Every combination of the values" }),
    list: ListOf(Type.Record(Type.String(), any), {
      description: "Exactly these points",
      minItems: 1,
    }),
  }, { description: "The variables and the values that they take" }),
  pareto: ListOf(Type.String({ description: "A metric of a model: result.bytes" }), {
    description: "Metrics: points that none surpasses in all of them are marked",
    default: [],
  }),
}, { description: "Values of variables, all of which are run" });

/** The sweep of a recipe; undefined where it has none, or where that is wrong. */
export function readSweep(
  root: MapTree,
  variables: ReadonlyMap<string, unknown>,
  problems: Problems,
): Sweep | undefined {
  const entry = root.entries.get("sweep");
  if (entry === undefined) return undefined;
  const errors = problems.errors;
  const at: At = { tree: entry.value, path: "sweep", ...(entry.key && { key: entry.key }) };
  const block = normalize(sweepSchema, at, problems) as Readonly<Record<string, Json>>;
  const over = treeAt(root, "sweep.over");
  if (problems.errors > errors || over === undefined) return undefined;
  const maps = over.type === "list" ? over.items as readonly MapTree[] : [over as MapTree];
  for (const [index, { entries }] of maps.entries()) {
    const path = over.type === "list" ? join("sweep.over", index) : "sweep.over";
    for (const [name, entry] of entries) checkVaried(name, entry, path, variables, problems);
  }
  if (problems.errors > errors) return undefined;
  const points = over.type === "list"
    ? maps.map(({ entries }) => pointOf([...entries].map(([name, { value }]) => [name, value])))
    : combinations(over as MapTree, block.over as Readonly<Record<string, Json>>, problems);
  return points && { points, pareto: block.pareto as readonly string[] };
}

/** Reports a name that is varied and is no variable. */
export function checkVaried(
  name: string,
  { key, value }: Entry,
  path: string,
  variables: ReadonlyMap<string, unknown>,
  problems: Problems,
): void {
  if (name === "seed" || variables.has(name)) return;
  const slip = slipOf(name, [...variables.keys(), "seed"]);
  problems.atKey(
    "unknown-name",
    { tree: value, path: join(path, name), ...(key && { key }) },
    `there is no variable \`${name}\` to vary`,
    slip === undefined
      ? `variables: { ${name}: … }, and write $${name} where it is meant`
      : `did you mean ${slip}?`,
  );
}

function pointOf(pairs: readonly (readonly [string, Tree])[]): SweepPoint {
  return {
    trees: new Map(pairs),
    values: Object.fromEntries(pairs.map(([name, tree]) => [name, valueOf(tree)])),
  };
}

/** Every combination, the last variable changing fastest. */
function combinations(
  over: MapTree,
  domains: Readonly<Record<string, Json>>,
  problems: Problems,
): SweepPoint[] | undefined {
  let points: (readonly [string, Tree])[][] = [[]];
  for (const [name, { value: tree, key }] of over.entries) {
    const values = tree.type === "list" ? tree.items : range(tree, domains[name]!).items;
    if (points.length * values.length > MOST) {
      const at = { tree, path: join("sweep.over", name), ...(key && { key }) };
      problems.atValue("too-large", at, `a sweep may have ${MOST} points and no more`);
      return undefined;
    }
    points = points.flatMap((point) => values.map((value) => [...point, [name, value] as const]));
  }
  return points.map(pointOf);
}

/** The values of `{ min, max, step, spacing }`, rounded to 12 digits: 0.1 + 0.05 is meant to be 0.15. */
function range({ document, span }: Tree, domain: Json): ListTree {
  const { min, max, step, spacing } = domain as Readonly<Record<string, number | string>>;
  const items: Tree[] = [];
  let value = Number(min);
  while (value <= Number(max) && items.length <= MOST) {
    items.push({ type: "scalar", value, document, ...(span && { span }) });
    const next = spacing === "log"
      ? value * Number(step)
      : Number(min) + items.length * Number(step);
    if (!(next > value)) break;
    value = Number(next.toPrecision(12));
  }
  return { type: "list", items, document };
}
