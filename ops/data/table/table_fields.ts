/** Cells that are missing and columns of categories, as a recipe declares them. */
import { Choice, ListOf, OneOf, type Static, Type } from "../../../engine/field.ts";

/** Words that stand for a missing cell where a recipe names none; an empty cell is missing in any case. */
export const MISSING_WORDS: readonly string[] = [
  "NA",
  "N/A",
  "NaN",
  "nan",
  "null",
  "NULL",
  "None",
];

const cells = {
  values: ListOf(Type.String(), {
    default: MISSING_WORDS,
    description: "The words that count as missing; an empty cell does in any case",
  }),
  indicator: Type.Boolean({
    default: false,
    description:
      "Whether each column of numbers with a missing cell in train gets a column behind all others: 1 where the cell " +
      "is missing, 0 where not",
  }),
};

/** The `missing` field. */
export const missingField = Choice({
  mean: Type.Object(cells, { description: "The mean of the column's numbers in train" }),
  median: Type.Object(cells, {
    description: "The median of the column's numbers in train; of an even count the mean of two",
  }),
  "most-frequent": Type.Object(cells, {
    description:
      "The most frequent value of the column in train, of equally frequent ones the least; the only one that fills " +
      "categories, too",
  }),
  constant: Type.Object({
    value: Type.Number({ description: "The number that stands for a missing one" }),
    ...cells,
  }, { description: "One number everywhere" }),
}, {
  description:
    "The value that stands for a missing cell, learned on train alone; a missing category is a category of its own",
});

/** Categories of a column where a recipe does not bound them. */
export const USUAL_MOST = 100;

const chosen = {
  columns: Type.Optional(ListOf(Type.String(), {
    description:
      "The columns of categories; where absent, each that holds a text which is no number",
  })),
  most: Type.Optional(Type.Integer({
    minimum: 1,
    maximum: 10_000,
    description:
      `The most categories of a column: its most frequent ones in train, all others count as unknown; where absent, more than ${USUAL_MOST} are an error`,
  })),
};

/** The `categories` field. */
export const categoriesField = Choice({
  "one-hot": Type.Object({
    ...chosen,
    unknown: OneOf(["zeros", "column"], {
      default: "zeros",
      description: "A category that train does not have: zeros everywhere, or a column of its own",
    }),
  }, { description: "A column of zeros and ones for each category, in sorted order" }),
  integer: Type.Object(chosen, {
    description: "One column: the category's place in sorted order, from 1; 0 for an unknown one",
  }),
}, { description: "The code of columns of text, their categories found in train alone" });

/** What counts as missing, and what stands for it. */
export type Missing = Static<typeof missingField>;

/** How categories become numbers. */
export type Categories = Static<typeof categoriesField>;
