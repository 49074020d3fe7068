/**
 * Both sides of a claim measure the same thing. Fractions are in `%`, differences of fractions in points; `1 %` after
 * a sign could mean either and is refused.
 */
import { given } from "../../given.ts";
import type { Dimension } from "../../metrics.ts";
import type { ClaimProblem, ClaimTerm } from "./claim.ts";

/** A term and where it stands in the line. */
export interface PlacedTerm {
  readonly term: ClaimTerm;
  readonly dimension: Dimension;
  /** The unit as written; absent for metrics and bare numbers. */
  readonly unit?: string;
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** One side of a claim, placed. */
export interface PlacedValue {
  readonly first: PlacedTerm;
  readonly sign?: "+" | "-";
  readonly second?: PlacedTerm;
}

/** The dimension of a claim, or what is wrong with its units. */
export function claimDimension(left: PlacedValue, right: PlacedValue): Dimension | ClaimProblem {
  const terms = [left, right].flatMap(({ first, second }) => second ? [first, second] : [first]);
  const metric = terms.find(isMetric);
  if (metric === undefined) {
    return problem(terms[0]!, "a claim is about a model: name one of its metrics");
  }
  const { dimension } = metric;
  for (const term of terms) {
    const bareCount = dimension === "count" && term.dimension === "plain" && !isMetric(term);
    if (term.dimension === dimension || bareCount) continue;
    return isMetric(term) || term.unit !== undefined
      ? problem(
        term,
        `\`${term.text}\` is ${inWords[term.dimension]}, and \`${metric.text}\` is ${
          inWords[dimension]
        }`,
      )
      : problem(
        term,
        `\`${term.text}\` has no unit, and \`${metric.text}\` is ${inWords[dimension]}`,
        withUnit(term, dimension),
      );
  }
  return dimension === "fraction"
    ? ambiguous(left, right) ?? ambiguous(right, left) ?? dimension
    : dimension;
}

/** `%` and points, where they are mistaken for each other. */
function ambiguous(
  { first, sign, second }: PlacedValue,
  other: PlacedValue,
): ClaimProblem | undefined {
  const added = second !== undefined && !isMetric(second) && isMetric(first) ? second : undefined;
  if (added?.unit === "%" && isMetric(first)) {
    const { term, text } = first;
    const metric = "metric" in term ? term.metric : text;
    const share = "quantity" in added.term ? added.term.quantity : 0;
    const factor = sign === "-" ? 1 - share : 1 + share;
    const points = added.text.replace(" %", share === 0.01 ? " point" : " points");
    return problem(
      added,
      `\`${added.text}\` of ${metric} could mean ${
        isOne(share) ? "one point or one hundredth" : `${points} or that share`
      } of it`,
      `${text} ${sign} ${points}, or ${text} * ${Number(factor.toPrecision(12))}`,
    );
  }
  const isDifference = sign === "-" && second !== undefined && isMetric(first) && isMetric(second);
  const { first: bare } = other;
  if (other.second !== undefined || isMetric(bare)) return undefined;
  if (isDifference && bare.unit === "%") {
    return problem(
      bare,
      `a difference of two fractions is in points, not in \`%\``,
      bare.text.replace("%", "points"),
    );
  }
  if (!isDifference && bare.unit?.startsWith("point")) {
    return problem(
      bare,
      `a point is a difference of two fractions; a fraction is in \`%\``,
      bare.text.replace(/points?/, "%"),
    );
  }
  return undefined;
}

const inWords: Readonly<Record<Dimension, string>> = {
  fraction: "a fraction, in %",
  bytes: "in bytes",
  count: "a count",
  time: "a time",
  plain: "a plain number",
};

function withUnit({ term, text }: PlacedTerm, dimension: Dimension): string | undefined {
  const number = "quantity" in term ? term.quantity : 0;
  switch (dimension) {
    case "fraction":
      return number <= 1 ? `${Number((number * 100).toPrecision(12))} %` : `${text} %`;
    case "bytes":
      return `${text} B, or in kB, MB, KiB, MiB`;
    case "time":
      return `${text} ms, or in s, min, h`;
    default:
      return undefined;
  }
}

function isOne(share: number): boolean {
  return share === 0.01;
}

function isMetric({ term }: PlacedTerm): boolean {
  return "metric" in term;
}

function problem({ offset, length }: PlacedTerm, message: string, help?: string): ClaimProblem {
  return { code: "claim-unit", message, ...given({ help }), offset, length };
}
