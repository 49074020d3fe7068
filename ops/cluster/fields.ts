/** The parameters of `cluster`. */
import { LARGEST, ListOf, OneOf, Selectors, type Static, Type } from "../../engine/field.ts";
import { recalibrateField } from "../learn/recalibrate_field.ts";
import { trainingFields } from "../learn/training_fields.ts";
import { INITS } from "../model/codebook/initial_centroids.ts";

const clusters = (description: string) => Type.Integer({ minimum: 1, maximum: 256, description });

export const clusterParams = Type.Object({
  clusters: clusters(
    "The number of values that the weights of a layer share; pruned weights stay 0 and cost none of them, but of 256",
  ),
  init: OneOf(INITS, {
    default: "linear",
    description:
      "Where the shared values begin: evenly between the smallest and the largest weight (best where large weights " +
      "matter), evenly along the sorted weights, or drawn far apart",
  }),
  layers: Type.Optional(Selectors({
    description: "The layers whose weights are shared; default: all with a kernel",
  })),
  exclude: Type.Optional(Selectors({ description: "The layers that stay as they are" })),
  "per_layer": Type.Optional(ListOf(
    Type.Object({
      layers: Selectors({ description: "The layers that this entry is for" }),
      clusters: clusters("The number of values that each of them shares"),
    }),
    { description: "Numbers of shared values of single layers" },
  )),
  recalibrate: recalibrateField,
  finetune: Type.Optional(trainingFields),
  seed: Type.Optional(Type.Integer({
    minimum: 0,
    maximum: LARGEST.seed,
    description: "The seed of `init: k-means++`; the recipe's where absent",
  })),
});

/** Parameters of a clustering, normalised. */
export type ClusterParams = Static<typeof clusterParams>;
