/** The shapes that a model of the zoo takes from the data it is made for. */
import type { Json } from "../digest.ts";
import type { Facts } from "../facts.ts";

/** A `model` step's parameters with `input` and `outputs` of the data, where they are not written and are known. */
export function withShapes(
  params: Readonly<Record<string, Json>>,
  data: Facts | undefined,
): Readonly<Record<string, Json>> {
  if (data?.kind !== "dataset") return params;
  const { input, outputs } = data;
  return {
    ...params,
    ...(params.input === undefined && input !== undefined && { input }),
    ...(params.outputs === undefined && outputs !== undefined && { outputs }),
  };
}

/** Whether a `model` step still waits for a shape. */
export function lacksShapes(params: Readonly<Record<string, Json>>): boolean {
  return params.input === undefined || params.outputs === undefined;
}
