/** The claims of a recipe, and the metrics that it names elsewhere, each at its line. */
import { parseClaim } from "./parse_claim.ts";
import type { ClaimProblem } from "./claim.ts";
import { given } from "../../given.ts";
import type { MetricSet } from "../../metrics.ts";
import type { Problems } from "../check/problems.ts";
import type { PlacedClaim } from "../recipe.ts";
import { join, placeOfPath, type Tree, treeAt } from "../parse/tree.ts";

/** What claims are read with. */
export interface ClaimReading {
  readonly root: Tree;
  /** What they can be about. */
  readonly metrics: MetricSet;
  readonly problems: Problems;
}

/** Reads the claims in a field, one or a list; what is no claim is reported. */
export function readClaims(
  reading: ClaimReading,
  field: string,
  texts: readonly (string | null)[],
): PlacedClaim[] {
  return eachLine(reading.root, field, texts, (text, path) => {
    const read = parseClaim(text, reading.metrics);
    if ("claim" in read) return { text, claim: read.claim, path };
    report(reading, path, text, read.problem);
    return undefined;
  });
}

/** Reads the metrics in a field, `result.bytes`: each a claim that compares it with itself. */
export function readMetrics(
  reading: ClaimReading,
  field: string,
  texts: readonly (string | null)[],
): PlacedClaim[] {
  return eachLine(reading.root, field, texts, (text, path) => {
    const read = parseClaim(`${text} = ${text}`, reading.metrics);
    if ("claim" in read && read.claim.left.sign === undefined) {
      return { text, claim: read.claim, path };
    }
    const whole = { offset: 0, length: text.length };
    const own = "problem" in read && read.problem.code === "claim" &&
      read.problem.offset + read.problem.length <= text.length;
    const problem = own
      ? read.problem
      : { code: "claim" as const, message: `\`${text}\` is no metric of a model`, ...whole };
    report(reading, path, text, { help: "result.bytes", ...problem });
    return undefined;
  });
}

function eachLine(
  root: Tree,
  field: string,
  texts: readonly (string | null)[],
  read: (text: string, path: string) => PlacedClaim | undefined,
): PlacedClaim[] {
  const list = treeAt(root, field)?.type === "list";
  return texts.flatMap((text, index) =>
    text === null ? [] : read(text, list ? join(field, index) : field) ?? []
  );
}

function report(
  { root, problems }: ClaimReading,
  path: string,
  text: string,
  { code, message, help, offset, length }: ClaimProblem,
): void {
  const whole = placeOfPath(root, path);
  // A quoted or folded line has other offsets than its text: then the whole line is marked.
  const exact = whole !== undefined && whole.length === text.length;
  const place = exact ? { ...whole, column: whole.column + offset, length } : whole;
  problems.add({
    code,
    severity: "error",
    message,
    path,
    ...given({ place, help }),
  });
}
