/** A written block, its inputs apart from its parameters. */
import type { Json } from "../../digest.ts";
import type { OpSet } from "../../op.ts";
import type { Draft } from "./draft.ts";

/** A map of fields, normalised. */
export type Block = Readonly<Record<string, Json>>;

/** A block's fields, inputs apart from parameters. */
export function splitInputs(
  block: Block,
  op: string,
  ops: OpSet,
): Pick<Draft, "inputs" | "params"> {
  const declared = ops.get(op)?.inputs ?? {};
  const inputs: Record<string, string | readonly string[]> = {};
  const params: Record<string, Json> = {};
  for (const [name, value] of Object.entries(block)) {
    if (Object.hasOwn(declared, name)) inputs[name] = value as string | readonly string[];
    else params[name] = value;
  }
  return { inputs, params };
}
