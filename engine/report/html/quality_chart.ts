/** Two figures of every measured model against each other: what was paid for what. */
import { given } from "../../given.ts";
import { type Graph, isMany, type Node } from "../../graph/graph.ts";
import { modelLabel, type ModelRow } from "../model_row.ts";
import { halfInterval, valueText } from "../../quantity.ts";
import type { PointDocument, RunDocument } from "../document.ts";
import type { ChartPoint } from "./chart/scatter.ts";
import { figureNames, figureOf } from "../figures.ts";

/** A chart as data: two measures and the models that have both. */
export interface QualityChart {
  /** The figure to the right, by name. */
  readonly x: string;
  /** The figure upwards, by name. */
  readonly y: string;
  /** One for each model that has both. */
  readonly points: readonly ChartPoint[];
}

/**
 * The chart of two figures: of every measured model, or where the recipe sweeps, of each of its points. Throws a
 * RangeError for a figure that was not measured.
 */
export function qualityChart(
  graph: Graph,
  { models, points }: Pick<RunDocument, "models" | "points">,
  x: string,
  y: string,
): QualityChart {
  for (const name of [x, y]) {
    if (models.some((row) => figureOf(row, name) !== undefined)) continue;
    const known = figureNames(graph.recipe.metrics, models).join(", ");
    throw new RangeError(`No model has "${name}"; measured were ${known || "none"}`);
  }
  const drawn = models.filter((row) =>
    figureOf(row, x) !== undefined && figureOf(row, y) !== undefined
  );
  const names = new Set(drawn.map(({ name }) => name));
  return {
    x,
    y,
    points: points === undefined
      ? drawn.map((row) => pointOf(graph, row, names, { x, y }))
      : points.flatMap((point) => sweepPoint(point, x, y)),
  };
}

function sweepPoint(
  { values, metrics, pareto, deviation }: PointDocument,
  x: string,
  y: string,
): ChartPoint[] {
  const [atX, atY] = [x, y].map((name) => metrics && figureOf(metrics, name));
  if (atX === undefined || atY === undefined) return [];
  const words = Object.values(values).map(valueText);
  return [{
    name: words.join(" "),
    x: atX,
    y: atY,
    ...given({
      role: pareto ? "best" : undefined,
      half: y === "accuracy" ? deviation : undefined,
    }),
  }];
}

function pointOf(
  graph: Graph,
  row: ModelRow,
  drawn: ReadonlySet<string>,
  { x, y }: { readonly x: string; readonly y: string },
): ChartPoint {
  const { result, reference } = graph.recipe;
  const label = modelLabel(graph, row.name);
  const from = madeFrom(graph.node(row.name), drawn);
  const [atX, atY] = [figureOf(row, x)!, figureOf(row, y)!];
  const counted = y === "accuracy" && row.samples !== undefined;
  return {
    name: label,
    x: atX,
    y: atY,
    ...given({
      from: from === undefined ? undefined : modelLabel(graph, from),
      half: counted ? halfInterval(atY, row.samples!) : undefined,
      role: row.name === result ? "result" : row.name === reference ? "reference" : undefined,
      passing: label === row.name ? undefined : true,
    }),
  };
}

/** The nearest model with a point of which this one is a changed form. */
function madeFrom(node: Node | undefined, drawn: ReadonlySet<string>): string | undefined {
  const { changes } = node?.op ?? {};
  const before = changes === undefined ? undefined : node!.inputs[changes];
  if (before === undefined || isMany(before)) return undefined;
  return drawn.has(before.step.name) ? before.step.name : madeFrom(before, drawn);
}
