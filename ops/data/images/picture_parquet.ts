/**
 * Pictures in Parquet files as the `datasets` library of Hugging Face writes them: a column of `{ bytes, path }`, and one of
 * labels, whose names its metadata tell. They are held as the files that they are, and decoded as pictures of a folder are.
 */
import { LARGEST } from "../../../engine/field.ts";
import { given } from "../../../engine/given.ts";
import type { RunContext, Task } from "../../../engine/op.ts";
import { excerpt, listed, quoted } from "../../../engine/quote.ts";
import { columnChunks } from "../parquet/layout.ts";
import { cellIn, withParquet } from "../parquet/parquet.ts";
import { DamagedError } from "../parquet/thrift.ts";
import type { FileWishes, PartFiles } from "../readers/data_format.ts";
import { type Answers, labelsOf, type WrittenLabels } from "../readers/label_rows.ts";
import { answersOf, classNames } from "../readers/labels.ts";
import { eachPart, readFile } from "../readers/read_file.ts";
import type { PictureFile, Samples, UnreadPictures } from "../samples.ts";
import { type Column, columnOf } from "../table/column.ts";
import { columnPlace } from "../table/writer.ts";

/** A file's pictures with what is written of each. */
interface PictureRows {
  readonly file: string;
  readonly pictures: readonly PictureFile[];
  /** Absent where nobody has labelled them. */
  readonly labels?: { readonly column: string; readonly cells: readonly string[] };
  /** The classes that the file names. */
  readonly names?: readonly string[];
}

/**
 * The pictures of each part; several files of one follow one another. Undefined where the first file holds none. Throws a
 * RangeError with file, row and column where a picture or a label is not what it must be.
 */
export async function parquetPictures(
  parts: PartFiles,
  wishes: FileWishes,
  context: RunContext,
): Promise<UnreadPictures | undefined> {
  const [first] = parts.train as [string];
  const image = pictureColumn(await readFile(context, first), first, wishes);
  if (image === undefined) return undefined;
  const { missing, categories } = wishes.columns ?? {};
  if (missing !== undefined || categories !== undefined || wishes.split?.column !== undefined) {
    throw new RangeError(
      `Cannot read "${first}" as a table: its column ${
        quoted(image)
      } holds pictures, and all that is read beside them is a ` +
        "label; leave out columns.missing, columns.categories and split.column",
    );
  }
  const read = await eachPart(parts, async (names) => {
    const files: PictureRows[] = [];
    for (const name of names) {
      const bytes = await readFile(context, name);
      files.push(await pictureRows(bytes, { image, file: name, wishes }, context.memory));
    }
    return files;
  });
  const names = namesIn(read.train, wishes);
  const files = Object.values(read).flatMap((part) => part.flatMap(({ pictures }) => pictures));
  let next = 0;
  const samplesOf = (part: readonly PictureRows[]): Samples => {
    const count = part.reduce((sum, { pictures }) => sum + pictures.length, 0);
    const x = Int32Array.from({ length: count }, () => next++);
    const answers = part.map((rows) => answersIn(rows, names, wishes));
    return { count, input: [1], x, ...joined(answers) };
  };
  const { train, validation, test } = read;
  const loaded = {
    train: samplesOf(train),
    ...given({
      validation: validation && samplesOf(validation),
      test: test && samplesOf(test),
      classes: names.classes,
    }),
  };
  return { loaded, files };
}

/** What the classes are called, and whether labels are numbers among names that the files tell. */
interface ClassNames {
  readonly classes?: readonly string[] | undefined;
  readonly told: boolean;
}

/** Names that a recipe gives, else those that the file tells, else those that are found. */
function namesIn(
  train: readonly PictureRows[],
  { task, classes, columns }: FileWishes,
): ClassNames {
  const [{ file, names, labels }] = train as readonly [PictureRows];
  if (labels === undefined) return { told: false };
  if (task === "classification" && classes === undefined && names !== undefined) {
    return { classes: names, told: true };
  }
  const written = columnOf(train.flatMap(({ labels }) => labels?.cells ?? []));
  const wishes = { task, ...given({ classes, separator: columns?.separator }) };
  return { classes: classNames(labelsIn(written, file, task), wishes, file), told: false };
}

/** Several labels of a sample stay as they are written. */
const labelsIn = (written: Column, file: string, task: Task): WrittenLabels =>
  task === "multi-label" ? written : labelsOf(written, file);

/** The answers of a file's rows. */
function answersIn(
  { file, labels }: PictureRows,
  { classes, told }: ClassNames,
  { task, columns }: FileWishes,
): Answers | undefined {
  if (labels === undefined) return undefined;
  const { column, cells } = labels;
  const rows = Int32Array.from(cells.keys(), (row) => row + 1);
  if (!told) {
    const place = { file, lines: rows, separator: columns?.separator };
    return answersOf(labelsIn(columnOf(cells), file, task), classes, task, place);
  }
  const count = classes!.length;
  const y = Int32Array.from(cells, (cell, row) => {
    const number = /^\d+$/.test(cell) ? Number(cell) : -1;
    if (number >= 0 && number < count) return number;
    throw new RangeError(
      `Cannot read "${file}": row ${row + 1}, column ${quoted(column)} is ${
        quoted(excerpt(cell))
      }, and its ${count} classes are the numbers from 0 on${
        cell === "-1" || cell === "" ? "; where nothing is labelled, say `labels: none`" : ""
      }`,
    );
  });
  return { y };
}

