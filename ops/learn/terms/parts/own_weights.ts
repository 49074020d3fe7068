/** Terms that hold a model's own weights down: which weights, and the sum over them. They read no sample. */
import type { TProperties } from "../../../../engine/deps/typebox.ts";
import {
  CurveField,
  Selectors,
  type Static,
  type TObject,
  Type,
} from "../../../../engine/field.ts";
import { selectLayers } from "../../../../engine/selector.ts";
import type { Room, Scalar, Tensor } from "../../../../engine/tensor/mod.ts";
import { selectorType } from "../../../model/layers/selector_type.ts";
import { type Architecture, type Layer, type Role, weightName } from "../../../model/model.ts";
import { defineTerm, type Holding, type Term } from "../term.ts";

/** The fields of a term that reads the model's own weights: its weight has no default that would suit every network. */
export function ownFields<const F extends TProperties>(summary: string, fields: F) {
  return Type.Object({
    weight: CurveField({
      minimum: 0,
      description: "The factor before the term, as λ in the paper: often 0.0001",
    }),
    ...fields,
    layers: Type.Optional(
      Selectors({ description: "The layers that are held down; default: all" }),
    ),
  }, { description: summary });
}

/** What such a term adds up. */
interface Penalty extends Holding {
  /** Which array of those layers. */
  readonly role: Role;
  of(room: Room, weight: Tensor): Scalar;
}

/** A term whose value is the sum of a penalty over the layers that it holds. */
export function ownTerm<S extends TObject>(schema: S, penalty: Penalty): Term<S> {
  return defineTerm({
    schema,
    holding: penalty,
    value({ room, own }, params) {
      const { model, weights } = own!;
      return heldLayers(model, penalty, params)
        .map(({ name }) => penalty.of(room, weights[weightName(name, penalty.role)]!))
        .reduce((sum, each) => room.tf.add<Scalar>(sum, each));
    },
  });
}

/** The layers that such a term holds down in a model, in its order. */
export function heldLayers(
  model: Architecture,
  { holds }: Holding,
  params: Static<TObject>,
): readonly Layer[] {
  const { layers: chosen } = params as { readonly layers?: readonly string[] };
  const layers = model.layers.filter((layer) => holds(layer, model))
    .map((layer) => ({ name: layer.name, type: selectorType(layer), layer }));
  const names = new Set(selectLayers(layers, chosen));
  return layers.filter(({ name }) => names.has(name)).map(({ layer }) => layer);
}
