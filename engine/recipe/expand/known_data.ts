/** What is known of a recipe's data before anything is read. */
import { type Facts } from "../../facts.ts";
import { ParameterError } from "../../error.ts";
import type { OpSet } from "../../op.ts";
import type { Draft } from "./draft.ts";

/** Facts of the data that a draft makes; undefined where it is unsound, which `compile` asks again and reports. */
export function knownData(
  data: Pick<Draft, "op" | "fields" | "broken">,
  ops: OpSet,
): Facts | undefined {
  const op = ops.get(data.op);
  if (op === undefined || data.broken) return undefined;
  try {
    return op.facts({}, data.fields);
  } catch (error) {
    if (error instanceof ParameterError) return undefined;
    throw error;
  }
}
