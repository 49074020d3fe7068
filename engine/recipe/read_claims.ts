/** The claims of a recipe, each at its line. */
import type { Fields } from "./drafts.ts";
import { parseClaim } from "./parse_claim.ts";
import type { Problems } from "./problems.ts";
import type { PlacedClaim } from "./recipe.ts";
import { child, join, placeOfPath, type Tree } from "./tree.ts";

/** Reads `expect`; what is no claim is reported. */
export function readClaims(root: Tree, fields: Fields, problems: Problems): PlacedClaim[] {
  const written = child(root, "expect");
  return ((fields.expect ?? []) as readonly (string | null)[]).flatMap((text, index) => {
    if (text === null) return [];
    const path = written?.type === "list" ? join("expect", index) : "expect";
    const read = parseClaim(text);
    if ("claim" in read) return [{ text, claim: read.claim, path }];
    const { code, message, help, offset, length } = read.problem;
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
    return [];
  });
}
