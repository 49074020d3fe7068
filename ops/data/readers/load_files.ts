/** Files as samples: which files make which part, and which format reads them. */
import type { RunContext } from "../../../engine/op.ts";
import { took } from "../../../engine/thread.ts";
import { pairOf } from "./array_pair.ts";
import { partsOfArrays } from "./array_parts.ts";
import { parseCifar } from "./cifar.ts";
import type { FileParams } from "../data_fields.ts";
import type { PartName } from "../dataset.ts";
import { gunzipped } from "./gunzip.ts";
import { loadIdxPair, type Pair } from "./idx_pair.ts";
import { partsOfFolder } from "./folder.ts";
import { holdsPictures } from "../images/picture_folder.ts";
import type { Loaded } from "../samples.ts";
import { isTable, type TableFormat, tableOf } from "./table_file.ts";
import { loadTables } from "./tables.ts";
import { textSources } from "../text/text_fields.ts";

/** The sources that parameters name. */
export function sourcesOf(
  { from, text }: Pick<FileParams, "from" | "text">,
): readonly string[] {
  const others = text === undefined ? [] : textSources(text);
  if (typeof from === "string") return [from, ...others];
  const places: (string | Pair | undefined)[] = [from.train, from.validation, from.test];
  const files = places.flatMap((place) =>
    place === undefined ? [] : typeof place === "string" ? [place] : [place.inputs, place.labels]
  );
  return [...files, ...others];
}

/** Files of each part: paths that `context.read` knows, in order. */
export type PartFiles = Readonly<Partial<Record<PartName, readonly string[]>>> & {
  readonly train: readonly string[];
};

/** Reads the files. Throws a RangeError that names the file and what is wrong. */
export async function loadFiles(params: FileParams, context: RunContext): Promise<Loaded> {
  if (
    params.format === "images" || params.format === undefined && await arePictures(params, context)
  ) {
    const { loadImages } = await import("../images/load_images.ts");
    return await loadImages(params, context);
  }
  const parts = await partFiles(params, context);
  const format = params.format ?? formatOf(parts.train[0]!);
  if (format === "text") {
    throw new RangeError(
      `Cannot read "${
        parts.train[0]
      }" as numbers: say how its text is cut, text: { tokens: words }`,
    );
  }
  if (params.columns !== undefined && !isTable(format)) {
    throw new RangeError(`Cannot choose columns: ${format} files have none`);
  }
  return await readers[format](parts, params, context);
}

async function arePictures({ from }: FileParams, context: RunContext): Promise<boolean> {
  const folder = typeof from === "string" ? from : from.train;
  return typeof folder === "string" && holdsPictures(await context.list(folder));
}

/** Formats of files that hold one sample behind the other. */
type Format = Exclude<NonNullable<FileParams["format"]>, "text" | "images">;
type Reader = (parts: PartFiles, params: FileParams, context: RunContext) => Promise<Loaded>;

const table = (format: TableFormat): Reader => async (parts, params, context) => {
  const { task, columns, classes } = params;
  const files = await eachPart(parts, async ([name, more]) => {
    if (more !== undefined) {
      throw new RangeError(`Cannot join "${name}" and "${more}": a part is one table`);
    }
    return await tableOf(format, await readFile(context, name!), name!, context.memory);
  });
  const wishes = { task, ...(columns && { columns }), ...(classes && { classes }) };
  return loadTables(files, wishes, context.warn);
};

const readers: { readonly [F in Format]: Reader } = {
  idx: async (parts, { task }, context) =>
    await eachPart(parts, async ([inputs, labels, ...more]) => {
      if (labels !== undefined && more.length === 0) {
        return await loadIdxPair(context, { inputs: inputs!, labels }, task);
      }
      throw new RangeError(
        `Cannot read "${inputs}" as IDX alone: samples and labels are two files, { inputs: …, labels: … }`,
      );
    }),
  cifar: async (parts, _params, context) =>
    await eachPart(parts, async (names) => {
      const files = [];
      for (const name of names) files.push({ name, bytes: await readFile(context, name) });
      return parseCifar(files);
    }),
  npy: async (parts, { task }, context) =>
    await eachPart(parts, async ([inputs, labels, ...more]) => {
      if (labels === undefined || more.length > 0) {
        throw new RangeError(
          `Cannot read "${inputs}" as npy alone: samples and labels are two files, { inputs: …, labels: … }`,
        );
      }
      const { parseNpy } = await import("./numpy.ts");
      const read = async (name: string) => parseNpy(await readFile(context, name), name);
      return pairOf(await read(inputs!), await read(labels), { inputs: inputs!, labels }, task);
    }),
  npz: async (parts, { task }, context) => {
    const { parseNpz } = await import("./numpy.ts");
    const read = async (name: string) =>
      partsOfArrays(parseNpz(await readFile(context, name), name, context.memory), name, task);
    const [name, ...more] = Object.values(parts).flat();
    if (more.length === 0) return await read(name!);
    return await eachPart(parts, async ([file]) => (await read(file!)).train);
  },
  csv: table("csv"),
  tsv: table("tsv"),
  jsonl: table("jsonl"),
  parquet: table("parquet"),
};

/** The files of each part. Throws a RangeError where nothing to train on is found. */
export async function partFiles(
  { from, format }: Pick<FileParams, "from" | "format">,
  context: RunContext,
): Promise<PartFiles> {
  if (typeof from === "string") {
    // Pictures have a reader of their own.
    const known = format === "images" ? undefined : format;
    return partsOfFolder(from, await context.list(from), known);
  }
  const listed = (place: string | Pair) =>
    typeof place === "string" ? [place] : [place.inputs, place.labels];
  const { train, validation, test } = from;
  return {
    train: listed(train),
    ...(validation && { validation: listed(validation) }),
    ...(test && { test: listed(test) }),
  };
}

/** By a file's name, `.gz` aside. */
function formatOf(name: string): Format | "text" {
  const found = /\.(csv|tsv|jsonl|parquet|npy|npz|bin|txt)(\.gz)?$/i.exec(name)?.[1]?.toLowerCase();
  if (found === undefined) return "idx";
  const other = { bin: "cifar", txt: "text" } as const;
  return found === "bin" || found === "txt" ? other[found] : found as Format;
}

/** A file's content, unpacked. */
export async function readFile(context: RunContext, name: string): Promise<Uint8Array> {
  const bytes = gunzipped(await context.read(name), name, context.memory);
  took(bytes.length);
  return bytes;
}

/** What `read` makes of the files of each part that is there. */
export async function eachPart<T>(
  parts: PartFiles,
  read: (files: readonly string[]) => Promise<T>,
): Promise<Partial<Record<PartName, T>> & { train: T }> {
  const { train, validation, test } = parts;
  return {
    train: await read(train),
    ...(validation && { validation: await read(validation) }),
    ...(test && { test: await read(test) }),
  };
}
