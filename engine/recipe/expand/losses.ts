/** The loss of a training with its teachers settled: one for each term that reads one. */
import { given } from "../../given.ts";
import type { Json } from "../../digest.ts";
import { type Curve, type TSchema } from "../../field.ts";
import { readsSource, type TermSource } from "../../loss_term.ts";
import type { AnyOp } from "../../op.ts";
import { formOf } from "../words/form.ts";
import { fieldsOf, inOrder } from "../words/schema_fields.ts";

type TermParams = Readonly<Record<string, Json>>;

/** A training's loss with every teacher settled. */
interface SettledLoss {
  readonly loss: readonly TermParams[];
  /** The one teacher of all terms that read one; then no term names it. */
  readonly teacher?: string;
  /** Whether any term reads a teacher. */
  readonly readsTeacher: boolean;
  /** The first term that reads a teacher although none is in scope. */
  readonly teacherless?: { readonly index: number; readonly use: string };
}

/**
 * Settles the loss of a training. `teachers` are those in scope; `outputs` says that recorded outputs stand in for a
 * teacher; `peers`, that models learn beside one another.
 */
export function settleLoss(
  schema: TSchema,
  terms: readonly TermParams[],
  { teachers, outputs, peers = false }: {
    readonly teachers: readonly string[];
    readonly outputs: boolean;
    readonly peers?: boolean;
  },
): SettledLoss {
  let teacherless: SettledLoss["teacherless"];
  const settled = terms.flatMap((term, index): TermParams[] => {
    if (!readsTeacher(schema, term) || term.teacher !== undefined || outputs) return [term];
    if (teachers.length === 0) teacherless ??= { index, use: String(term.use) };
    if (teachers.length < 2) return teachers.map((teacher) => ({ ...term, teacher }));
    const weight = divided(term.weight, teachers.length);
    return teachers.map((teacher) => ({ ...term, weight, teacher }));
  });
  const taught = settled.filter((term) => readsTeacher(schema, term));
  const named = [...new Set(taught.map((term) => term.teacher))];
  const [only] = named;
  // Among peers every term names its teacher: the cohort as a whole has none.
  const single = named.length === 1 && typeof only === "string" && !peers ? only : undefined;
  const written = single === undefined ? settled : settled.map(withoutTeacher);
  return {
    loss: written.map((term) => inOrder(termsOf(schema), term)),
    ...given({ teacher: single }),
    readsTeacher: taught.length > 0 || teacherless !== undefined,
    ...given({ teacherless }),
  };
}

/** The schema of an op's loss; an empty one where it has none. */
export function lossOf(op: AnyOp): TSchema {
  return fieldsOf(op.params).loss ?? ({} as TSchema);
}

/** Whether a loss term of this schema reads a source, as its alternative states. */
export function reads(schema: TSchema, term: TermParams, source: TermSource): boolean {
  const choice = formOf(termsOf(schema));
  if (choice.form !== "choice") return false;
  return readsSource(choice.alternatives[String(term[choice.tag])]?.["x-reads"], term, source);
}

/** The schema of one term of a loss. */
function termsOf(loss: TSchema): TSchema {
  const list = formOf(loss);
  return list.form === "list" ? list.items : loss;
}

function readsTeacher(schema: TSchema, term: TermParams): boolean {
  return reads(schema, term, "teacher") || reads(schema, term, "features");
}

function withoutTeacher({ teacher: _, ...term }: TermParams): TermParams {
  return term;
}

/** A weight shared by several: every value of the curve, divided. */
function divided(weight: Json | undefined, by: number): Json {
  const curve = (weight ?? 1) as Curve;
  if (typeof curve === "number") return curve / by;
  const shared = { ...curve, start: curve.start / by };
  return ("end" in shared ? { ...shared, end: shared.end / by } : shared) as unknown as Json;
}
