/** The claims of a recipe, and the metrics that it names elsewhere, each at its line. */
import { type ClaimProblem, parseClaim } from "./parse_claim.ts";
import type { Problems } from "../check/problems.ts";
import type { PlacedClaim } from "../recipe.ts";
import { join, placeOfPath, type Tree, treeAt } from "../parse/tree.ts";

/** Reads the claims in a field, one or a list; what is no claim is reported. */
export function readClaims(
  root: Tree,
  field: string,
  texts: readonly (string | null)[],
  problems: Problems,
): PlacedClaim[] {
  return eachLine(root, field, texts, (text, path) => {
    const read = parseClaim(text);
    if ("claim" in read) return { text, claim: read.claim, path };
    report(root, path, text, read.problem, problems);
    return undefined;
  });
}

/** Reads the metrics in a field, `result.bytes`: each a claim that compares it with itself. */
export function readMetrics(
  root: Tree,
  field: string,
  texts: readonly (string | null)[],
  problems: Problems,
): PlacedClaim[] {
  return eachLine(root, field, texts, (text, path) => {
    const read = parseClaim(`${text} = ${text}`);
    if ("claim" in read && read.claim.left.sign === undefined) {
      return { text, claim: read.claim, path };
    }
    const whole = { offset: 0, length: text.length };
    const own = "problem" in read && read.problem.code === "claim" &&
      read.problem.offset + read.problem.length <= text.length;
    const problem = own
      ? read.problem
      : { code: "claim" as const, message: `\`${text}\` is no metric of a model`, ...whole };
    report(root, path, text, { help: "result.bytes", ...problem }, problems);
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
  root: Tree,
  path: string,
  text: string,
  { code, message, help, offset, length }: ClaimProblem,
  problems: Problems,
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
    ...(place && { place }),
    ...(help !== undefined && { help }),
  });
}
