/** Columns of a table as `preprocessing.json` tells of them: how the cells of a row become the numbers of a sample. */
import { given } from "../../../engine/given.ts";
import type { CodedColumn } from "../../data/dataset.ts";
import { columnWidth, MISSING } from "../../data/table/code_table.ts";
import { type CellWishes, missingWords } from "../../data/table/raw_table.ts";

/** A column, and `at`, the place of its first number in a sample. */
type TableColumn =
  /** A number as it stands; `fill` for a cell that is missing. */
  | {
    readonly name: string;
    readonly kind: "number";
    readonly at: number;
    readonly fill?: number;
  }
  /**
   * A text. `one-hot`: 1 at `at` and the place of the text in `categories`, 0 at the others; of an unknown one zeros
   * everywhere, or 1 in a last `column`. `integer`: its place from 1 on; 0 of an unknown one. A cell that is missing counts
   * as the text `missing`.
   */
  | {
    readonly name: string;
    readonly kind: "category";
    readonly at: number;
    readonly code: "one-hot" | "integer";
    readonly categories: readonly string[];
    readonly unknown: "zeros" | "column" | "zero";
    readonly missing?: string;
  }
  /** 1 where the cell of the column at the place `of` in this list is missing, else 0. */
  | {
    readonly name: string;
    readonly kind: "missing";
    readonly at: number;
    readonly of: number;
  };

/** The cells of a table's rows. */
export interface TableForm {
  readonly use: "table";
  /** The cells that are missing, by what they say; absent: none may be. */
  readonly missing?: readonly string[];
  /** In the order of the samples; indicators come last. */
  readonly columns: readonly TableColumn[];
}

/** The form of rows whose cells are missing or are categories; `wishes` are what a recipe says of them. */
export function codedTable(columns: readonly CodedColumn[], wishes: CellWishes): TableForm {
  let at = 0;
  const told = columns.map((column) => {
    const first = at;
    at += columnWidth(column);
    return toldColumn(column, first, wishes);
  });
  const missing = wishes.missing && [...missingWords(wishes)];
  return { use: "table", ...given({ missing }), columns: told };
}

/** The form of rows that are numbers, by the names of their columns. */
export function plainTable(names: readonly string[]): TableForm {
  return {
    use: "table",
    columns: names.map((name, at) => ({ name, kind: "number", at })),
  };
}

function toldColumn(column: CodedColumn, at: number, { missing }: CellWishes): TableColumn {
  const { name } = column;
  if ("missing" in column) return { name, kind: "missing", at, of: column.missing };
  if (!("categories" in column)) {
    return { name, kind: "number", at, ...given({ fill: column.fill }) };
  }
  const { code, categories, unknown, fill = MISSING } = column;
  return {
    name,
    kind: "category",
    at,
    code,
    categories,
    unknown: code === "integer" ? "zero" : unknown ? "column" : "zeros",
    ...given({ missing: missing ? fill : undefined }),
  };
}
