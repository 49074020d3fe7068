/** The shapes that a model of the zoo takes from the data it is made for. */
import type { Json } from "../../digest.ts";
import type { Facts } from "../../facts.ts";
import type { AnyOp } from "../../op.ts";
import { formOf } from "../check/form.ts";

type Params = Readonly<Record<string, Json>>;

/**
 * A `model` step's parameters with `input` and `outputs` of the data, and the size of their `vocabulary` where the
 * family has such an option, each where it is not written and is known.
 */
export function withShapes(op: AnyOp, params: Params, data: Facts | undefined): Params {
  if (data?.kind !== "dataset") return params;
  const { input, outputs, text } = data;
  const vocabulary = readsText(op, params) ? text?.vocabulary : undefined;
  return {
    ...params,
    ...(params.input === undefined && input !== undefined && { input }),
    ...(params.outputs === undefined && outputs !== undefined && { outputs }),
    ...(params.vocabulary === undefined && vocabulary !== undefined && { vocabulary }),
  };
}

/** Whether a `model` step still waits for a shape. */
export function lacksShapes(op: AnyOp, params: Params): boolean {
  if (params.input === undefined || params.outputs === undefined) return true;
  return params.vocabulary === undefined && readsText(op, params);
}

/** Whether the family that the parameters name reads token numbers. */
function readsText({ params: schema }: AnyOp, { use }: Params): boolean {
  const form = formOf(schema);
  const family = form.form === "choice" ? form.alternatives[String(use)] : undefined;
  return family?.properties?.vocabulary !== undefined;
}
