/** Terms that compare values inside two models: which layers, and the sum over their pairs. */
import type { TProperties } from "../../../../engine/deps/typebox.ts";
import { ByType, ListOf, OneOf, Selectors, type Static, Type } from "../../../../engine/field.ts";
import type { Room, Scalar } from "../../../../engine/tensor/mod.ts";
import {
  defineTerm,
  type FeaturePair,
  type Matching,
  type Term,
  type TermSchema,
} from "../term.ts";

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

const match = ByType({
  string: OneOf(["replaced"], {
    description:
      "Every layer that gave way to others, its group in the student with the layer in the teacher",
  }),
  list: ListOf(pair, { description: "Pairs of places", minItems: 1 }),
}, {
  description:
    "The pairs of places that are compared, or `replaced`: each group that `replace` put in a layer's place with " +
    "that layer of the teacher",
});

/** Places in two models that are compared. */
export interface MatchedPlaces extends Static<typeof pair> {
  /**
   * Where they stand in the recipe, below the term: the pair, and each side of it; `match` for all if they are not
   * apart.
   */
  readonly at: { readonly pair: string; readonly student: string; readonly teacher: string };
}

/** The places that `match` means; `replaced` are the layers of the student that gave way to groups of their name. */
export function placesOf(
  written: Static<typeof match>,
  replaced: readonly string[],
): readonly MatchedPlaces[] {
  if (written === "replaced") {
    const at = { pair: "match", student: "match", teacher: "match" };
    return replaced.map((name) => ({ student: [name], teacher: [name], at }));
  }
  return written.map((pair, k) => {
    const at = `match.${k}`;
    return { ...pair, at: { pair: at, student: `${at}.student`, teacher: `${at}.teacher` } };
  });
}

type Schema<F> = TermSchema<{ match: typeof match } & F, { features: true }>;

/**
 * A term that compares values inside the model and its teacher, with `fields` beside `match`; `compare` is its value
 * for one pair, summed over pairs. Without `matching` any two layers can be compared.
 */
export function matchTerm<const F extends TProperties>(
  summary: string,
  fields: F,
  compare: (room: Room, pair: FeaturePair, params: Static<Schema<F>>) => Scalar,
  matching: Matching<Schema<F>> = { layers: 1, unfit: () => undefined },
): Term<Schema<F>> {
  return defineTerm<{ match: typeof match } & F, { features: true }>({
    summary,
    fields: { match, ...fields },
    reads: { features: true },
    matching,
    value: ({ room, pairs }, params) =>
      pairs!.map((pair) => compare(room, pair, params as never))
        .reduce((sum, each) => room.tf.add<Scalar>(sum, each)),
  });
}
