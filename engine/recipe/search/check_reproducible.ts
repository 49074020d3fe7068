/** What a search decides by must come out alike tomorrow: what a clock says does not. */
import type { ClaimTerm } from "../claims/claim.ts";
import type { Problems } from "../check/problems.ts";
import type { PlacedClaim } from "../recipe.ts";
import { placeOfPath, type Tree } from "../parse/tree.ts";

/** Reports claims of a search that read a clock. */
export function checkReproducible(
  root: Tree,
  claims: readonly PlacedClaim[],
  problems: Problems,
): void {
  for (const { claim: { left, right }, path } of claims) {
    const terms = [left.first, left.second, right.first, right.second];
    if (!terms.some((term) => term !== undefined && readsClock(term))) continue;
    const place = placeOfPath(root, path);
    problems.add({
      code: "claim",
      severity: "error",
      message:
        "`latency` reads a clock: a search that decides by it would not come out alike again",
      path,
      ...(place && { place }),
      help: "result.macs says what the model must compute; expect: may claim latency of the winner",
    });
  }
}

function readsClock(term: ClaimTerm): boolean {
  return "metric" in term && term.metric === "latency";
}
