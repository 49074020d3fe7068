/** The points of a sweep, each with what was measured of its result; points that differ in the seed alone are repeats. */
import { given } from "../../given.ts";
import { canonical, type Json } from "../../digest.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Metrics, MetricSet } from "../../metrics.ts";
import { checkClaim } from "../../recipe/claims/check_claim.ts";
import type { ExpandedRecipe, Point } from "../../recipe/recipe.ts";
import { onFront } from "./front.ts";
import { bytesCompared, measuredOf, type ModelRow, modelRows } from "../model_row.ts";
import type { StepStates } from "../../run/step_state.ts";
import { meanMetrics, type Spread } from "../mean_metrics.ts";

/** One row of a sweep: a point, or its repeats. */
export interface PointGroup {
  /** The values of the variables that are varied, without the seed where there are repeats. */
  readonly values: Readonly<Record<string, Json>>;
  readonly points: readonly Point[];
  /** Means over the repeats that were measured; undefined where none was. */
  readonly metrics: Metrics | undefined;
  /** Standard deviation of the accuracy over the repeats; undefined for a single one. */
  readonly accuracy: Spread | undefined;
  /** Mean accuracy less that of the reference, each of the same point. */
  readonly difference: number | undefined;
  /** How much larger the reference is, in bytes. */
  readonly shrinkage: number | undefined;
  /** The results of the points and what they are compared with, as the recipe calls them, with what was counted. */
  readonly results: readonly Counted[];
  readonly references: readonly Counted[];
  /** No other point is better in one of the sweep's metrics and as good in the others. */
  readonly pareto: boolean;
}

type Counted = Pick<ModelRow, "name" | "bytes">;

/** The rows of a graph's sweep, from the steps that ended. */
export function sweepPoints(graph: Graph, states: StepStates): PointGroup[] {
  const rows = new Map(modelRows(graph, states).map((row) => [row.name, row]));
  return pointGroups(graph.recipe, (step) => rows.get(step), measuredOf(graph, states));
}

type MetricsOf = (step: string) => Metrics | undefined;

/**
 * The rows of a sweep, in the order of its points; `scored` knows more of a step than a row shows. Empty for a recipe
 * without one.
 */
export function pointGroups(
  { sweep, metrics }: Pick<ExpandedRecipe, "sweep" | "metrics">,
  metricsOf: MetricsOf,
  scored: MetricsOf = metricsOf,
): PointGroup[] {
  if (sweep === undefined) return [];
  const groups = repeats(sweep.points).map((points) => groupOf(points, metricsOf));
  const scores = groups.map(({ points }) =>
    sweep.pareto.map((metric) => scoreOf(metric, metrics, points, scored))
  );
  const front = onFront(scores);
  return groups.map((group, at) => ({ ...group, pareto: front[at]! }));
}

/** Points that differ in their seed alone, together. */
export function repeats(points: readonly Point[]): Point[][] {
  const groups = Map.groupBy(points, ({ values }) => {
    const { seed: _seed, ...others } = values;
    return canonical(others);
  });
  return [...groups.values()];
}

/** The mean of what was measured of a step in each of the repeats; `name` is what their recipe calls it. */
export function meanOver(
  points: readonly Point[],
  name: string,
  metricsOf: MetricsOf,
): Metrics | undefined {
  const steps = points.map((point) => name === "result" ? point.result : point.names[name]);
  return meanMetrics(steps.flatMap((step) => step === undefined ? [] : metricsOf(step) ?? []))
    ?.mean;
}

function groupOf(points: readonly Point[], metricsOf: MetricsOf): Omit<PointGroup, "pareto"> {
  const measured = points.map(({ result, reference }) => ({
    own: result === undefined ? undefined : metricsOf(result),
    other: reference === undefined || reference === result ? undefined : metricsOf(reference),
  }));
  const summary = meanMetrics(measured.flatMap(({ own }) => own ?? []));
  const { seed, ...others } = points[0]!.values;
  const values = points.length > 1 || seed === undefined ? others : { ...others, seed };
  const counted = (step: string | undefined): Counted[] => {
    const bytes = step === undefined ? undefined : metricsOf(step)?.bytes;
    // A step of a point has the values of the point behind its name.
    return step === undefined ? [] : [{ name: step.split("[")[0]!, ...given({ bytes }) }];
  };
  return {
    values,
    points,
    results: points.flatMap(({ result }) => counted(result)),
    references: points.flatMap(({ result, reference }) =>
      reference === result ? [] : counted(reference)
    ),
    metrics: summary?.mean,
    accuracy: summary?.accuracy,
    difference: mean(
      measured.flatMap(({ own, other }) =>
        own?.accuracy === undefined || other?.accuracy === undefined
          ? []
          : [own.accuracy - other.accuracy]
      ),
    ),
    shrinkage: mean(
      measured.flatMap(({ own, other }) =>
        own?.bytes === undefined || other?.bytes === undefined
          ? []
          : [bytesCompared(other.bytes) / own.bytes.encoded]
      ),
    ),
  };
}

/** The value of a metric such as `result.bytes`, negated where less is better; undefined where it was not measured. */
function scoreOf(
  text: string,
  metrics: MetricSet,
  points: readonly Point[],
  metricsOf: MetricsOf,
): number | undefined {
  const [model = "", metric = "", ...key] = text.split(".");
  const term = given({ model, metric, key: key.length === 0 ? undefined : key.join(".") });
  const zero = { first: { quantity: 0, dimension: "plain", text: "0" } } as const;
  const claim = { left: { first: term }, relation: ">=", right: zero, dimension: "plain" } as const;
  const { left } = checkClaim(claim, (name) => meanOver(points, name, metricsOf));
  if (left === undefined) return undefined;
  return metrics.get(metric)?.better === "more" ? left : -left;
}

function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
