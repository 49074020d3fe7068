/** From parameters to a data set. */
import type { OwnReference, RunContext } from "../../engine/op.ts";
import { exportedEntry, foundElsewhere, OWN_STILL_MS } from "../../engine/own/elsewhere.ts";
import { ENTRIES } from "../../engine/own/entry.ts";
import { readApart } from "../../engine/reading.ts";
import { type DataParams, sourcesOf, type WrittenData } from "./data_fields.ts";
import type { Dataset } from "./dataset.ts";
import { embeddedSet } from "./embedded_sets.ts";
import { fitLoaded } from "./images/fit.ts";
import { pictureDataset, type PictureDataWishes } from "./images/picture_dataset.ts";
import type { UnreadPictures } from "./samples.ts";
import { makeDataset } from "./make_dataset.ts";
import { loadFiles } from "./readers/load_files.ts";
import { ownReader } from "./readers/own_reader.ts";
import { loadTexts } from "./text/load_texts.ts";
import { behindMark, decodedUtf8, REPLACEMENT } from "./table/utf8.ts";
import { textDataset } from "./text/text_dataset.ts";
import { textWishes } from "./text/text_fields.ts";

/**
 * Reads and divides; files in a thread of their own, pictures in several. Throws a RangeError that names the file, or what
 * does not fit.
 */
export async function loadData(written: WrittenData, context: RunContext): Promise<Dataset> {
  const read = await readFrom(written, context);
  return "files" in read ? await pictureDataset(read, read.wishes, context) : read;
}

/** Pictures that nobody has decoded, and what is wished of them with the names of classes read. */
type Listed = UnreadPictures & { readonly wishes: PictureDataWishes };

async function readFrom(written: WrittenData, context: RunContext): Promise<Dataset | Listed> {
  if (!("from" in written)) return await readData(written, context);
  const own = ownReader(written);
  if (own !== undefined) {
    const reference = foundElsewhere(own);
    // What no module exports is a function of this thread.
    if (reference === undefined) return await readData(written, context);
    const about = { field: "from", own: `the reader ${own.name}` };
    const reader = { module: import.meta.url, read: readByOwn, ...about };
    return await readApart(reader, [reference, written], context, OWN_STILL_MS);
  }
  const names = typeof written.classes === "string" ? [written.classes] : [];
  const reader = { module: import.meta.url, read: readData, field: "from" };
  // A tokenizer's file decides how long it takes to cut texts, however small they are.
  const tokens = (written as { readonly text?: { readonly tokens?: unknown } }).text?.tokens;
  if (typeof tokens === "object") return await readApart(reader, [written], context);
  const sources = [...sourcesOf(written), ...names];
  return await readApart({ ...reader, sources }, [written], context);
}

/** The same in this thread, by a reader of one's own. */
export async function readByOwn(
  reference: OwnReference,
  written: WrittenData,
  context: RunContext,
): Promise<Dataset | Listed> {
  const entries = [await exportedEntry(reference)];
  return await readData({ ...written, [ENTRIES]: entries } as unknown as WrittenData, context);
}

/** The same in this thread. */
export async function readData(
  written: WrittenData,
  context: RunContext,
): Promise<Dataset | Listed> {
  const params: DataParams = await withClassNames(written, context);
  if (!("from" in params)) return await embeddedSet(params.use).read(params, context);
  const text = textWishes(params);
  if (text === undefined) {
    const loaded = await loadFiles(params, context);
    if ("files" in loaded) return { ...loaded, wishes: params };
    return makeDataset(fitLoaded(loaded, params, context.memory), params, params.task);
  }
  const own = ownReader(params);
  if (own !== undefined) {
    throw new RangeError(
      `Cannot cut samples into tokens: the reader ${own.name} gives numbers; leave \`text\` out`,
    );
  }
  return await textDataset(await loadTexts(params, context), {
    ...params,
    text,
    separator: params.columns?.separator,
  }, context);
}

/** The parameters with their class names read. Throws a RangeError where the file has none. */
async function withClassNames(
  params: WrittenData,
  context: RunContext,
): Promise<DataParams> {
  if (!("classes" in params) || typeof params.classes !== "string") return params as DataParams;
  const source = params.classes;
  const bytes = await context.read(source);
  const { text, sound } = decodedUtf8(bytes.subarray(behindMark(bytes, 0)));
  if (!sound) {
    const line = text.slice(0, text.indexOf(REPLACEMENT)).split("\n").length;
    throw new RangeError(
      `Cannot read class names from "${source}": line ${line} holds bytes that are not UTF-8; save it as UTF-8`,
    );
  }
  const classes = text.trimEnd().split(/\r?\n/).map((line) => line.trim());
  const empty = classes.indexOf("");
  if (empty < 0) return { ...params, classes } as DataParams;
  throw new RangeError(`Cannot read class names from "${source}": line ${empty + 1} is empty`);
}
