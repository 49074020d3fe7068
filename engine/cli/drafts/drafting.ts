/** How commands write a recipe for a model file and data that a person names: options, what is found, the text. */
import type { DraftFields, Found, NamedData } from "../../recipe/words/drafts.ts";
import { DecantError } from "../../error.ts";
import { given } from "../../given.ts";
import type { OpSet } from "../../op.ts";
import { lookAtData, lookAtModel } from "../../library/look.ts";
import type { LookOptions } from "../../library/look_closer.ts";
import { percentText, plainText, wholeText } from "../../quantity.ts";
import { excerpt, jsonText } from "../../quote.ts";
import { prepareYaml } from "../../recipe/parse/parse_yaml.ts";
import { baseOf, isPath, moveSource } from "../../recipe/parse/sources.ts";
import { writeYaml } from "../../recipe/parse/write_yaml.ts";
import { LOAD } from "../../recipe/words/language.ts";
import { recipeSchema } from "../../recipe/words/recipe_schema.ts";
import type { Invocation, Option } from "../command.ts";
import { recipeOptions } from "../recipe_options.ts";
import { signalled } from "../signalled.ts";

/** Options by which data are named: by their format, or by what their names tell. */
export const dataOptions = {
  images: { value: "PATH", description: "Data: a folder of pictures, one folder for each class" },
  csv: { value: "PATH", description: "Data: a table, the answer in its last column" },
  text: { value: "PATH", description: "Data: lines of a label and a text" },
  data: {
    value: "PATH",
    description: "Data of any format that names tell, or the name of a data set that comes along",
  },
} as const satisfies Readonly<Record<string, Option>>;

/** The JSON Schema that the first line of a written recipe names, beside it. */
const SCHEMA = "decant.schema.json";

/** A recipe that was written for somebody. */
interface Drafted {
  readonly found: Found;
  readonly text: string;
}

/**
 * Looks at the model and the data and writes the text of a recipe that is to stand at `path`, which is checked. Throws a
 * `usage` error where data are named not once, a DecantError where the model cannot be read or does not read the data.
 */
export async function drafted(
  invocation: Invocation,
  { model, path, name, fields }: {
    /** As it is named on the command line. */
    readonly model: string;
    readonly path: string;
    readonly name: string;
    fields(found: Found): DraftFields;
  },
): Promise<Drafted> {
  const { ops, terminal } = invocation;
  const drafts = await draftsOf(invocation);
  const named = namedOnce(invocation);
  await assertThere(model);
  if (isWritten(named.from)) await assertThere(named.from);
  const base = baseOf(path);
  const from = moved(model, base);
  const found = await signalled(async (signal, onEvent) => {
    const options: LookOptions = {
      ...recipeOptions(invocation),
      ops,
      drafts,
      base,
      signal,
      onEvent,
    };
    const read = await lookAtModel(from, options).catch((error) => {
      throw inRecipe(error, { model, ops });
    });
    terminal.err(`${model} is ${drafts.about(read)}\n`);
    return await lookAtData(from, read, await dataNamed(named, model, base), options);
  });
  for (const doubt of found.doubts) terminal.err(`warning: ${excerpt(doubt, 1000)}\n`);
  const about = `${excerpt(model, 200)}: ${excerpt(drafts.about(found.model), 200)}`;
  const value = { decant: 1, name, ...fields(found) };
  const doubts = found.doubts.map((doubt) => `Look: ${excerpt(doubt, 1000)}`);
  const comments = [about, measured(found), ...doubts].map((line) => `# ${line}\n`).join("");
  const text = `# yaml-language-server: $schema=./${SCHEMA}\n${comments}${writeYaml(value)}`;
  await prepareYaml({ text });
  const { recipeFrom } = await import("../../library/open_recipe.ts");
  await (await recipeFrom(text, path, ops)).compile();
  return { found, text };
}

/** An error whose way out is a field of `load`, for which there is no option: it is said where that field is written. */
function inRecipe(error: unknown, { model, ops }: { model: string; ops: OpSet }): unknown {
  if (!(error instanceof DecantError) || error.help === undefined) return error;
  const fields = Object.keys(ops.get(LOAD)?.params.properties ?? {});
  const named = fields.find((field) => error.help!.match(new RegExp(`\\b${field}(?:: |\`)`)));
  if (named === undefined || named === "from") return error;
  const way = `a recipe says it, model: { from: ${
    excerpt(model, 200)
  }, ${named}: … }; decant new without --model writes one to be changed`;
  return new DecantError(error.code, error.message, `${error.help}; ${way}`);
}

