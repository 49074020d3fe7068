/** Claims against measurements. */
import { given } from "../../given.ts";
import type { Dimension, Metrics } from "../../metrics.ts";
import type { Claim, ClaimTerm, ClaimValue } from "./claim.ts";
import { claimedClass, classMeant } from "./class_name.ts";

/** What came of a claim. Sides are in the dimension's base unit: fractions, bytes, ones, seconds. */
interface ClaimResult {
  readonly met: boolean;
  /** Undefined where it was not measured. */
  readonly left?: number;
  readonly right?: number;
  /** `92.3 % is 0.1 points below 92.4 %`, `67 kB <= 69.8 kB`. */
  readonly text: string;
}

/** Compares the two sides of a claim; a metric that is missing leaves it unmet. */
export function checkClaim(
  { left, relation, right, dimension }: Claim,
  metricsOf: (model: string) => Metrics | undefined,
): ClaimResult {
  const missing: string[] = [];
  const [a, b] = [left, right].map((side) => valueOf(side, metricsOf, missing)) as [number, number];
  if (missing.length > 0) {
    const sides = given({
      left: Number.isNaN(a) ? undefined : a,
      right: Number.isNaN(b) ? undefined : b,
    });
    return { met: false, ...sides, text: `not measured: ${[...new Set(missing)].join(", ")}` };
  }
  // Percentages and points are decimal, doubles are not: 0.94 - 0.01 is not quite 0.93.
  const slack = 1e-12 * Math.max(Math.abs(a), Math.abs(b));
  const same = Math.abs(a - b) <= slack;
  const met = same ? relation !== "<" && relation !== ">" : relation.startsWith(a < b ? "<" : ">");
  const [shownLeft, shownRight] = shownApart(a, b, dimension);
  const text = met
    ? `${shownLeft} ${relation} ${shownRight}`
    : same
    ? `${shownLeft} is not ${relation === "<" ? "below" : "above"} ${shownRight}`
    : `${shownLeft} is ${differenceInWords(Math.abs(a - b), dimension)} ${
      a < b ? "below" : "above"
    } ${shownRight}`;
  return { met, left: a, right: b, text };
}

function valueOf(
  { first, sign, second }: ClaimValue,
  metricsOf: (model: string) => Metrics | undefined,
  missing: string[],
): number {
  const a = termValue(first, metricsOf, missing);
  if (second === undefined) return a;
  const b = termValue(second, metricsOf, missing);
  return sign === "-" ? a - b : a + b;
}

function termValue(
  term: ClaimTerm,
  metricsOf: (model: string) => Metrics | undefined,
  missing: string[],
): number {
  const { times = 1, over = 1 } = term;
  if ("quantity" in term) return term.quantity * times / over;
  const { model, metric, key } = term;
  const value = metricValue(metricsOf(model), metric, key);
  if (value === undefined) missing.push(missed(term, metricsOf(model)?.metrics[metric]));
  return value === undefined ? NaN : value * times / over;
}

/** What was not measured; of a class, for which classes its metric was. */
function missed(
  { model, metric, key }: Extract<ClaimTerm, { readonly metric: string }>,
  measured: Metrics["metrics"][string] | undefined,
): string {
  const said = [model, metric, key].filter((part) => part).join(".");
  const classes = metric !== "bytes" && typeof measured === "object" ? Object.keys(measured) : [];
  return key === undefined || classes.length === 0 ? said : `${said} (${classMeant(key, classes)})`;
}

function metricValue(
  metrics: Metrics | undefined,
  metric: string,
  key: string | undefined,
): number | undefined {
  if (metrics === undefined) return undefined;
  const further = metrics.metrics[metric];
  if (metric === "bytes") {
    const { bytes } = metrics;
    // What was written in a format says most of it, whatever was counted beside it.
    if (key !== undefined && typeof further === "object" && Object.hasOwn(further, key)) {
      return further[key];
    }
    if (key === "raw" || key === "gzip") return bytes?.[key];
    if (key === undefined || key === "encoded" || key === bytes?.format) return bytes?.encoded;
  } else if (key === undefined) {
    if (metric === "latency") {
      return metrics.latency === undefined ? undefined : metrics.latency / 1000;
    }
    const own = metrics[metric as "accuracy"];
    return typeof own === "number" ? own : typeof further === "number" ? further : undefined;
  }
  // What was loaded is compared as it came, with exports of every format.
  const own = metric === "bytes" && metrics.bytes?.own ? metrics.bytes.encoded : undefined;
  if (typeof further !== "object") return own;
  return Object.entries(further).find(([name]) => claimedClass(name) === key)?.[1] ?? own;
}

/** A value with its unit, in three digits or the decimals asked for. */
export function quantityInWords(value: number, dimension: Dimension, decimals = 1): string {
  switch (dimension) {
    case "fraction":
      return `${(value * 100).toFixed(decimals)} %`;
    case "bytes":
      return scaled(value, [[1e6, "MB"], [1e3, "kB"], [1, "B"]], decimals);
    case "count":
      return scaled(value, [[1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""]], decimals);
    case "time":
      return scaled(value, [[3600, "h"], [60, "min"], [1, "s"], [1e-3, "ms"]], decimals);
    case "plain":
      return String(Number(value.toPrecision(2 + decimals)));
  }
}

function scaled(value: number, sizes: readonly [number, string][], decimals: number): string {
  const [size, unit] = sizes.find(([size]) => Math.abs(value) >= size) ?? sizes.at(-1)!;
  return `${Number((value / size).toPrecision(2 + decimals))} ${unit}`.trimEnd();
}

/** Both values with as many decimals as it takes to tell them apart. */
function shownApart(a: number, b: number, dimension: Dimension): [string, string] {
  for (let decimals = 1; decimals < 6; decimals++) {
    const pair: [string, string] = [
      quantityInWords(a, dimension, decimals),
      quantityInWords(b, dimension, decimals),
    ];
    if (a === b || pair[0] !== pair[1]) return pair;
  }
  return [String(a), String(b)];
}

/** By how much two values differ: fractions in points. */
export function differenceInWords(value: number, dimension: Dimension): string {
  if (dimension !== "fraction") return quantityInWords(value, dimension);
  const points = Number((value * 100).toPrecision(2));
  return `${points} ${points === 1 ? "point" : "points"}`;
}
