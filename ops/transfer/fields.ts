/** The parameters of `head`. */
import { LARGEST, ListOf, OneOf, Selectors, type Static, Type } from "../../engine/field.ts";
import { probabilitiesField } from "../model/probabilities.ts";

/** The fields. */
export const headParams = Type.Object({
  after: Type.Optional(Selectors({
    description:
      "The layer that the new classifier reads; of a group or of several the last, and what is behind it goes " +
      "(default: what the old classifier reads, which is the last layer with a kernel)",
  })),
  pool: OneOf(["auto", "average", "max", "first", "flatten"], {
    default: "auto",
    description:
      "How values of many places become one row: the mean or the largest of each channel, the first place of a text, or " +
      "all in a row; auto: the mean, of a text behind attention its first place; a row stays as it is",
  }),
  hidden: ListOf(Type.Integer({ minimum: 1, maximum: LARGEST.units }), {
    default: [],
    maxItems: LARGEST.layers,
    description: "The units of each dense layer with relu before the classifier",
  }),
  dropout: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0,
    description: "The fraction of values dropped before each dense layer while training",
  }),
  outputs: Type.Optional(Type.Integer({
    minimum: 1,
    maximum: LARGEST.units,
    description: "The width of the answer: classes or targets; default: the data's",
  })),
  probabilities: Type.Optional(probabilitiesField),
  seed: Type.Integer({
    minimum: 0,
    maximum: LARGEST.seed,
    default: 0,
    description: "The seed of the new weights; default: the recipe's",
  }),
}, { description: "A fresh classifier behind a layer, in place of the old one" });

/** Normalised. */
export type HeadParams = Static<typeof headParams>;
