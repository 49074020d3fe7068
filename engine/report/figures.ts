/** Figures of models by name: `bytes`, `bytes.gzip`, `accuracy`, `recall.3`; how each is read and written. */
import { given } from "../given.ts";
import type { Dimension, Metric, Metrics, MetricSet } from "../metrics.ts";
import {
  bytesText,
  countText,
  latencyText,
  percentText,
  plainText,
  pointsText,
} from "../quantity.ts";

/** How one figure is shown. */
interface Figure {
  /** On an axis, and as a column head. */
  readonly label: string;
  write(value: number): string;
  /** A difference of two values, with its sign. */
  difference(before: number, after: number): string;
  /** Which of two values is the better one; absent where none is. */
  readonly better?: "less" | "more";
  /** No value lies above. */
  readonly most?: number;
}

const factor = (before: number, after: number): string =>
  before === after
    ? "same"
    : before > after
    ? `÷ ${ratio(before / after)}`
    : `× ${ratio(after / before)}`;

const ratio = (value: number): string => value < 9.95 ? value.toFixed(2) : value.toFixed(1);

/** How numbers of a dimension are written; a measured time is in milliseconds. */
const written: Readonly<Record<Dimension, Omit<Figure, "label" | "better">>> = {
  fraction: {
    write: percentText,
    most: 1,
    difference: (before, after) => pointsText(after - before),
  },
  count: { write: countText, difference: factor },
  bytes: { write: bytesText, difference: factor },
  time: { write: latencyText, difference: factor },
  plain: {
    write: plainText,
    difference: (before, after) =>
      before === after ? "same" : `${after > before ? "+" : ""}${plainText(after - before)}`,
  },
};

/** How a figure is shown; one that no metric declares is a plain number. */
export function figureNamed(metrics: MetricSet, name: string): Figure {
  const [metric = "", ...key] = name.split(".");
  const row = metrics.get(metric);
  const label = row === undefined ? name : labelOf(row, name, key.join("."));
  return { label, ...written[row?.dimension ?? "plain"], ...given({ better: row?.better }) };
}

/** Of one class, the name of the figure is its label. */
function labelOf({ label, parts = {} }: Metric, name: string, key: string): string {
  if (key === "") return label ?? name;
  return Object.hasOwn(parts, key) ? parts[key]! : name;
}

/** A figure of a model; undefined where it was not measured. */
export function figureOf(metrics: Metrics, name: string): number | undefined {
  if (name === "bytes") return metrics.bytes?.encoded;
  if (name === "bytes.gzip") return metrics.bytes?.gzip;
  if (name === "bytes.raw") return metrics.bytes?.raw;
  const own = metrics[name as "accuracy"];
  if (typeof own === "number" && Object.hasOwn(metrics, name)) return own;
  const [metric = "", ...key] = name.split(".");
  const further = Object.hasOwn(metrics.metrics, metric) ? metrics.metrics[metric] : undefined;
  if (typeof further === "number") return key.length === 0 ? further : undefined;
  const field = key.join(".");
  return further !== undefined && Object.hasOwn(further, field) ? further[field] : undefined;
}

/** The names of all single figures that some model has, in the order of the metrics, what none declares behind. */
export function figureNames(metrics: MetricSet, models: readonly Metrics[]): string[] {
  const declared = [...metrics.values()].flatMap(({ name, perClass, parts = {} }) =>
    perClass ? [] : [name, ...Object.keys(parts).map((part) => `${name}.${part}`)]
  );
  const further = models.flatMap(({ samples: _samples, metrics, ...own }) =>
    [own, metrics].flatMap((all) =>
      Object.entries(all).flatMap(([name, value]) => typeof value === "number" ? [name] : [])
    )
  );
  return [...new Set([...declared, ...further])]
    .filter((name) => models.some((model) => figureOf(model, name) !== undefined));
}

/** The figure in which models are compared: the first that is measured on samples, and not of the model alone. */
export function qualityName(metrics: MetricSet, models: readonly Metrics[]): string | undefined {
  return figureNames(metrics, models).find((name) => {
    const row = metrics.get(name.split(".")[0]!);
    return row === undefined || row.tasks !== undefined;
  });
}

/** The measure of a chart's axis. */
export function measureOf(
  metrics: MetricSet,
  name: string,
): Pick<Figure, "label" | "write" | "most"> {
  const { label, write, most } = figureNamed(metrics, name);
  return given({ label, write, most });
}
