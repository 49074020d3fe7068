/** The fields of a data set in a recipe. */
import {
  ByType,
  Choice,
  LARGEST,
  ListOf,
  OneOf,
  Source,
  type Static,
  Type,
} from "../../engine/field.ts";
import { normalizeField } from "./normalize.ts";
import { textField } from "./text/text_fields.ts";

const common = {
  classes: Type.Optional(ByType({
    string: Source({ description: "A text file of class names, one a line" }),
    list: Type.Unsafe<readonly string[]>(
      Type.Array(Type.String({ minLength: 1 }), { description: "The class names", minItems: 1 }),
    ),
  }, { description: "The class names in index order; found and sorted where absent" })),
  split: Type.Object({
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
      description: "The fraction that judges",
    }),
    by: OneOf(["label", "random", "order"], {
      default: "label",
      description: "The way to divide: every class in its share, at random, or as stored",
    }),
  }, {
    description:
      "The division of the samples; parts that the source has apart are taken as they are",
    default: { validation: 0.1, test: 0.2, by: "label" },
  }),
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

const partField = (description: string) =>
  ByType({
    string: Source({ description: "A file of samples with their labels" }),
    object: Type.Object({
      inputs: Source({ description: "The file of the samples" }),
      labels: Source({ description: "The file of their labels" }),
    }),
  }, { description });

const side = Type.Integer({ minimum: 1, maximum: 10_000, description: "Pixels" });

/** Of samples that are pictures. */
const pictorial = {
  resize: Type.Optional(Type.Tuple([side, side], {
    description:
      "The height and width of every picture: bilinear, antialiased where it shrinks, proportions not kept",
  })),
  color: Type.Optional(OneOf(["gray", "rgb"], {
    description: "The colours of every picture: one channel, or three; as stored where absent",
  })),
};

/** Of data sets that are texts. */
const textual = {
  ...common,
  task: OneOf(["classification", "next-token"], {
    default: "classification",
    description: "The kind of answer: a class, or at each place of the running text its next token",
  }),
};

/** Without a default, so that data sets without it are what they were. */
const measured = {
  ...common,
  task: Type.Optional(OneOf(["classification", "reconstruction"], {
    description: "The kind of answer: a class (the default), or the sample itself",
  })),
};

/** Embedded data sets by `use`, files by `from`. */
export const dataFields = Choice({
  digits: Type.Object({ ...measured, ...pictorial }, {
    description:
      "10,000 handwritten digits of 28×28 grey pixels (the first of MNIST's training images)",
  }),
  iris: Type.Object(measured, { description: "Fisher's 150 flowers, 4 measures, 3 species" }),
  names: Type.Object({ ...textual, text: textField({ tokens: "characters", length: 16 }) }, {
    description: "8,849 English first names, female or male",
  }),
  spam: Type.Object({ ...textual, text: textField({ tokens: "words", length: 128 }) }, {
    description: "6,046 mails of SpamAssassin's public corpus, ham or spam; a package of 20 MB",
  }),
  latent: Type.Object({
    size: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      description: "The numbers in one vector",
    }),
    conditions: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      default: 1,
      description: "The classes that a generator can be asked for, all equally frequent",
    }),
    count: Type.Integer({
      minimum: 1,
      maximum: LARGEST.samples,
      description: "The vectors, before they are divided",
    }),
    task: OneOf(["generation"], {
      default: "generation",
      description: "The kind of answer: a sample",
    }),
    split: common.split,
    seed: common.seed,
  }, { description: "Standard normal vectors, drawn by the data's seed, for generators" }),
}, {
  description: "The data",
  untagged: Type.Object({
    from: ByType({
      string: Source({ description: "A file, or a folder of a known layout" }),
      object: Type.Object({
        train: partField("The samples to learn from; what is not given apart is split from them"),
        validation: Type.Optional(partField("The samples to choose by")),
        test: Type.Optional(partField("The samples to judge by")),
      }),
    }, { description: "The place of the files" }),
    format: Type.Optional(
      OneOf(["idx", "cifar", "csv", "tsv", "jsonl", "parquet", "npy", "npz", "text", "images"], {
        description: "The format of the files; by their names where absent",
      }),
    ),
    columns: Type.Optional(Type.Object({
      input: Type.Optional(ListOf(Type.String(), {
        description:
          "The names of the columns that are seen; all others than the label where absent",
      })),
      label: Type.Optional(
        Type.String({ description: "The name of the answer's column; default: the last" }),
      ),
    }, { description: "The columns of a table, by the names in its first row" })),
    task: OneOf(["classification", "regression", "next-token", "reconstruction"], {
      default: "classification",
      description:
        "The kind of answer: a class, numbers, at each place of a text its next token, or the sample itself",
    }),
    text: Type.Optional(textField()),
    ...pictorial,
    ...common,
  }),
});

/** A data set's fields, normalised. */
export type WrittenData = Static<typeof dataFields>;

/** The same, the names of classes read where they stand in a file. */
export type DataParams = WithNames<WrittenData>;

type WithNames<P> = P extends { readonly classes?: unknown }
  ? Omit<P, "classes"> & { readonly classes?: readonly string[] }
  : P;

/** Files, normalised. */
export type FileParams = Extract<DataParams, { from: unknown }>;
