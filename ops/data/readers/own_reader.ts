/** Readers of one's own: files of a part as samples, by a function that a program gives. */
import { given } from "../../../engine/given.ts";
import { namedEntries, type OwnEntry } from "../../../engine/own/entry.ts";
import type { RunContext } from "../../../engine/op.ts";
import { type ReadContext, readContext } from "../../../engine/thread.ts";
import type { Loaded, Samples } from "../samples.ts";
import type { FileWishes } from "./data_format.ts";
import { partFiles } from "./part_files.ts";
import { eachPart, readFile } from "./read_file.ts";

/** A file that a reader is given, unpacked where it was gzipped. */
interface ReadableFile {
  /** As the recipe names it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Samples that a reader gives, with the names of their classes where it knows them. */
export interface ReadSamples extends Samples {
  readonly classes?: readonly string[];
}

/** A reader of one's own. */
export interface OwnReader {
  /** The samples of the files of one part. Throws an Error whose message is a sentence that names the file. */
  read(files: readonly ReadableFile[], context: ReadContext): ReadSamples | Promise<ReadSamples>;
}

type FormatWish = Pick<FileWishes, "format"> & object;

/** The reader of one's own that data are read by: the one that `format` names, else the one whose files end so. */
export function ownReader(wishes: FormatWish): OwnEntry<OwnReader> | undefined {
  const { format } = wishes;
  return namedEntries<OwnReader>(wishes, "readers").find(({ name }) =>
    format === undefined || name === format
  );
}

/** The samples of all parts. Throws a RangeError that names the reader where what it gives is no samples. */
export async function readOwn(
  { name, suffixes = [], definition }: OwnEntry<OwnReader>,
  wishes: FileWishes & { readonly text?: unknown },
  context: RunContext,
): Promise<Loaded> {
  if (wishes.columns !== undefined) {
    throw new RangeError(`Cannot choose columns: ${name} files have none`);
  }
  const inFolder = [`[^/]*\\.(?:${suffixes.join("|")})`];
  const laidOut = { name, ...given({ inFolder: suffixes.length > 0 ? inFolder : undefined }) };
  const parts = await partFiles(wishes, context, laidOut);
  const read = await eachPart(parts, async (names) => {
    const files: ReadableFile[] = [];
    for (const each of names) files.push({ name: each, bytes: await readFile(context, each) });
    const samples = await definition.read(files, readContext);
    const wrong = unsound(samples);
    if (wrong === undefined) return samples;
    throw new RangeError(`Cannot read "${names[0]}": the reader ${name} gave ${wrong}`);
  });
  const { classes } = read.train;
  return { ...read, ...given({ classes }) };
}

/** What is wrong with samples; undefined where nothing is. */
function unsound({ count, input, x, y }: ReadSamples): string | undefined {
  const size = input.reduce((product, extent) => product * extent, 1);
  if (!Number.isSafeInteger(count) || count < 0) return `${count} as the count of samples`;
  if (x.length !== count * size) {
    return `${x.length} values for ${count} samples of ${input.join("×")}`;
  }
  if (y !== null && (count === 0 ? y.length > 0 : y.length % count > 0 || y.length === 0)) {
    return `${y.length} labels for ${count} samples`;
  }
  return undefined;
}
