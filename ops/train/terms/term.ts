/** The contract of a loss term: one thing a training listens to (language §1.7). */
import type { TProperties } from "../../../engine/deps/typebox.ts";
import {
  type Curve,
  CurveField,
  Reference,
  type Static,
  type TObject,
  Type,
} from "../../../engine/field.ts";
import type { Task } from "../../../engine/op.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";

/** What a term sees of one batch of B samples. */
export interface TermBatch {
  readonly room: Room;
  readonly task: Task;
  /** What the model says, [B, K]. */
  readonly logits: Tensor;
  /** One row per sample, [B, K]: one-hot classes, or target values; null where the data have no labels. */
  readonly targets: Tensor | null;
  /** The teacher's logits, [B, K]; there for a term that reads a teacher. No gradient flows into it. */
  readonly teacher?: Tensor;
  /** The value of a curve at this update. */
  at(curve: Curve): number;
}

/** One kind of loss term. */
export interface Term<S extends TObject = TObject> {
  /** Its fields; made by `labelFields` or `teacherFields`. */
  readonly schema: S;
  /** The term's value before its weight: a mean over the batch. */
  value(batch: TermBatch, params: Static<S>): Scalar;
}

/** Checks a term's literal. */
export function defineTerm<S extends TObject>(term: Term<S>): Term<S> {
  return term;
}

const weight = CurveField({
  minimum: 0,
  default: 1,
  description: "The factor before the term; nothing is normalised to 1",
});

/** The fields of a term that reads the data's labels. `summary` is one sentence with the paper. */
export function labelFields<const F extends TProperties>(
  summary: string,
  fields: F,
): TObject<{ weight: typeof weight } & F> {
  return Type.Object({ weight, ...fields }, { description: summary });
}

const teacher = Type.Optional(
  Reference("model", { description: "The model this term listens to, if not the step's teacher" }),
);

/** The fields of a term that reads a teacher's outputs. */
export function teacherFields<const F extends TProperties>(
  summary: string,
  fields: F,
): TObject<{ weight: typeof weight } & F & { teacher: typeof teacher }> {
  return Type.Object({ weight, ...fields, teacher }, { description: summary, "x-teacher": true });
}
