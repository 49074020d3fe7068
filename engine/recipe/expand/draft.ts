/** A step before it is bound: what a person wrote of it, and what is in scope where it stands. */
import type { Json } from "../../digest.ts";
import type { OpSet } from "../../op.ts";
import { MODEL } from "../words/language.ts";

/** A step as written, normalised; what is implied is still open. */
export interface Draft {
  readonly op: string;
  /** `as`, or the name that a role or stage gives. */
  readonly name?: string;
  readonly path: string;
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
  readonly params: Readonly<Record<string, Json>>;
  /** Taken where the op draws and no seed is written. */
  readonly seed: number;
  /** The model that it means where it names none. */
  readonly model?: string;
  /** The cohort that it means where it names none. */
  readonly cohort?: string;
  /** Whom the terms of its loss may listen to. */
  readonly teachers: readonly string[];
  /** Reported already. */
  readonly broken: boolean;
}

/** The name of a step that has none, given the inputs it turned out to have; `data` is that of the recipe's own. */
export function defaultName(
  { op, inputs, params }: Pick<Draft, "op" | "inputs" | "params">,
  ops: OpSet,
  data?: string,
): string {
  const makes = ops.get(op)?.makes ?? op;
  if (typeof makes === "string") return makes;
  const { model, data: read } = inputs;
  return makes({
    model: typeof model === "string" ? model : MODEL,
    ...(typeof read === "string" && read !== data && { data: read }),
    params,
  });
}

/** The name of a stage's or a step's model, where it does not depend on inputs. */
export function stageName(op: string, ops: OpSet): string {
  return defaultName({ op, inputs: {}, params: {} }, ops);
}
