/** The fields that data sets share in a recipe. */
import {
  ByType,
  LARGEST,
  OneOf,
  Source,
  type Static,
  type TObject,
  Type,
} from "../../engine/field.ts";
import { normalizeField } from "./normalize.ts";

const WAYS =
  "The way to divide: every class in its share, at random, or as stored; a table also by group, none of which is in two " +
  "parts, or by time, the last as the test and those before them to validate";

const shares = {
  validation: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.1,
    description: "The fraction that chooses between epochs and settings",
  }),
  test: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.2,
    description: "The fraction to measure on",
  }),
};

const division = {
  description: "The division of the samples; parts that the source has apart are taken as they are",
  default: { validation: 0.1, test: 0.2, by: "label" },
};

/** Of files: a column of a table may say how they are divided. */
export const dividedBy = {
  split: Type.Object({
    ...shares,
    by: OneOf(["label", "random", "order", "group", "time"], {
      default: "label",
      description: WAYS,
    }),
    column: Type.Optional(Type.String({
      description:
        "The column that says the group or the time (a number or a date); no part of the samples unless it is named",
    })),
  }, division),
};

/** Of every data set that is read. */
export const common = {
  classes: Type.Optional(ByType({
    string: Source({ description: "A text file of class names, one a line" }),
    list: Type.Unsafe<readonly string[]>(
      Type.Array(Type.String({ minLength: 1 }), { description: "The class names", minItems: 1 }),
    ),
  }, { description: "The class names in index order; found and sorted where absent" })),
  split: Type.Object({
    ...shares,
    by: OneOf(["label", "random", "order"], {
      default: "label",
      description: WAYS,
    }),
  }, division),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: LARGEST.samples,
      description: "The most samples to train on; all where absent",
    }),
  ),
  normalize: normalizeField,
  seed: Type.Integer({
    minimum: 0,
    maximum: LARGEST.seed,
    default: 0,
    description: "The data's own seed, for division and order; not the recipe's",
  }),
};

const side = Type.Integer({ minimum: 1, maximum: 10_000, description: "Pixels" });

/** Of samples that are pictures. */
export const pictorial = {
  resize: Type.Optional(Type.Tuple([side, side], {
    description:
      "The height and width of every picture: bilinear, antialiased where it shrinks, proportions not kept",
  })),
  color: Type.Optional(OneOf(["gray", "rgb"], {
    description: "The colours of every picture: one channel, or three; as stored where absent",
  })),
};

/** Of data sets that are texts. */
export const textual = {
  ...common,
  task: OneOf(["classification", "next-token"], {
    default: "classification",
    description: "The kind of answer: a class, or at each place of the running text its next token",
  }),
};

/** Without a default, so that data sets without it are what they were. */
export const measured = {
  ...common,
  task: Type.Optional(OneOf(["classification", "reconstruction"], {
    description: "The kind of answer: a class (the default), or the sample itself",
  })),
};

/** What every data set says of its classes, its division and its numbers; the names of classes read from their file. */
export type DataWishes =
  & Omit<WithNames<Static<TObject<typeof common>>>, "split">
  & Static<TObject<typeof dividedBy>>
  & { readonly labels?: "none" };

/** Parameters whose names of classes are read where they stand in a file. */
export type WithNames<P> = P extends { readonly classes?: unknown }
  ? Omit<P, "classes"> & { readonly classes?: readonly string[] }
  : P;