/** The answers of files that follow one another. */
function joined(answers: readonly (Answers | undefined)[]): Pick<Samples, "y" | "kinds"> {
  const there = answers.flatMap((each) => each ?? []);
  const [first] = there;
  if (first === undefined) return { y: null };
  const length = there.reduce((sum, { y }) => sum + y.length, 0);
  const y = first.y instanceof Int32Array ? new Int32Array(length) : new Float32Array(length);
  let at = 0;
  for (const each of there) {
    y.set(each.y, at);
    at += each.y.length;
  }
  return { y, ...given({ kinds: first.kinds }) };
}

/** The columns of a file, and those of pictures among them; undefined where it is damaged, which whoever reads it says. */
function columnsIn(bytes: Uint8Array) {
  try {
    const leaves = columnChunks(bytes).map(({ leaf }) => leaf);
    const texts = new Set(leaves.filter(({ type }) => type === TEXTS).map(({ path }) => path));
    const columns = [...new Set(leaves.map(({ path }) => path.split(".")[0]!))];
    const isPicture = (name: string) => texts.has(`${name}.bytes`) && texts.has(`${name}.path`);
    return { columns, pictures: columns.filter(isPicture) };
  } catch (error) {
    if (error instanceof DamagedError) return undefined;
    throw error;
  }
}

/** Texts and bytes, as Parquet numbers its types. */
const TEXTS = 6;

/** The column of pictures that is meant; undefined where there is none, or another is named. */
function pictureColumn(
  bytes: Uint8Array,
  name: string,
  { columns }: FileWishes,
): string | undefined {
  const { pictures } = columnsIn(bytes) ?? { pictures: [] };
  const named = columns?.input;
  if (named !== undefined) {
    return named.length === 1 ? pictures.find((each) => each === named[0]) : undefined;
  }
  if (pictures.length < 2) return pictures[0];
  throw new RangeError(
    `Cannot tell which pictures of "${name}" are meant: it has ${listed(pictures)}; ` +
      `say it: columns: { input: ${pictures[0]} }`,
  );
}

/** The column of labels: the one that is named, the only other one, or the one called so; undefined where none is needed. */
function labelColumn(
  columns: readonly string[],
  { image, file, wishes }: PictureTable,
): string | undefined {
  const named = wishes.columns?.label;
  if (wishes.labels === "none") return undefined;
  if (typeof named === "string") return columns[columnPlace(columns, named, file)];
  const others = columns.filter((name) => name !== image);
  if (named === undefined && others.length === 1) return others[0];
  if (named === undefined && others.includes("label")) return "label";
  if (others.length === 0 && wishes.task === "reconstruction") return undefined;
  throw new RangeError(
    others.length === 0
      ? `Cannot find the labels in "${file}": it has pictures alone; where nobody has labelled them, say \`labels: none\``
      : `Cannot tell which column of "${file}" is the label: it has ${
        listed(others)
      }; say one: columns: { label: ${others[0]} }`,
  );
}

interface PictureTable {
  readonly image: string;
  readonly file: string;
  readonly wishes: FileWishes;
}

async function pictureRows(
  bytes: Uint8Array,
  table: PictureTable,
  memory: number,
): Promise<PictureRows> {
  const { image, file } = table;
  const columns = columnsIn(bytes)?.columns;
  if (columns !== undefined) columnPlace(columns, image, file);
  const column = columns && labelColumn(columns, table);
  const { values, cells, note } = await withParquet(
    bytes,
    { name: file, memory },
    async ({ rows, columns, notes, each }) => {
      const values: unknown[] = new Array(rows).fill(undefined);
      await each(image, (row, value) => values[row] = value);
      const cells = new Array<string>(rows).fill("");
      const type = columns.find(({ name }) => name === column)?.type;
      if (column !== undefined) {
        await each(column, (row, value) => cells[row] = cellIn(value, type).cell);
      }
      return { values, cells, note: notes.get("huggingface") };
    },
  );
  const pictures = values.map((value, row): PictureFile => {
    const { bytes } = (value ?? {}) as { readonly bytes?: unknown };
    // A copy: the page that it was unpacked with is let go.
    if (bytes instanceof Uint8Array) {
      return { name: `${file}, row ${row + 1}, column ${image}`, bytes: bytes.slice() };
    }
    throw new RangeError(
      `Cannot read "${file}": row ${row + 1}, column ${quoted(image)} has no bytes of a picture; ` +
        "pictures that lie beside a table are listed by a CSV file",
    );
  });
  if (column === undefined) return { file, pictures };
  const names = toldNames(note, column);
  return { file, pictures, labels: { column, cells }, ...given({ names }) };
}

/** The names of a column's classes in the note that `datasets` leaves; undefined where it tells none. */
function toldNames(note: string | undefined, column: string): readonly string[] | undefined {
  try {
    const { info } = JSON.parse(note ?? "{}");
    const { names, _type: type } = info?.features?.[column] ?? {};
    const told = type === "ClassLabel" && Array.isArray(names) && names.length > 0 &&
      names.length <= LARGEST.units && names.every((name) => typeof name === "string");
    return told ? names : undefined;
  } catch {
    return undefined;
  }
}
