/** Texts with their answers, as files hold them. */
import { listed } from "../../../engine/quote.ts";
import { textAt } from "../table/column.ts";
import { assertEven, assertTexts, columnPlace, type TableFile } from "../table/writer.ts";
import type { TableWishes } from "../readers/table_columns.ts";
import type { PartName } from "../dataset.ts";

/** Texts in a file's order; labels as written, null where nobody asks for them. */
export interface Texts {
  readonly file: string;
  readonly texts: readonly string[];
  readonly labels: readonly string[] | null;
}

/** The texts of each part that a source has apart; those of training always. */
export type PartTexts = Readonly<Partial<Record<PartName, Texts>>> & {
  readonly train: Texts;
  /** The labels that there are, in index order, where the source knows them. */
  readonly classes?: readonly string[];
};

/**
 * Texts of a table whose first row names the columns; several columns of text are joined by a blank. Throws a RangeError
 * where nothing says which column the text is in.
 */
export function textsOfTable(
  file: TableFile,
  { task, columns, labels }: Pick<TableWishes, "task" | "columns" | "labels">,
): Texts {
  const { name, first } = file;
  if (first === undefined) throw new RangeError(`Cannot read "${name}": it has no rows`);
  const place = (column: string) => columnPlace(first, column, name);
  const asked = task !== "next-token" && labels !== "none";
  if (typeof columns?.label === "object") {
    throw new RangeError(
      `Cannot read the labels of "${name}": those of a text stand in one column; say what is between them: ` +
        'columns: { label: …, separator: ";" }',
    );
  }
  const label = columns?.label === undefined ? first.length - 1 : place(columns.label);
  const others = first.map((_, column) => column).filter((column) => !asked || column !== label);
  const inputs = columns?.input?.map(place) ?? others;
  if (columns?.input === undefined && inputs.length !== 1) {
    throw new RangeError(
      `Cannot tell which column of "${name}" the text is in: it has ${listed(first)}; ` +
        "say it: columns: { input: … }",
    );
  }
  assertEven(file);
  for (const column of asked ? [...inputs, label] : inputs) assertTexts(file, column);
  const body = (columns: readonly number[]): string[] =>
    Array.from(
      { length: file.lines.length - 1 },
      (_, row) => columns.map((column) => textAt(file.columns[column]!, row + 1)).join(" "),
    );
  return { file: name, texts: body(inputs), labels: asked ? body([label]) : null };
}
