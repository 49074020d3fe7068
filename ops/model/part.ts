/** The op `part`: a group of a model's layers as a model of its own. */
import { given } from "../../engine/given.ts";
import {
  defineOp,
  input,
  type ModelFacts,
  ParameterError,
  Selectors,
  Type,
} from "../../engine/op.ts";
import { selectLayers } from "../../engine/selector.ts";
import { modelKind } from "./kind.ts";
import { architectureOf, modelFacts, namedLayers } from "./layers.ts";
import type { Architecture, Model } from "./model.ts";
import { groupsIn, partOf } from "./part_of.ts";

export const part = defineOp({
  name: "part",
  version: 1,
  summary: "Takes a group of layers as a model of its own",
  inputs: { model: input(modelKind, "The model that the layers are part of") },
  output: modelKind,
  params: Type.Object({
    layers: Selectors({
      description:
        "The layers, usually a group (decoder): what they read from outside becomes the input, and the one that nothing inside reads the output",
    }),
  }),
  example: { layers: ["head"] },
  numerics: "none",
  facts({ model }, { layers }): ModelFacts {
    const facts = model as ModelFacts;
    const { learned, established, replaced } = facts;
    const architecture = architectureOf(facts);
    if (architecture === undefined) return { kind: "model", learned, established };
    const structure = taken(architecture, layers);
    const inside = new Set(structure.layers.map(({ name }) => name));
    return {
      ...modelFacts(structure, { learned, established: {} }),
      established,
      ...given({ replaced: replaced && groupsIn(inside, replaced) }),
    };
  },
  async run({ model }, { layers }) {
    return await taken(model, layers);
  },
});

/** Throws a ParameterError where the selected layers are no model. */
function taken<A extends Architecture | Model>(model: A, selectors: readonly string[]): A {
  try {
    return partOf(model, selectLayers(namedLayers(model), selectors));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ParameterError("out-of-range", "layers", error.message, "a group: decoder");
  }
}
