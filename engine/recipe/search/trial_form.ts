/**
 * A recipe as a trial of a search: choices are made on validation, so every evaluation reads that; a clock decides
 * nothing, so none is read; and nothing is exported, unless a claim reads how large an export is.
 */
import type { OpSet } from "../../op.ts";
import type { ExpandedRecipe, Step } from "../recipe.ts";
import type { PlacedClaim } from "../claims/claim.ts";
import { EVALUATE } from "../words/language.ts";
import { fieldsOf } from "../words/schema_fields.ts";

/** What a search reads of a trial. */
interface TrialClaims {
  readonly aim: PlacedClaim;
  readonly where: readonly PlacedClaim[];
}

/** The recipe as it is tried; its claims are those of the search. */
export function trialForm(
  { steps, ...recipe }: ExpandedRecipe,
  { aim, where }: TrialClaims,
  ops: OpSet,
): ExpandedRecipe {
  const sizes = new Set([aim, ...where].flatMap(sizesRead));
  const kept = steps.flatMap((step): Step[] => {
    const op = ops.get(step.op);
    if (op?.volatile) return [];
    if (op?.output.name === "files") return sizes.has(String(step.params.use)) ? [step] : [];
    if (step.op !== EVALUATE || op === undefined || !("split" in fieldsOf(op.params))) {
      return [step];
    }
    return [{ ...step, params: { ...step.params, split: "validation" } }];
  });
  return { ...recipe, steps: kept, expect: where, reads: [aim] };
}

/** Formats whose size a claim reads: `bytes.onnx`. */
function sizesRead({ claim: { left, right } }: PlacedClaim): string[] {
  return [left.first, left.second, right.first, right.second].flatMap((term) =>
    term !== undefined && "metric" in term && term.metric === "bytes" ? term.key ?? [] : []
  );
}
