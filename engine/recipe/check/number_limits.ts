/** Limits of a number, and of one that moves: whether they are kept, and what is said where they are not. */
import type { Curve, CurveLimits } from "../../field.ts";
import { type At, fieldAt, type Problems } from "../parse/problems.ts";
import type { MovingLimits } from "../words/form.ts";
import { limitsInWords } from "../words/limits_in_words.ts";

/** Whether a number keeps its limits. Where 0 is out of them, so is what single precision cannot tell from it. */
export function within(limits: CurveLimits, value: number): boolean {
  const {
    minimum = -Infinity,
    maximum = Infinity,
    exclusiveMinimum = -Infinity,
    exclusiveMaximum = Infinity,
  } = limits;
  return value >= minimum && value <= maximum && value > exclusiveMinimum &&
    value < exclusiveMaximum && !(exclusiveMinimum === 0 && vanishes(value));
}

/** What is said behind a number above 0 that is as good as 0. */
export function thisIs(limits: CurveLimits, value: number): string {
  const small = limits.exclusiveMinimum === 0 && value > 0 && vanishes(value);
  return `this is ${value}${small ? `, ${TOO_SMALL}` : ""}`;
}

const TOO_SMALL = "which is too near to 0 for single precision";

/** Below the smallest normal number of single precision steps get coarse, and soon there are none. */
const SMALLEST_NORMAL = 2 ** -126;

/** A number that is 0 in single precision, or by which nothing can be divided there: 1 / x overflows. */
const vanishes = (value: number): boolean => !Number.isFinite(Math.fround(1 / Math.fround(value)));

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

/** What is wrong with a curve. */
interface OffLimits {
  /** The one of its fields to look at. */
  readonly field: string;
  /** The limits that it leaves; absent where no number comes of it at all. */
  readonly broken: CurveLimits | undefined;
  /** What follows its limits in a sentence; its name, where they are absent. */
  readonly message: string;
  readonly help: string;
}

type Moving = Exclude<Curve, number>;

/** Not a number, nor one of the alternatives that a curve's field has beside the movements. */
export function isMovement(value: unknown): value is Moving {
  return typeof value === "object" && value !== null && "start" in value;
}

/** A field for a curve: what its value is, and the limits that it keeps. */
interface MovingField {
  readonly description: string | undefined;
  readonly limits: MovingLimits;
}

/** Reports a curve that is not within its limits all the time, although the numbers that are written are. */
export function leavesLimits(
  curve: Moving,
  { description, limits }: MovingField,
  at: At,
  problems: Problems,
): boolean {
  const off = offLimits(curve, limits, at.epochs);
  if (off === undefined) return false;
  const { field, message, broken, help } = off;
  const spot = fieldAt(at.tree, at.path, field) ?? at;
  const sentence = broken === undefined
    ? `\`${at.path}\` ${message}`
    : `${limited(at.path, description, broken)}; ${message}`;
  problems.atValue("out-of-range", spot, sentence, help);
  return true;
}

/**
 * Why a curve whose own numbers keep their limits does not take a value within them at every moment of a training.
 * Where it goes straight or in an arc it stays between `start` and `end`, so only what multiplies is left: the factors
 * of `exponential` and `step`, and `warmup`, which begins at 0. Of steps those count that a training of `epochs` reaches.
 */
export function offLimits(
  curve: Moving,
  limits: MovingLimits,
  epochs = Infinity,
): OffLimits | undefined {
  // What is no number was reported where it stands.
  const numbers = curve.use === "step" ? [curve.start, curve.factor] : [curve.start, curve.end];
  if (!numbers.every((each) => Number.isFinite(each))) return undefined;
  return curve.use === "step"
    ? offInSteps(curve, limits.moving, epochs)
    : offOnTheWay(curve, limits);
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
    for (const [field, value, from] of [["start", start, end], ["end", end, start]] as const) {
      if (Math.abs(value) >= SMALLEST_NORMAL) continue;
      const message = `is exponential ${field === "end" ? "to" : "from"} ${value}, ${TOO_SMALL}`;
      return off(field, message, way(field, from));
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
  epochs: number,
): OffLimits | undefined {
  if (start === 0) {
    const message = "goes in steps from 0, and no factor leads away from 0";
    return { field: "start", message, broken: undefined, help: "another start, or use: linear" };
  }
  let value = start;
  for (const epoch of at.filter((each) => each <= epochs).toSorted((a, b) => a - b)) {
    value *= factor;
    const small = value > 0 && value < SMALLEST_NORMAL;
    if (!small && value !== 0 && Number.isFinite(value) && within(limits, value)) continue;
    return {
      field: "factor",
      message: `from epoch ${epoch} on this is ${Number(value.toPrecision(6))}${
        small ? `, ${TOO_SMALL}` : ""
      }`,
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
