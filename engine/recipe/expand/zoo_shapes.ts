/** The shapes that a model of the zoo, or a new head, takes from the data it is made for. */
import { given } from "../../given.ts";
import type { Facts, Task } from "../../facts.ts";
import type { AnyOp } from "../../op.ts";
import { formOf } from "../words/form.ts";
import { HEAD, MODEL } from "../words/language.ts";
import type { StepParams } from "../recipe.ts";

/** The ops whose models are made for the data. */
const SHAPED: ReadonlySet<string> = new Set([MODEL, HEAD]);

/** The parameters that data say where nobody does. */
const SHAPES = ["input", "outputs", "vocabulary"] as const;

/** What stands behind answers that are not one class each. */
const endings: Readonly<Partial<Record<Task, string>>> = {
  "multi-label": "sigmoid",
  regression: "none",
};

/** Whether an op makes models for the data. */
export function isShaped(op: string): boolean {
  return SHAPED.has(op);
}

/** A step's parameters with those that the data say, each where the op has it, it is not written and is known. */
export function withShapes(op: AnyOp, params: StepParams, data: Facts | undefined): StepParams {
  if (data?.kind !== "dataset") return params;
  const { input, outputs, text, task } = data;
  const known = { input, outputs, vocabulary: text?.vocabulary };
  const filled = lacking(op, params).flatMap((name) =>
    known[name] === undefined ? [] : [[name, known[name]] as const]
  );
  const isOpen = params.probabilities === undefined && hasField(op, params, "probabilities");
  return {
    ...params,
    ...Object.fromEntries(filled),
    ...given({ probabilities: isOpen && task ? endings[task] : undefined }),
  };
}

/** The parameters that a step still waits for. A model of the zoo has an input and outputs whatever its family is. */
export function lacking(op: AnyOp, params: StepParams): (typeof SHAPES)[number][] {
  return SHAPES.filter((name) =>
    params[name] === undefined &&
    (op.name === MODEL && name !== "vocabulary" || hasField(op, params, name))
  );
}

function hasField(op: AnyOp, params: StepParams, name: string): boolean {
  const form = formOf(op.params);
  const schema = form.form === "choice" ? form.alternatives[String(params.use)] : op.params;
  return schema?.properties?.[name] !== undefined;
}
