/** Files as samples: which format reads them. */
import type { RunContext } from "../../../engine/op.ts";
import { dataFormat, dataFormats, formatNamed } from "../data_formats.ts";
import type { Loaded, UnreadPictures } from "../samples.ts";
import type { DataFormat, FileWishes } from "./data_format.ts";
import { idx } from "./idx.ts";
import { ownReader, readOwn } from "./own_reader.ts";
import { partFiles } from "./part_files.ts";

/** Reads the files; pictures are listed. Throws a RangeError that names the file and what is wrong. */
export async function loadFiles(
  wishes: FileWishes,
  context: RunContext,
): Promise<Loaded | UnreadPictures> {
  const own = ownReader(wishes);
  if (own !== undefined) return await readOwn(own, wishes, context);
  const told = wishes.format === undefined
    ? await folderFormat(wishes, context)
    : dataFormat(wishes.format);
  if (wishes.audio !== undefined && told?.name !== "audio") {
    throw new RangeError(
      "Cannot hear `audio` here: recordings lie in a folder for each class, <class>/<name>.wav",
    );
  }
  if (told?.readFolder !== undefined) return await told.readFolder(wishes, context);
  const parts = await partFiles(wishes, context);
  const [first] = parts.train as [string];
  const format: DataFormat = told ?? formatNamed(first) ?? idx;
  const { name, table, read } = format;
  if (read === undefined) {
    throw new RangeError(
      `Cannot read "${first}" as numbers: say how its text is cut, text: { tokens: words }`,
    );
  }
  if (wishes.columns !== undefined && table === undefined) {
    throw new RangeError(`Cannot choose columns: ${name} files have none`);
  }
  if (wishes.labels === "none" && table === undefined) {
    throw new RangeError(
      `Cannot read "${first}" without labels: ${name} files have them; leave \`labels: none\` out`,
    );
  }
  if (wishes.split?.column !== undefined && table === undefined) {
    throw new RangeError(`Cannot divide by a column: ${name} files have none`);
  }
  return await format.pictures?.(parts, wishes, context) ?? await read(parts, wishes, context);
}

/** The format of a folder that is told by all of its files. */
async function folderFormat(
  { from, labels }: FileWishes,
  context: RunContext,
): Promise<DataFormat | undefined> {
  const folder = typeof from === "string" ? from : from.train;
  if (typeof folder !== "string") return undefined;
  const files = await context.list(folder);
  return dataFormats.find(({ holds }: DataFormat) => holds?.(files, labels));
}