/** What recipes are written with. Throws a `usage` error where the language of these ops has nothing. */
export async function draftsOf({ drafts }: Pick<Invocation, "drafts">) {
  if (drafts !== undefined) return await drafts();
  throw new DecantError(
    "usage",
    "these ops say nothing of how recipes are written for a model",
    "decant new FILE writes one to be changed",
  );
}

/** The schema that a recipe's first line names, written beside it where it is not there. */
export async function writeSchema({ ops }: Pick<Invocation, "ops">, recipe: string): Promise<void> {
  const text = jsonText(recipeSchema(ops));
  try {
    await Deno.writeTextFile(`${baseOf(recipe)}${SCHEMA}`, text, { createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** `Validation: accuracy 79.6 %, 250 samples`. */
function measured({ metrics: { accuracy, samples, metrics } }: Found): string {
  const [figure] = accuracy !== undefined
    ? [`accuracy ${percentText(accuracy)}`]
    : Object.entries(metrics).flatMap(([name, value]) =>
      typeof value === "number" ? [`${name} ${plainText(value)}`] : []
    );
  return `As it is: ${figure} on ${wholeText(samples ?? 0)} validation samples`;
}

type DataOption = Pick<NamedData, "from" | "format">;

/** The one option that names data. */
function namedOnce({ options }: Invocation): DataOption {
  const all = Object.keys(dataOptions).flatMap((option): DataOption[] => {
    const from = options[option]?.[0];
    if (from === undefined) return [];
    return [{ from, ...given({ format: formatOf(option) }) }];
  });
  if (all.length === 1) return all[0]!;
  throw new DecantError(
    "usage",
    all.length === 0 ? "no data are named" : "data are named twice",
    `one of ${Object.keys(dataOptions).map((option) => `--${option} PATH`).join(", ")}`,
  );
}

/** The format that an option says by its name; none for data of any. */
function formatOf(option: string): string | undefined {
  return option === "data" ? undefined : option;
}

/** The same as a document at `base` names it, and what lies beside the model. */
async function dataNamed(
  { from, ...rest }: DataOption,
  model: string,
  base: string,
): Promise<NamedData> {
  const folder = baseOf(model);
  const there = isPath(from) && await isThere(from);
  return {
    ...rest,
    from: there || isWritten(from) ? moved(from, base) : from,
    there,
    files: there ? await filesBelow(from) : [],
    besideModel: isPath(model) ? await filesIn(folder) : [],
    modelFile: (name) => moved(`${folder}${name}`, base),
  };
}

/** A source as a document at `base` writes what is named on the command line; an absolute path stays one. */
function moved(source: string, base: string): string {
  if (source.startsWith("/")) return source;
  return moveSource(source, base.startsWith("/") ? `${Deno.cwd()}/` : "./", base);
}

/** Whether a name can be that of a file alone: names of data sets have no dots and slashes. */
const isWritten = (from: string): boolean => /[./]/.test(from);

/** A path is told as it was typed: what the recipe makes of it is relative to where that will stand. */
async function assertThere(path: string): Promise<void> {
  if (!isPath(path)) return;
  try {
    await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return;
    throw new DecantError(
      "usage",
      `"${excerpt(path, 200)}" is not there`,
      "a path is looked for from the working directory",
    );
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Folders that lie in one another as deep as this, and as many files, tell what a folder holds. */
const [DEEP, MANY] = [3, 1000];

async function filesBelow(folder: string, deep = DEEP): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (files.length >= MANY) break;
      if (!isDirectory) files.push(name);
      else if (deep > 1) {
        const below = await filesBelow(`${folder}/${name}`, deep - 1);
        files.push(...below.map((file) => `${name}/${file}`));
      }
    }
  } catch {
    // A file is no folder, and what cannot be listed tells nothing.
  }
  return files;
}

async function filesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) if (isFile) names.push(name);
  } catch {
    // What cannot be listed has nothing that is known.
  }
  return names.sort();
}
