/** The values that a variable takes in a sweep or a search: a list, or `{ min, max, step, spacing }`. */
import { given } from "../../given.ts";
import type { Json } from "../../digest.ts";
import { slipOf } from "../words/nearest.ts";
import type { At, Problems } from "../parse/problems.ts";
import type { Tree } from "../parse/tree.ts";
import { MOST_POINTS } from "../words/points_schema.ts";

/** Reports a name that is varied, at its values, and is no variable. */
export function checkVaried(
  name: string,
  at: At,
  variables: ReadonlyMap<string, unknown>,
  problems: Problems,
): void {
  if (name === "seed" || variables.has(name)) return;
  const slip = slipOf(name, [...variables.keys(), "seed"]);
  problems.atKey(
    "unknown-name",
    at,
    `there is no variable \`${name}\` to vary`,
    slip === undefined
      ? `variables: { ${name}: … }, and write $${name} where it is meant`
      : `did you mean ${slip}?`,
  );
}

/** The values of a domain that is sound by its schema, one more than there may be at most; undefined after a report. */
export function domainValues(
  at: At,
  written: Json,
  problems: Problems,
): readonly Tree[] | undefined {
  const { tree } = at;
  if (tree.type === "list") return tree.items;
  const { min, max, step, spacing } = written as unknown as ValueRange;
  const wrong = max < min
    ? [`goes from ${min} to ${max}: nothing is between`, `min: ${max}, max: ${min}`]
    : spacing === "log" && min <= 0
    ? [`begins at ${min}, of which no factor makes anything else`, "min: 0.001"]
    : spacing === "log" && step <= 1
    ? [`goes on by the factor ${step}, which does not lead upwards`, "step: 2"]
    : undefined;
  if (wrong === undefined) return rangeValues(tree, { min, max, step, spacing });
  const [what, help] = wrong as [string, string];
  problems.atValue("out-of-range", at, `\`${at.path}\` ${what}`, help);
  return undefined;
}

interface ValueRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly spacing: string;
}

/** A value this small beside a negative beginning is 0: a sum that comes to 0 leaves a rounding error there. */
const ZERO = 1e-12;

/** The values of a range, rounded to 12 digits: 0.1 + 0.05 is meant to be 0.15, −0.3 + 3 · 0.1 to be 0. */
function rangeValues({ document, span }: Tree, { min, max, step, spacing }: ValueRange): Tree[] {
  const values: Tree[] = [];
  let value = min;
  while (value <= max && values.length <= MOST_POINTS) {
    values.push({ type: "scalar", value, document, ...given({ span }) });
    const next = spacing === "log" ? value * step : min + values.length * step;
    if (!(next > value)) break;
    const small = min < 0 && Math.abs(next) < -min * ZERO;
    value = small ? 0 : Number(next.toPrecision(12));
  }
  return values;
}
