/** A claim as it is written. */
import type { Claim, ClaimTerm, ClaimValue } from "./claim.ts";

/** The line that reads as this claim. */
export function claimText({ left, relation, right }: Claim): string {
  return `${valueText(left)} ${relation} ${valueText(right)}`;
}

function valueText({ first, sign, second }: ClaimValue): string {
  return sign && second ? `${termText(first)} ${sign} ${termText(second)}` : termText(first);
}

function termText(term: ClaimTerm): string {
  const { times, over } = term;
  const base = "metric" in term
    ? [term.model, term.metric, term.key].filter((part) => part !== undefined).join(".")
    : term.text;
  if (times !== undefined) return `${base} * ${times}`;
  return over === undefined ? base : `${base} / ${over}`;
}
