/** Formats of tables: separated values, JSON lines, Parquet. */
import { given } from "../../../engine/given.ts";
import type { TableFile } from "../table/writer.ts";
import type { DataFormat } from "./data_format.ts";
import { eachPart, readFile } from "./read_file.ts";
import type { TableWishes } from "./table_columns.ts";

/** What a recipe says of a table that may tell how it is separated, and whether its cells are texts. */
interface ReadWishes extends Pick<TableWishes, "task" | "columns" | "labels"> {
  readonly text?: true;
}

export const csv = tableFormat("csv", "train.csv", async (bytes, name, memory, wishes) => {
  const { readSeparated } = await import("../table/separated.ts");
  const { separatorOf } = await import("../table/separator.ts");
  const separator = wishes === undefined ? "," : separatorOf(bytes);
  return readSeparated(bytes, keptWhole(separator, wishes) ? "," : separator, name, memory);
});

export const tsv = tableFormat("tsv", ".tsv", async (bytes, name, memory) => {
  const { readSeparated } = await import("../table/separated.ts");
  return readSeparated(bytes, "\t", name, memory);
});

export const jsonl = tableFormat("jsonl", ".jsonl", async (bytes, name, memory) => {
  const { readJsonLines } = await import("../table/json_lines.ts");
  return { ...readJsonLines(bytes, name, memory), named: true };
});

const parquetTables = tableFormat("parquet", ".parquet", async (bytes, name, memory) => {
  const { readParquet } = await import("../parquet/parquet.ts");
  return { ...await readParquet(bytes, name, memory), named: true };
});

/** Whether a table may be meant that is one column, whose name and cells hold what would separate them. */
function keptWhole(separator: string, wishes: ReadWishes | undefined): boolean {
  const { columns, task, labels, text = columns?.categories } = wishes ?? {};
  const named = [columns?.input ?? [], columns?.label ?? []].flat();
  const unlabelled = labels === "none" || task === "next-token";
  return text !== undefined && unlabelled || named.some((name) => name.includes(separator));
}

/** Tables; or sets of pictures, each with its label beside it. */
export const parquet: DataFormat<"parquet"> = {
  ...parquetTables,
  async pictures(parts, wishes, context) {
    const { parquetPictures } = await import("../images/picture_parquet.ts");
    return await parquetPictures(parts, wishes, context);
  },
};

/**
 * A format of tables, by what makes columns of cells of a file. That throws a RangeError which names the file and the line
 * where one is not as it should be, a MemoryError where its cells would take more than `memory`.
 */
function tableFormat<const N extends string>(
  name: N,
  example: string,
  table: (
    bytes: Uint8Array,
    name: string,
    memory: number,
    wishes?: ReadWishes,
  ) => Promise<TableFile>,
): DataFormat<N> {
  return {
    name,
    suffixes: [name],
    inFolder: [`[^/]*\\.${name}`],
    example,
    table,
    async read(parts, { task, columns, classes, split, labels }, context) {
      const { loadTables } = await import("./tables.ts");
      const files = await eachPart(parts, async ([first, more]) => {
        if (more === undefined) {
          const wishes = { task, ...given({ columns, labels }) };
          return await table(await readFile(context, first!), first!, context.memory, wishes);
        }
        throw new RangeError(`Cannot join "${first}" and "${more}": a part is one table`);
      });
      return loadTables(files, { task, ...given({ columns, classes, split, labels }) }, context);
    },
    async texts(bytes, file, wishes, memory) {
      const { textsOfTable } = await import("../text/texts.ts");
      return textsOfTable(await table(bytes, file, memory, { ...wishes, text: true }), wishes);
    },
  };
}
