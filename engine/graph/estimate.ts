/** How long a step will take, estimated from the nearest record of its op on the same machine. */
import type { Outcome } from "../store/store.ts";
import type { Explanation } from "./explain.ts";
import type { Preimage } from "./key.ts";

/**
 * Seconds that a step which is not recorded will take: those of the nearest record, in proportion to the epochs where
 * both train. Undefined for a hit, and where this machine has never run the op.
 */
export function estimate(
  { node, state, nearest }: Explanation,
  { host }: { readonly host: string },
): number | undefined {
  if (state === "hit" || nearest === undefined || nearest.provenance.host !== host) {
    return undefined;
  }
  return nearest.provenance.seconds * proportion(node.step.params.epochs, epochsOf(nearest));
}

function epochsOf({ preimage }: Outcome): unknown {
  return (preimage as Preimage).params.epochs;
}

function proportion(now: unknown, before: unknown): number {
  return typeof now === "number" && typeof before === "number" && before > 0 ? now / before : 1;
}
