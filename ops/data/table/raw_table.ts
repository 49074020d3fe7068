/** Cells of a table before anything is learned of them: numbers, categories by their place in a list, NaN for missing. */
import { given } from "../../../engine/given.ts";
import { quoted } from "../../../engine/quote.ts";
import { textAt, valueAt } from "./column.ts";
import { notANumber, numberAt } from "./numbers.ts";
import { type Categories, type Missing, MISSING_WORDS } from "./table_fields.ts";
import { columnPlace, type TableFile } from "./writer.ts";

/** What a recipe says of the cells of a table. */
export interface CellWishes {
  readonly missing?: Missing;
  readonly categories?: Categories;
}

/** A column as it is read. */
export interface RawColumn {
  readonly name: string;
  /** Of a column of categories what its cells say, each once: a cell is a place in it. */
  readonly texts?: readonly string[];
  /** What is said of its few cells that are no numbers, where almost all are: the first with its line, and the way out. */
  readonly stray?: string;
}

/** What the samples of a table are before they are coded. */
export interface RawTable {
  /** The file to learn from. */
  readonly file: string;
  readonly wishes: CellWishes;
  readonly columns: readonly RawColumn[];
  /** The bytes that its samples may take. */
  readonly memory: number;
}

/** Reads the files of a table, the one to learn from first. */
export interface RawReader {
  /** The cells of the columns at `inputs`, row by row, of the rows from one on. */
  read(file: TableFile, inputs: readonly number[], from: number): Float32Array;
  /** What was read. */
  table(): RawTable;
}

/** The words that count as missing, the empty one among them. */
export function missingWords({ missing }: CellWishes): ReadonlySet<string> {
  return new Set(["", ...missing?.values ?? MISSING_WORDS]);
}

/**
 * A reader by what a recipe says. Which columns hold categories is decided by the first file. It throws a RangeError with
 * file, line and column where a cell is neither a number nor missing.
 */
export function rawReader(wishes: CellWishes, memory: number): RawReader {
  const missing = missingWords(wishes);
  const said = {
    wishes,
    missing,
    // A number may stand for what is missing, as −999 does.
    numeric: wishes.missing !== undefined &&
      [...missing].some((word) => word !== "" && !Number.isNaN(Number(word))),
  };
  let learned: { file: string; columns: Coded[] } | undefined;

  return {
    read(file, inputs, from) {
      const categories = learned === undefined ? categoriesOf(file, inputs, from, said) : [];
      const strayIn = (place: number) =>
        wishes.categories?.columns === undefined ? strayCells(file, place, from, said) : undefined;
      learned ??= {
        file: file.name,
        columns: inputs.map((place) => {
          const coded = categories.includes(place);
          return {
            name: file.first![place]!,
            ...given({
              places: coded ? new Map<string, number>() : undefined,
              stray: coded ? strayIn(place) : undefined,
            }),
          };
        }),
      };
      const { columns } = learned;
      const rows = file.lines.length - from;
      const x = new Float32Array(rows * inputs.length);
      for (let row = 0, at = 0; row < rows; row++) {
        for (const [column, place] of inputs.entries()) {
          x[at++] = cellAt(file, { row: row + from, place }, columns[column]!, said);
        }
      }
      return x;
    },
    table: () => ({
      file: learned!.file,
      wishes,
      memory,
      columns: learned!.columns.map(({ name, places, stray }) => ({
        name,
        ...given({ texts: places && [...places.keys()], stray }),
      })),
    }),
  };
}

/** What a recipe says of cells, worked out. */
interface SaidOfCells {
  readonly wishes: CellWishes;
  readonly missing: ReadonlySet<string>;
  /** Whether a number stands for a missing cell. */
  readonly numeric: boolean;
}

/** A column that is being read. */
interface Coded {
  readonly name: string;
  readonly places?: Map<string, number>;
  readonly stray?: string;
}

