/** Terms that penalise a model's own weights: which weights, and the sum over them. They read no sample. */
import {
  CurveField,
  Selectors,
  type Static,
  type TObject,
  Type,
} from "../../../../engine/field.ts";
import { selectLayers } from "../../../../engine/selector.ts";
import type { Room, Scalar, Tensor } from "../../../../engine/tensor/mod.ts";
import { namedLayers } from "../../../model/layers.ts";
import { type Architecture, type Layer, type Role, weightName } from "../../../model/model.ts";
import { defineTerm, type PenalisedLayers } from "../term.ts";

/** The weight of such a term has no default: none would suit every network. */
const fields = {
  weight: CurveField({
    minimum: 0,
    description: "The factor before the term, as λ in the paper: often 0.0001",
  }),
  layers: Type.Optional(
    Selectors({ description: "The layers that are penalised; default: all" }),
  ),
};

/** What such a term adds up. */
interface Penalty extends PenalisedLayers {
  /** Which array of those layers. */
  readonly role: Role;
  of(room: Room, weight: Tensor): Scalar;
}

/** A term whose value is the sum of a penalty over layers of the model. */
export function penaltyTerm(summary: string, penalty: Penalty) {
  return defineTerm({
    summary,
    fields,
    reads: { weights: true },
    penalises: penalty,
    value({ room, own }, params) {
      const { model, weights } = own!;
      return penalisedLayers(model, penalty, params)
        .map(({ name }) => penalty.of(room, weights[weightName(name, penalty.role)]!))
        .reduce((sum, each) => room.tf.add<Scalar>(sum, each));
    },
  });
}

/** The layers that such a term penalises in a model, in its order. */
export function penalisedLayers(
  model: Architecture,
  { suits }: PenalisedLayers,
  params: Static<TObject>,
): readonly Layer[] {
  const { layers: chosen } = params as { readonly layers?: readonly string[] };
  const layers = model.layers.filter((layer) => layer.tied === undefined && suits(layer, model));
  const names = new Set(selectLayers(namedLayers({ layers }), chosen));
  return layers.filter(({ name }) => names.has(name));
}
