/** Figures of models by name: `bytes`, `bytes.gzip`, `accuracy`, `recall.3`; how each is read and written. */
import type { Metrics } from "../metrics.ts";
import {
  bytesText,
  countText,
  latencyText,
  percentText,
  plainText,
  pointsText,
} from "../quantity.ts";

/** How one figure is shown. */
export interface Figure {
  /** As a column head and on an axis. */
  readonly label: string;
  write(value: number): string;
  /** A difference of two values, with its sign. */
  difference(before: number, after: number): string;
  /** Whether less is better; absent where neither is. */
  readonly better?: "less" | "more";
  /** No value lies above. */
  readonly most?: number;
}

const size = (label: string, write: (value: number) => string): Figure => ({
  label,
  write,
  better: "less",
  difference: (before, after) =>
    before === after
      ? "same"
      : before > after
      ? `÷ ${ratio(before / after)}`
      : `× ${ratio(after / before)}`,
});

const fraction = (label: string): Figure => ({
  label,
  write: percentText,
  better: "more",
  most: 1,
  difference: (before, after) => pointsText(after - before),
});

const plain = (label: string, better?: "less"): Figure => ({
  label,
  write: plainText,
  ...(better === undefined ? {} : { better }),
  difference: (before, after) =>
    before === after ? "same" : `${after > before ? "+" : ""}${plainText(after - before)}`,
});

/** The figures that every model may have, in the order in which they are listed. */
const figures: Readonly<Record<string, Figure>> = {
  accuracy: fraction("accuracy"),
  top5: fraction("top-5 accuracy"),
  agreement: fraction("agrees"),
  loss: plain("loss", "less"),
  mae: plain("mean absolute error", "less"),
  nats: plain("nats", "less"),
  "output-error": plain("output error", "less"),
  frechet: plain("Fréchet distance", "less"),
  parameters: size("parameters", countText),
  nonzero: size("nonzero", countText),
  macs: size("MACs", countText),
  bytes: size("bytes", bytesText),
  "bytes.gzip": size("bytes gzipped", bytesText),
  "bytes.raw": size("bytes as float32", bytesText),
  latency: size("latency", latencyText),
};

/** How a figure is shown; one that nobody knows is a plain number. */
export function figureNamed(name: string): Figure {
  if (Object.hasOwn(figures, name)) return figures[name]!;
  return name.startsWith("recall.") ? fraction(name) : plain(name);
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

/** The names of all single figures that some model has, best known first. */
export function figureNames(models: readonly Metrics[]): string[] {
  const further = models.flatMap(({ metrics }) =>
    Object.keys(metrics).filter((name) => typeof metrics[name] === "number")
  );
  return [...new Set([...Object.keys(figures), ...further])]
    .filter((name) => models.some((model) => figureOf(model, name) !== undefined));
}

const ratio = (value: number): string => value < 9.95 ? value.toFixed(2) : value.toFixed(1);
