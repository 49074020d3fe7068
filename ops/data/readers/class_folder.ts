/**
 * How samples lie in folders, a file each: a folder for each class, perhaps one for each part above them; in any folders
 * where nobody has labelled them.
 */
import type { RunContext } from "../../../engine/op.ts";
import { listed, quoted } from "../../../engine/quote.ts";
import { PART_NAMES, type PartName } from "../dataset.ts";
import type { FileWishes } from "./data_format.ts";

/** Files that are samples, and what they are called. */
export interface SampleFiles {
  /** How their names end, without the dot: alternatives of a regular expression. */
  readonly suffixes: string;
  readonly one: string;
  readonly many: string;
  /** How such a file is called, as an example. */
  readonly example: string;
}

/** Files of pictures. */
export const PICTURES: SampleFiles = {
  suffixes: "jpe?g|png|webp",
  one: "picture",
  many: "pictures",
  example: "<class>/<name>.jpg or .png",
};

/** Files of recordings. */
export const RECORDINGS: SampleFiles = {
  suffixes: "wav",
  one: "recording",
  many: "recordings",
  example: "<class>/<name>.wav",
};

/** A sample in its place: a file, and the folder that names its class. */
export interface ClassFile {
  readonly path: string;
  readonly folder: string;
}

/** The files of each part. */
export type ClassFiles = Readonly<Partial<Record<PartName, readonly ClassFile[]>>>;

const parts: { readonly [name: string]: PartName } = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  dev: "validation",
  test: "test",
};

/** The folder that a path names its class by; undefined where it is no `<class>/<name>.<suffix>`. */
function classOf(path: string, { suffixes }: SampleFiles): string | undefined {
  return new RegExp(`^([^/]+)/[^/]+\\.(?:${suffixes})$`, "i").exec(path)?.[1];
}

/** The part that a path's first folder names. */
function partOf(path: string): PartName | undefined {
  return parts[path.slice(0, Math.max(0, path.indexOf("/"))).toLowerCase()];
}

/** Whether files are samples of classes, not divided into parts. */
function isUndivided(files: readonly string[], kind: SampleFiles): boolean {
  return files.some((file) => classOf(file, kind) !== undefined);
}

/** Whether files are samples of classes, divided or not; with `none` for labels, whether any is a sample. */
export function holdsSamples(
  files: readonly string[],
  kind: SampleFiles,
  labels?: "none",
): boolean {
  if (labels === "none") return files.some((file) => isSample(file, kind));
  return isUndivided(files, kind) ||
    files.some((file) => partOf(file) !== undefined && classOf(rest(file), kind) !== undefined);
}

function isSample(path: string, { suffixes }: SampleFiles): boolean {
  return new RegExp(`\\.(?:${suffixes})$`, "i").test(path);
}

/** Whether every sample that nobody has labelled lies below the folder of a part, one of them to train on. */
function isDivided(files: readonly string[], kind: SampleFiles): boolean {
  const samples = files.filter((file) => isSample(file, kind)).map(partOf);
  return samples.includes("train") && !samples.includes(undefined);
}

const rest = (file: string): string => file.slice(file.indexOf("/") + 1);

/** The files in the folders that are named, by part; others are warned of. */
export async function filesOfClasses(
  { from, labels }: Pick<FileWishes, "from" | "labels">,
  context: RunContext,
  kind: SampleFiles,
): Promise<ClassFiles> {
  const { one, many } = kind;
  const places: Partial<Record<PartName, ClassFile[]>> = {};
  const left: string[] = [];
  const sources = typeof from === "string" ? { train: from } : from;
  for (const part of PART_NAMES) {
    const source = sources[part];
    if (source === undefined) continue;
    if (typeof source !== "string") {
      throw new RangeError(`Cannot read ${many} by \`inputs\` and \`labels\`: name their folder`);
    }
    const files = await context.list(source);
    if (files.length === 1 && files[0] === "") {
      throw new RangeError(
        `Cannot read ${quoted(source)} as ${many}: it is a file; name the folder that has ${
          labels === "none" ? "them" : "one for each class"
        }`,
      );
    }
    // A folder of parts says itself which is which.
    const divided = typeof from === "string" &&
      (labels === "none" ? isDivided(files, kind) : !isUndivided(files, kind));
    for (const file of files) {
      const own = divided ? partOf(file) : part;
      const folder = labels === "none"
        ? isSample(file, kind) ? "" : undefined
        : own && classOf(divided ? rest(file) : file, kind);
      if (folder === undefined) left.push(file);
      else (places[own!] ??= []).push({ path: `${source.replace(/\/*$/, "/")}${file}`, folder });
    }
  }
  if (left.length > 0) {
    const shown = listed(left, 3);
    const are = left.length === 1
      ? `1 file is left out, being no ${one}`
      : `${left.length} files are left out, being no ${many}`;
    context.warn(`${are}${labels === "none" ? "" : " of a class"}: ${shown}`);
  }
  return places;
}

/**
 * The classes that the training files' folders name, sorted; one without a name where nobody has labelled them. Throws a
 * RangeError where there are no such files.
 */
export async function foundClasses(
  { train }: ClassFiles,
  { from, labels }: Pick<FileWishes, "from" | "labels">,
  context: RunContext,
  kind: SampleFiles,
): Promise<readonly string[]> {
  if (train !== undefined) return [...new Set(train.map(({ folder }) => folder))].sort();
  const { many, example, suffixes } = kind;
  const folder = typeof from === "string" ? from : from.train;
  const files = typeof folder === "string" ? await context.list(folder) : undefined;
  const there = files === undefined
    ? ""
    : ` in ${quoted(folder as string)}, which has ${
      files.length === 0 ? "no files" : listed(files, 3)
    }`;
  const way = labels === "none"
    ? `their names end in ${suffixes.replace("jpe?g", "jpg").replaceAll("|", ", ")}`
    : `they lie in a folder for each class, ${example}${
      files?.some((file) => isSample(file, kind))
        ? "; where nobody has labelled them, say `labels: none`"
        : ""
    }`;
  throw new RangeError(`Cannot find ${many} to train on${there}: ${way}`);
}

/** The index of each file's class. Throws a RangeError that names a folder which is none, or two. */
export function labelsOf(files: readonly ClassFile[], classes: readonly string[]): Int32Array {
  return Int32Array.from(files, ({ folder }) => {
    const index = classes.indexOf(folder);
    if (index < 0) {
      const all = classes.length <= 12 ? listed(classes, 12) : `${classes.length} classes`;
      throw new RangeError(`Cannot place the folder ${quoted(folder)} among ${all}`);
    }
    if (index === classes.lastIndexOf(folder)) return index;
    throw new RangeError(`Cannot place the folder ${quoted(folder)}: two classes are called so`);
  });
}
