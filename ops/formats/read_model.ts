/** A model out of files of any format: read in a thread of its own, and what is said where they hold none. */
import { given } from "../../engine/given.ts";
import { excerpt, sentenceOf } from "../../engine/quote.ts";
import { type OwnReference, ParameterError, type RunContext } from "../../engine/op.ts";
import { exportedEntry, foundElsewhere, OWN_STILL_MS } from "../../engine/own/elsewhere.ts";
import { namedEntries, type OwnEntry } from "../../engine/own/entry.ts";
import { readApart } from "../../engine/reading.ts";
import { readContext } from "../../engine/thread.ts";
import type { Model, OwnFiles } from "../model/model.ts";
import { notFinite, unsoundness } from "../model/sound.ts";
import type { AskedModel } from "./asked.ts";
import { bytesOfFiles } from "./encode_files.ts";
import { fileFormat, READABLE } from "./file_format.ts";
import { type FormatReader, type OwnFormat, UnreadableModelError } from "./format.ts";
import { readable } from "./formats.ts";
import { withGivenInputs } from "./given_inputs.ts";
import { ownModel } from "./own_model.ts";

/** A model, and what its files weigh. */
interface LoadedModel {
  readonly model: Model;
  readonly files: Omit<OwnFiles, "of">;
}

/** Where files are, and what is asked of the model in them. */
type NamedFiles = { readonly from: string } & AskedModel;

/** Reads them in a thread of their own. Throws a ParameterError that says what is wrong with them. */
export async function readModel(named: NamedFiles, context: RunContext): Promise<LoadedModel> {
  const { from } = named;
  const [own] = namedEntries<OwnFormat>(named, "formats");
  if (own !== undefined) {
    const reference = foundElsewhere(own);
    // What no module exports is a function of this thread.
    if (reference === undefined) return await readWith(ownReader(own), own.name, named, context);
    const about = { field: "from", own: `the format ${own.name}` };
    const reader = { module: import.meta.url, read: readByOwn, ...about };
    return await readApart(reader, [reference, named], context, OWN_STILL_MS);
  }
  const whole = (await context.list(from))[0] !== "";
  const reader = {
    module: import.meta.url,
    read: readModelHere,
    // What a single file names beside it is seen when it is read.
    ...given({ sources: whole ? [from] : undefined }),
    field: "from",
  };
  const format = await formatOf(from, !whole, context);
  return await readApart(reader, [format, named], context);
}

/** The same in this thread, by a format of one's own. */
export async function readByOwn(
  reference: OwnReference,
  named: NamedFiles,
  context: RunContext,
): Promise<LoadedModel> {
  const own = await exportedEntry(reference) as OwnEntry<OwnFormat>;
  return await readWith(ownReader(own), own.name, named, context);
}

/** The name of the format: by a file's first bytes, else the usual one, whose reader says what is wrong with others. */
async function formatOf(from: string, single: boolean, context: RunContext): Promise<string> {
  const told = readable.filter(({ magic }) => magic !== undefined);
  const bytes = single && told.length > 0 ? await context.read(from) : new Uint8Array();
  return (told.find(({ magic }) => magic!(bytes)) ?? readable[0]!).name;
}

/**
 * The same in this thread. What the files weigh is counted as they lie, because what is stored small is decoded while it
 * is read. A sentence of a reader that names none of the files gets the name before it.
 */
export async function readModelHere(
  format: string,
  named: NamedFiles,
  context: RunContext,
): Promise<LoadedModel> {
  const { read } = readable.find(({ name }) => name === format)!;
  return await readWith(read, format, named, context);
}

async function readWith(
  read: FormatReader,
  format: string,
  { from, ...asked }: NamedFiles,
  context: RunContext,
): Promise<LoadedModel> {
  const names = new Set([from]);
  const named: RunContext = {
    ...context,
    read(source, beside) {
      names.add((beside ?? source).replace(/^.*\//, ""));
      return context.read(source, beside);
    },
  };
  try {
    const { model, files } = await read.load(from, named, { ...asked, note: context.note });
    const odd = unsoundness(model) ?? notFinite(model);
    if (odd !== undefined) {
      throw new UnreadableModelError(`Cannot read the model: ${odd}`, {
        help: "it is damaged, or its training went astray; get the file again, or train anew",
      });
    }
    return {
      model: withGivenInputs(model, asked),
      files: { ...bytesOfFiles(files), format },
    };
  } catch (error) {
    const unreadable = error instanceof UnreadableModelError;
    if (!unreadable && !(error instanceof RangeError)) throw error;
    const hint = unreadable ? error.hint : {};
    const message = unreadable ? error.message : sentenceOf(error);
    // What is wrong with the recipe is said of its field.
    const said = hint.field !== undefined || [...names].some((name) => message.includes(name));
    throw refusalOf(said ? message : `\`${from}\`: ${message}`, hint);
  }
}

/** A format of one's own as a reader of the file that a recipe names. */
function ownReader({ name, definition: { read } }: OwnEntry<OwnFormat>): FormatReader {
  return {
    field: `a file of ${name}`,
    what: name,
    beside: () => [],
    async load(from, context, asked) {
      const bytes = await context.read(from);
      const model = await read(
        { [from.replace(/#.*$/, "").replace(/^.*\//, "")]: bytes },
        readContext,
      );
      return { model: ownModel(() => model, from, { ...context, ...asked }), files: [bytes] };
    },
  };
}

/** Most characters of a sentence: what a reader quotes of a file may be long, or not to be printed. */
const LONGEST = 500;

/** The reader's sentence, or what the file is told to be instead; the help with what can be read. */
function refusalOf(message: string, hint: UnreadableModelError["hint"]): ParameterError {
  const { field = "from", help, file } = hint;
  const told = file && fileFormat(file.bytes);
  if (told !== undefined) {
    return new ParameterError("source", "from", `\`${file!.name}\` ${told.what}`, told.help);
  }
  const ways = [help, hint.readable && READABLE].filter((way) => way !== undefined);
  return new ParameterError(
    "source",
    field,
    excerpt(message, LONGEST),
    ways.length > 0 ? ways.join("; ") : undefined,
  );
}