/** The places of the columns of categories. */
function categoriesOf(
  file: TableFile,
  inputs: readonly number[],
  from: number,
  { wishes: { categories }, missing }: SaidOfCells,
): readonly number[] {
  if (categories === undefined) return [];
  const { columns } = categories;
  if (columns === undefined) {
    return inputs.filter((place) => saysText(file, place, from, missing));
  }
  return columns.map((name) => {
    const place = columnPlace(file.first!, name, file.name);
    if (inputs.includes(place)) return place;
    throw new RangeError(
      `Cannot code the column ${quoted(name)} of "${file.name}": it is none of those that are seen`,
    );
  });
}

/** Whether a cell of a column is a text that neither is a number nor stands for a missing one. */
function saysText(
  file: TableFile,
  place: number,
  from: number,
  missing: ReadonlySet<string>,
): boolean {
  const column = file.columns[place]!;
  for (let row = from; row < file.lines.length; row++) {
    if (valueAt(column, row) !== undefined) continue;
    const text = textAt(column, row);
    if (!missing.has(text) && Number.isNaN(Number(text))) return true;
  }
  return false;
}

/** Of so many different things that are no numbers each is named. */
const MOST_STRAY = 5;

/**
 * What is said of a column's cells that are no numbers; undefined unless they are a tenth of those that are at most, or one
 * thing again and again and fewer than those.
 */
function strayCells(
  { lines, columns }: TableFile,
  place: number,
  from: number,
  { wishes, missing }: SaidOfCells,
): string | undefined {
  const column = columns[place]!;
  const words = new Set<string>();
  let [numbers, others, first] = [0, 0, 0];
  for (let row = from; row < lines.length && words.size <= MOST_STRAY; row++) {
    const text = valueAt(column, row) === undefined ? textAt(column, row) : undefined;
    if (text === undefined || !Number.isNaN(Number(text)) && text !== "") numbers++;
    else if (!missing.has(text)) {
      if (others++ === 0) first = row;
      words.add(text);
    }
  }
  const few = words.size === 1 ? others < numbers : 10 * others <= numbers;
  if (others === 0 || words.size > MOST_STRAY || !few) return undefined;
  return `${numbers} of its cells are numbers, and line ${lines[first]} says ${
    quoted(textAt(column, first))
  }${missingHelp([...words], wishes)}`;
}

function cellAt(
  file: TableFile,
  { row, place }: { readonly row: number; readonly place: number },
  { name, places }: Coded,
  { wishes, missing, numeric }: SaidOfCells,
): number {
  const column = file.columns[place]!;
  if (places !== undefined) {
    const text = textAt(column, row);
    if (wishes.missing !== undefined && missing.has(text)) return NaN;
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, places.size);
    return places.size - 1;
  }
  const number = numberAt(column, row);
  if (number !== undefined && !numeric) return number;
  const cell = textAt(column, row);
  if (wishes.missing !== undefined && missing.has(cell)) return NaN;
  if (number !== undefined) return number;
  throw new RangeError(
    `Cannot read "${file.name}": line ${file.lines[row]}, column ${place + 1} (${
      quoted(name)
    }) is ${notANumber(cell)}${cellHelp(cell, wishes)}`,
  );
}

/** Of a category: what is longer is a text, or no text at all. */
const LONGEST = 64;

/** What a recipe can say of a cell that is no number. */
export function cellHelp(cell: string, { missing, categories }: CellWishes): string {
  if (missing === undefined && missingWords({}).has(cell)) {
    return "; say what stands for it: columns: { missing: median }";
  }
  if (cell.length > LONGEST) return "";
  if (/^[-+]?\d+,\d+$/.test(cell)) return `; write it with a point: ${cell.replace(",", ".")}`;
  if (categories === undefined) {
    return "; say how texts are coded: columns: { categories: one-hot }";
  }
  return missingHelp([cell], given({ missing }));
}

/** How a recipe says that these stand for what is missing. */
function missingHelp(cells: readonly string[], { missing }: CellWishes): string {
  const { use } = missing ?? { use: "median" };
  return `; if it is missing, name it: columns: { missing: { use: ${use}, values: [${
    cells.map(quoted).join(", ")
  }] } }`;
}
