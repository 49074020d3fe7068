/** Pictures that a table in their folder lists: a column of paths, as they lead from the table, and one of labels. */
import type { RunContext } from "../../../engine/op.ts";
import { given } from "../../../engine/given.ts";
import { excerpt, listed, quoted } from "../../../engine/quote.ts";
import type { FileWishes } from "../readers/data_format.ts";
import { labelsOf } from "../readers/label_rows.ts";
import { answersOf, classNames } from "../readers/labels.ts";
import { readFile } from "../readers/read_file.ts";
import type { UnreadPictures } from "../samples.ts";
import { cellsFrom, textAt } from "../table/column.ts";
import { readSeparated } from "../table/separated.ts";
import { assertEven, assertTexts, columnPlace } from "../table/writer.ts";

/**
 * The pictures of a folder by the one CSV file in it, whose first row names its columns. Throws a RangeError with file, line
 * and column where a picture is not there, or a label is not what it must be.
 */
export async function tabledPictures(
  source: string,
  wishes: FileWishes,
  context: RunContext,
): Promise<UnreadPictures> {
  const { there, folder, name, table } = await tableIn(source, context);
  const { first, columns, lines } = table;
  const { input = [], label } = wishes.columns ?? {};
  const unlabelled = wishes.labels === "none";
  if (first === undefined || input.length !== 1 || !unlabelled && typeof label !== "string") {
    throw new RangeError(
      `Cannot read "${name}" as a table of pictures: name its column of paths${
        unlabelled
          ? ", columns: { input: path }"
          : " and that of labels, columns: { input: path, label: class }"
      }`,
    );
  }
  assertEven(table);
  const at = columnPlace(first, input[0]!, name);
  assertTexts(table, at);
  const beside = name.slice(folder.length, name.lastIndexOf("/") + 1);
  const known = new Set(there);
  const rows = lines.subarray(1);
  const files = Array.from(rows, (line, row) => {
    const path = textAt(columns[at]!, row + 1);
    if (known.has(`${beside}${path}`)) return { name: `${folder}${beside}${path}` };
    throw new RangeError(
      `Cannot read "${name}": line ${line}, column ${at + 1} (${quoted(first[at]!)}) names ${
        quoted(excerpt(path))
      }, and there is no such file in the folder of the table`,
    );
  });
  if (files.length === 0) throw new RangeError(`Cannot read "${name}": it lists no pictures`);
  const x = Int32Array.from(files.keys());
  const samples = { count: x.length, input: [1], x };
  if (unlabelled) return { loaded: { train: { ...samples, y: null } }, files };
  const { task, classes, columns: { separator } = {} } = wishes;
  const answer = columnPlace(first, label as string, name);
  assertTexts(table, answer);
  const written = labelsOf(cellsFrom(columns[answer]!, 1), name);
  const about = { task, ...given({ classes, separator }), warn: context.warn };
  const names = classNames(written, about, name);
  const answers = answersOf(written, names, task, {
    file: name,
    lines: rows,
    ...given({ separator }),
  });
  return { loaded: { train: { ...samples, ...answers }, ...given({ classes: names }) }, files };
}

/** The one table of a folder, read, and the files that are there. */
async function tableIn(source: string, context: RunContext) {
  const there = await context.list(source);
  const tables = there.filter((path) => /\.csv$/i.test(path));
  if (tables.length !== 1) {
    throw new RangeError(
      `Cannot find the table of the pictures in ${quoted(source)}: it has ${
        tables.length === 0 ? "no CSV file" : listed(tables, 3)
      }; one CSV file lists them`,
    );
  }
  const folder = source.replace(/\/*$/, "/");
  const name = `${folder}${tables[0]}`;
  const table = readSeparated(await readFile(context, name), ",", name, context.memory);
  return { there, folder, name, table };
}
