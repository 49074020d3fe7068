/** The shapes that a model of the zoo, or a new head, takes from the data it is made for. */
import type { Json } from "../../digest.ts";
import type { Facts } from "../../facts.ts";
import type { AnyOp } from "../../op.ts";
import { formOf } from "../check/form.ts";
import { HEAD, MODEL } from "../words/language.ts";

type Params = Readonly<Record<string, Json>>;

/** The ops whose models are made for the data. */
const SHAPED: ReadonlySet<string> = new Set([MODEL, HEAD]);

/** The parameters that data say where nobody does. */
const SHAPES = ["input", "outputs", "vocabulary"] as const;

/** Whether an op makes models for the data. */
export function isShaped(op: string): boolean {
  return SHAPED.has(op);
}

/** A step's parameters with those that the data say, each where the op has it, it is not written and is known. */
export function withShapes(op: AnyOp, params: Params, data: Facts | undefined): Params {
  if (data?.kind !== "dataset") return params;
  const { input, outputs, text } = data;
  const known = { input, outputs, vocabulary: text?.vocabulary };
  const filled = lacking(op, params).flatMap((name) =>
    known[name] === undefined ? [] : [[name, known[name]] as const]
  );
  return { ...params, ...Object.fromEntries(filled) };
}

/** The parameters that a step still waits for. A model of the zoo has an input and outputs whatever its family is. */
export function lacking(op: AnyOp, params: Params): (typeof SHAPES)[number][] {
  const form = formOf(op.params);
  const schema = form.form === "choice" ? form.alternatives[String(params.use)] : op.params;
  return SHAPES.filter((name) =>
    params[name] === undefined &&
    (op.name === MODEL && name !== "vocabulary" || schema?.properties?.[name] !== undefined)
  );
}
