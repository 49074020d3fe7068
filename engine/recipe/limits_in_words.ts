/** Limits of a number, and of one that moves: as people say them, and whether they are kept. */
import type { Curve, CurveLimits } from "../field.ts";

/** `above 0 and below 1`, `at least 1`, `from 0 to 1`; empty where there are none. */
export function limitsInWords(limits: CurveLimits): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = limits;
  if (minimum !== undefined && maximum !== undefined) return `from ${minimum} to ${maximum}`;
  const low = exclusiveMinimum !== undefined
    ? `above ${exclusiveMinimum}`
    : minimum !== undefined
    ? `at least ${minimum}`
    : "";
  const high = exclusiveMaximum !== undefined
    ? `below ${exclusiveMaximum}`
    : maximum !== undefined
    ? `at most ${maximum}`
    : "";
  return low !== "" && high !== "" ? `${low} and ${high}` : low + high;
}

/** Whether a number keeps its limits. */
export function within(limits: CurveLimits, value: number): boolean {
  const {
    minimum = -Infinity,
    maximum = Infinity,
    exclusiveMinimum = -Infinity,
    exclusiveMaximum = Infinity,
  } = limits;
  return value >= minimum && value <= maximum && value > exclusiveMinimum &&
    value < exclusiveMaximum;
}

/** What a number is and its limits: `` `prune.ratio` is the fraction removed, above 0 and below 1 ``. */
export function limited(
  path: string,
  description: string | undefined,
  limits: CurveLimits,
): string {
  const words = limitsInWords(limits);
  return description !== undefined && /^(the|a|an) /i.test(description)
    ? `\`${path}\` is ${lowerFirst(firstClause(description))}, ${words}`
    : `\`${path}\` must be ${words}`;
}

/** The limits of a curve: of a constant, and of a value that moves. */
export interface MovingLimits {
  readonly still: CurveLimits;
  readonly moving: CurveLimits;
}

/** What is wrong with a curve. */
export interface OffLimits {
  /** The one of its fields to look at. */
  readonly field: string;
  /** The limits that it leaves; absent where no number comes of it at all. */
  readonly broken: CurveLimits | undefined;
  /** What follows its limits in a sentence; its name, where they are absent. */
  readonly message: string;
  readonly help: string;
}

type Moving = Exclude<Curve, number>;

/**
 * Why a curve whose own numbers keep their limits does not take a value within them at every moment of a training.
 * Where it goes straight or in an arc it stays between `start` and `end`, so only what multiplies is left: the factors
 * of `exponential` and `step`, and `warmup`, which begins at 0.
 */
export function offLimits(curve: Moving, limits: MovingLimits): OffLimits | undefined {
  return curve.use === "step" ? offInSteps(curve, limits.moving) : offOnTheWay(curve, limits);
}

function offOnTheWay(
  { use, start, end, warmup }: Extract<Moving, { readonly end: number }>,
  { still, moving }: MovingLimits,
): OffLimits | undefined {
  const off = (field: string, message: string, help: string, broken?: CurveLimits): OffLimits => ({
    field,
    message,
    broken,
    help,
  });
  if (use === "exponential") {
    const other = "use: linear, cosine or cubic";
    const way = (field: string, from: number) =>
      from === 0 ? other : `${other}, or ${field}: ${Number((from / 100).toPrecision(2))}`;
    if (start === 0) {
      return off(
        "start",
        "is exponential from 0, and no factor leads away from 0",
        way("start", end),
      );
    }
    if (end === 0) {
      return off("end", "is exponential to 0, and no factor leads there", way("end", start));
    }
    const factor = end / start;
    if (!(factor > 0 && Number.isFinite(factor))) {
      const message = `is exponential from ${start} to ${end}, and no factor leads there`;
      return off("end", message, other);
    }
  }
  // Where one is too small beside the other, what is left of it after a sum is 0.
  const sum = [start + (end - start), end + (start - end)].find((sum) => !within(moving, sum));
  if (use !== "exponential" && sum !== undefined) {
    const message = `between ${start} and ${end} this comes to ${sum}`;
    return off(start < end ? "start" : "end", message, "use: exponential", moving);
  }
  if (warmup !== undefined && !within(moving, 0)) {
    return off("warmup", "a warmup begins at 0", "leave warmup out", moving);
  }
  if (start === end && !within(still, start)) {
    return off("end", `this is ${start} all the time`, "another end", still);
  }
  return undefined;
}

function offInSteps(
  { start, factor, at }: Extract<Moving, { readonly use: "step" }>,
  limits: CurveLimits,
): OffLimits | undefined {
  if (start === 0) {
    const message = "goes in steps from 0, and no factor leads away from 0";
    return { field: "start", message, broken: undefined, help: "another start, or use: linear" };
  }
  let value = start;
  for (const epoch of at.toSorted((a, b) => a - b)) {
    value *= factor;
    if (value !== 0 && Number.isFinite(value) && within(limits, value)) continue;
    return {
      field: "factor",
      message: `from epoch ${epoch} on this is ${Number(value.toPrecision(6))}`,
      broken: limits,
      help: "a factor nearer to 1, or fewer epochs in `at`",
    };
  }
  return undefined;
}

function firstClause(description: string): string {
  return description.replace(/[.,;:(].*$/s, "").trim();
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
