/** Which columns of a table are seen, and which hold the answers; parts that name their columns mean the same ones. */
import { given } from "../../../engine/given.ts";
import { listed, quoted } from "../../../engine/quote.ts";
import { isName } from "../table/numbers.ts";
import { columnPlace, type TableFile } from "../table/writer.ts";
import type { CellWishes } from "../table/raw_table.ts";
import type { LabelWishes } from "./labels.ts";

/** How to read a table. */
export interface TableWishes extends LabelWishes {
  readonly columns?: {
    readonly input?: readonly string[];
    readonly label?: string | readonly string[];
    readonly separator?: string;
  } & CellWishes;
  readonly split?: { readonly by: string; readonly column?: string };
  readonly labels?: "none";
}

/** Places of columns. */
export interface ChosenColumns {
  /** What is seen. */
  readonly inputs: readonly number[];
  readonly answers: readonly number[];
  /** What samples are divided by. */
  readonly key?: number;
  /** The first row, where it holds the names of the columns. */
  readonly names?: readonly string[];
}

/** The columns that a recipe means. Throws a RangeError where a file lacks one, or none is left to learn from. */
export function chosenColumns(
  { name, first, named }: TableFile,
  { columns, split, labels }: Pick<TableWishes, "columns" | "split" | "labels">,
  divided: boolean,
): ChosenColumns {
  if (first === undefined) throw new RangeError(`Cannot read "${name}": it has no rows`);
  const all = first.map((_, i) => i);
  const place = (column: string) => columnPlace(first, column, name);
  const answers = labels === "none"
    ? []
    : columns?.label === undefined
    ? [all.length - 1]
    : [columns.label].flat().map(place);
  const key = divided ? place(split!.column!) : undefined;
  const others = all.filter((column) => !answers.includes(column) && column !== key);
  const inputs = columns?.input?.map(place) ?? others;
  if (inputs.length === 0) {
    throw new RangeError(
      `Cannot learn from "${name}": its last column is the label, and none is left to learn from; name what is seen, ` +
        "columns: { input: […], label: … }",
    );
  }
  const headed = named === true || columns !== undefined || divided ||
    inputs.some((column) => isName(first[column]!));
  return {
    inputs,
    answers,
    ...given({ key, names: headed ? first : undefined }),
  };
}

/** A file of a part with its columns. */
interface PartColumns {
  readonly file: string;
  readonly chosen: ChosenColumns;
}

/**
 * Columns that a recipe does not name are told by their places, so parts that name theirs name the same there. Throws a
 * RangeError with both files, the place and the names where they do not.
 */
export function assertSameColumns(
  train: PartColumns,
  other: PartColumns,
  columns: TableWishes["columns"],
): void {
  const [known, found] = [train.chosen.names, other.chosen.names];
  if (known === undefined || found === undefined) return;
  const placed = ({ inputs, answers }: ChosenColumns) => [
    ...columns?.input === undefined ? inputs : [],
    ...columns?.label === undefined ? answers : [],
  ];
  const [theirs, own] = [placed(train.chosen), placed(other.chosen)];
  const odd = Array.from({ length: Math.max(theirs.length, own.length) }, (_, i) => i)
    .find((i) => known[theirs[i]!] !== found[own[i]!]);
  if (odd === undefined) return;
  const wrong = (why: string) =>
    new RangeError(`Cannot use "${other.file}" beside "${train.file}": ${why}`);
  const unnamed = [train, other].find(({ chosen: { inputs, names } }) =>
    columns?.input === undefined && !inputs.some((place) => isName(names![place]!))
  );
  if (unnamed !== undefined) {
    throw wrong(
      `the first row of "${unnamed.file}" is taken for the names of its columns, and begins with ${
        quoted(unnamed.chosen.names![0]!)
      }; give both files a first row of names`,
    );
  }
  const { inputs, answers } = train.chosen;
  const way = (names: (place: number) => boolean) => {
    const seen = listed(inputs.filter(names).map((place) => known[place]!), Infinity);
    const [label, ...more] = answers.filter(names).map((place) => known[place]!);
    const said = label === undefined
      ? ""
      : `, label: ${more.length === 0 ? listed([label]) : `[${listed([label, ...more])}]`}`;
    return `columns: { input: [${seen}]${said} }`;
  };
  const missing = theirs.find((place) => !found.includes(known[place]!));
  if (missing !== undefined) {
    const shared = (place: number) => found.includes(known[place]!);
    const both = answers.includes(missing) || !inputs.some(shared)
      ? ""
      : `, or read what both have: ${way(shared)}`;
    throw wrong(
      `it has no column ${quoted(known[missing]!)}, which is column ${
        missing + 1
      } of "${train.file}"; it has ${listed(found)}; rename the one that is meant${both}`,
    );
  }
  const [here, there] = [own[odd], theirs[odd]];
  const difference = here === undefined
    ? `it has ${own.length} columns that are not named in the recipe, "${train.file}" ${theirs.length}`
    : there === undefined
    ? `its column ${here + 1}, ${quoted(found[here]!)}, is one more than "${train.file}" has`
    : `its column ${here + 1} is ${quoted(found[here]!)}, and would be read as ${
      quoted(known[there]!)
    }, column ${there + 1} of "${train.file}"`;
  throw wrong(`${difference}; say the names, and columns are found by them: ${way(() => true)}`);
}
