/** The claims of a recipe, and the metrics that it names elsewhere, each at its line. */
import { parseClaim } from "./parse_claim.ts";
import type { ClaimProblem, PlacedClaim } from "./claim.ts";
import type { MetricSet } from "../../metrics.ts";
import { type At, diagnosticAt, type Problems } from "../parse/problems.ts";
import { join, placeOf } from "../parse/tree.ts";

/** What claims are read with. */
export interface ClaimReading {
  /** What they can be about. */
  readonly metrics: MetricSet;
  readonly problems: Problems;
}

/**
 * Reads the claims in a field, one or a list, which has these texts, and null where one was unsound; what is no claim is
 * reported. A field that is not written has none.
 */
export function readClaims(
  { metrics, problems }: ClaimReading,
  field: At | undefined,
  texts: readonly (string | null)[],
): PlacedClaim[] {
  return eachLine(field, texts, (text, at) => {
    const read = parseClaim(text, metrics);
    if ("claim" in read) return { text, claim: read.claim, path: at.path };
    report(problems, at, text, read.problem);
    return undefined;
  });
}

/** Reads the metrics in a field, `result.bytes`: each a claim that compares it with itself. */
export function readMetrics(
  { metrics, problems }: ClaimReading,
  field: At | undefined,
  texts: readonly (string | null)[],
): PlacedClaim[] {
  return eachLine(field, texts, (text, at) => {
    const read = parseClaim(`${text} = ${text}`, metrics);
    if ("claim" in read && read.claim.left.sign === undefined) {
      return { text, claim: read.claim, path: at.path };
    }
    const whole = { offset: 0, length: text.length };
    const own = "problem" in read && read.problem.code === "claim" &&
      read.problem.offset + read.problem.length <= text.length;
    const problem = own
      ? read.problem
      : { code: "claim" as const, message: `\`${text}\` is no metric of a model`, ...whole };
    report(problems, at, text, { help: "result.bytes", ...problem });
    return undefined;
  });
}

function eachLine(
  field: At | undefined,
  texts: readonly (string | null)[],
  read: (text: string, at: At) => PlacedClaim | undefined,
): PlacedClaim[] {
  if (field === undefined) return [];
  const { tree, path } = field;
  return texts.flatMap((text, index) => {
    if (text === null) return [];
    return read(
      text,
      tree.type === "list" ? { tree: tree.items[index]!, path: join(path, index) } : field,
    ) ?? [];
  });
}

function report(
  problems: Problems,
  { tree, path, key }: At,
  text: string,
  { code, message, help, offset, length }: ClaimProblem,
): void {
  const whole = placeOf(tree, path, key);
  // A quoted or folded line has other offsets than its text: then the whole line is marked.
  const exact = whole !== undefined && whole.length === text.length;
  const place = exact ? { ...whole, column: whole.column + offset, length } : whole;
  problems.add(diagnosticAt(path, place, { code, message, help }));
}
