/** The fields of a data set in a recipe. */
import { ByType, Choice, ListOf, OneOf, Source, type Static, Type } from "../../engine/field.ts";
import { audioField } from "./audio/audio_fields.ts";
import { common, dividedBy, pictorial, type WithNames } from "./common_fields.ts";
import { dataFormatNames } from "./data_formats.ts";
import { type EmbeddedFields, embeddedSets } from "./embedded_sets.ts";
import { categoriesField, missingField } from "./table/table_fields.ts";
import { textField, textSources } from "./text/text_fields.ts";

const own = { list: "readers" };

const partField = (description: string) =>
  ByType({
    string: Source({ description: "A file of samples with their labels", own }),
    object: Type.Object({
      inputs: Source({ description: "The file of the samples", own }),
      labels: Source({ description: "The file of their labels" }),
    }),
  }, { description });

const embeddedFields = Object.fromEntries(
  embeddedSets.map(({ name, fields }) => [name, fields]),
) as unknown as EmbeddedFields;

/** Embedded data sets by `use`, files by `from`. */
export const dataFields = Choice(embeddedFields, {
  description: "The data",
  untagged: Type.Object({
    from: ByType({
      string: Source({ description: "A file, or a folder of a known layout", own }),
      object: Type.Object({
        train: partField("The samples to learn from; what is not given apart is split from them"),
        validation: Type.Optional(partField("The samples to choose by")),
        test: Type.Optional(partField("The samples to measure on")),
      }),
    }, { description: "The place of the files" }),
    format: Type.Optional(
      OneOf(dataFormatNames, {
        description: "The format of the files; by their names where absent",
        own,
      }),
    ),
    columns: Type.Optional(Type.Object({
      input: Type.Optional(ListOf(Type.String(), {
        description:
          "The names of the columns that are seen; all others than the label where absent",
      })),
      label: Type.Optional(ByType({
        string: Type.String({ description: "The name of a column" }),
        list: Type.Unsafe<readonly string[]>(Type.Array(Type.String(), {
          minItems: 1,
          description: "The names of several: targets of a regression, or labels of zeros and ones",
        })),
      }, { description: "The answer's column; default: the last" })),
      separator: Type.Optional(Type.String({
        minLength: 1,
        description:
          "What stands between two labels of a cell, where a sample may have several; absent: cells are JSON lists",
      })),
      missing: Type.Optional(missingField),
      categories: Type.Optional(categoriesField),
    }, { description: "The columns of a table, by the names in its first row" })),
    task: OneOf(["classification", "regression", "next-token", "reconstruction", "multi-label"], {
      default: "classification",
      description:
        "The kind of answer: a class, numbers, at each place of a text its next token, the sample itself, or any " +
        "number of labels at once",
    }),
    labels: Type.Optional(OneOf(["none"], {
      description:
        "`none`: samples that nobody has labelled, for a teacher to answer, for calibration and reconstruction; pictures " +
        "and recordings in any folders, a text on each line, of a table all columns",
    })),
    text: Type.Optional(textField()),
    audio: Type.Optional(audioField),
    ...pictorial,
    ...common,
    ...dividedBy,
  }),
});

/** A data set's fields, normalised. */
export type WrittenData = Static<typeof dataFields>;

/** The same, the names of classes read where they stand in a file. */
export type DataParams = WithNames<WrittenData>;

/** Files, normalised. */
export type FileParams = Extract<DataParams, { from: unknown }>;

/** The sources that parameters of files name. */
export function sourcesOf({ from, text }: Pick<FileParams, "from" | "text">): readonly string[] {
  const places = typeof from === "string" ? [from] : [from.train, from.validation, from.test];
  const files = places.flatMap((place) =>
    place === undefined ? [] : typeof place === "string" ? [place] : [place.inputs, place.labels]
  );
  return [...files, ...text === undefined ? [] : textSources(text)];
}
