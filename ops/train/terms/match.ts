/** Terms that compare values inside two models: which layers, and the sum over their pairs. */
import type { TProperties } from "../../../engine/deps/typebox.ts";
import { ListOf, Selectors, type Static, type TObject, Type } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { defineTerm, type Matching, teacherFields, type Term } from "./term.ts";

const pair = Type.Object({
  student: Selectors({
    of: "model",
    description: "A layer or group of the student (its output); for fsp two, from and to",
  }),
  teacher: Selectors({
    of: "teacher",
    description: "A layer or group of the teacher (its output); for fsp two, from and to",
  }),
}, { description: "Two places that are compared" });

const match = ListOf(pair, { description: "The pairs of places that are compared", minItems: 1 });

/** A pair of places as a recipe writes it, normalised. */
export type Place = Static<typeof pair>;

/** The fields of a term that compares values inside the student and a living teacher. */
export function matchFields<const F extends TProperties>(summary: string, fields: F) {
  return teacherFields(summary, { match, ...fields });
}

/** A term's arithmetic for one pair. */
type Compare<P> = (
  room: Room,
  pair: { readonly student: readonly Tensor[]; readonly teacher: readonly Tensor[] },
  params: P,
) => Scalar;

/** A term that compares; its value is the sum over its pairs. Without `matching` any two layers can be compared. */
export function matchTerm<S extends TObject>(
  schema: S,
  compare: Compare<Static<S>>,
  matching: Matching<S> = { layers: 1, unfit: () => undefined },
): Term<S> {
  return defineTerm({
    schema,
    matching,
    value: ({ room, pairs }, params) =>
      pairs!.map((pair) => compare(room, pair, params))
        .reduce((sum, each) => room.tf.add<Scalar>(sum, each)),
  });
}
