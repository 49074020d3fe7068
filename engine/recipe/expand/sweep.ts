/** `sweep`: the points at which a recipe is run, each a set of values for its variables. */
import type { Json } from "../../digest.ts";
import type { MetricSet } from "../../metrics.ts";
import { checkVaried, domainValues } from "../check/domain.ts";
import { normalize } from "../check/normalize.ts";
import { entryAt, fieldAt, type Problems } from "../parse/problems.ts";
import { readMetrics } from "../claims/read_claims.ts";
import type { PlacedClaim } from "../claims/claim.ts";
import { MOST_POINTS, sweepSchema } from "../words/points_schema.ts";
import { child, isWhole, join, type MapTree, type Tree, valueOf } from "../parse/tree.ts";

/** One point: a value for each variable that is varied, in the order in which they are written. */
export interface SweepPoint {
  readonly trees: ReadonlyMap<string, Tree>;
  readonly values: Readonly<Record<string, Json>>;
}

/** The points of a recipe, and the metrics of which the best are marked. */
export interface Sweep {
  readonly points: readonly SweepPoint[];
  /** As claims, so that a metric that nobody measures is found. */
  readonly pareto: readonly PlacedClaim[];
}

/** The sweep of a recipe; undefined where it has none, or where that is wrong. */
export function readSweep(
  root: MapTree,
  variables: ReadonlyMap<string, unknown>,
  metrics: MetricSet,
  problems: Problems,
): Sweep | undefined {
  const entry = root.entries.get("sweep");
  if (entry === undefined) return undefined;
  const errors = problems.errors;
  const block = normalize(sweepSchema, entryAt("sweep", entry), problems) as Readonly<
    Record<string, Json>
  >;
  const over = child(entry.value, "over");
  if (problems.errors > errors || over === undefined || !isWhole(entry.value)) return undefined;
  const maps = over.type === "list" ? over.items as readonly MapTree[] : [over as MapTree];
  for (const [index, { entries }] of maps.entries()) {
    const path = over.type === "list" ? join("sweep.over", index) : "sweep.over";
    for (const [name, entry] of entries) {
      checkVaried(name, entryAt(join(path, name), entry), variables, problems);
    }
  }
  const pareto = readMetrics(
    { metrics, problems },
    fieldAt(entry.value, "sweep", "pareto"),
    block.pareto as readonly string[],
  );
  if (problems.errors > errors) return undefined;
  const points = over.type === "list"
    ? maps.map(({ entries }) => pointOf([...entries].map(([name, { value }]) => [name, value])))
    : combinations(over as MapTree, block.over as Readonly<Record<string, Json>>, problems);
  return points && { points, pareto };
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
  for (const [name, entry] of over.entries) {
    const at = entryAt(join("sweep.over", name), entry);
    const values = domainValues(at, domains[name]!, problems);
    if (values === undefined) return undefined;
    if (points.length * values.length > MOST_POINTS) {
      problems.atValue("too-large", at, `a sweep may have ${MOST_POINTS} points and no more`);
      return undefined;
    }
    points = points.flatMap((point) => values.map((value) => [...point, [name, value] as const]));
  }
  return points.map(pointOf);
}
