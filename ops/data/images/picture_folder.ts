/** How pictures lie in folders: one for each class, perhaps one for each part above them. */
import type { RunContext } from "../../../engine/op.ts";
import { listed, quoted } from "../../../engine/quote.ts";
import { PART_NAMES, type PartName } from "../dataset.ts";
import { defineDataFormat, type FileWishes } from "../readers/data_format.ts";
import type { PicturePlace, PicturePlaces } from "./load_images.ts";

export const images = defineDataFormat({
  name: "images",
  suffixes: [],
  holds: holdsPictures,
  async readFolder(wishes, context) {
    const { loadImages } = await import("./load_images.ts");
    return await loadImages(await placesOf(wishes, context), wishes, context);
  },
});

const parts: { readonly [name: string]: PartName } = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  dev: "validation",
  test: "test",
};

/** The folder that a picture's path names its class by; undefined where it is no `<class>/<name>.jpg`. */
function picturePath(path: string): string | undefined {
  return /^([^/]+)\/[^/]+\.(?:jpe?g|png)$/i.exec(path)?.[1];
}

/** The part that a path's first folder names. */
function partOf(path: string): PartName | undefined {
  return parts[path.slice(0, Math.max(0, path.indexOf("/"))).toLowerCase()];
}

/** Whether files are pictures of classes, not divided into parts. */
function isPictureFolder(files: readonly string[]): boolean {
  return files.some((file) => picturePath(file) !== undefined);
}

/** Whether files are pictures of classes, divided or not. */
function holdsPictures(files: readonly string[]): boolean {
  return isPictureFolder(files) ||
    files.some((file) => partOf(file) !== undefined && picturePath(rest(file)) !== undefined);
}

const rest = (file: string): string => file.slice(file.indexOf("/") + 1);

/** The pictures in the folders that are named, by part; others are warned of. */
async function placesOf(
  { from }: FileWishes,
  context: RunContext,
): Promise<PicturePlaces> {
  const places: Partial<Record<PartName, PicturePlace[]>> = {};
  const left: string[] = [];
  const sources = typeof from === "string" ? { train: from } : from;
  for (const part of PART_NAMES) {
    const source = sources[part];
    if (source === undefined) continue;
    if (typeof source !== "string") {
      throw new RangeError("Cannot read pictures by `inputs` and `labels`: name their folder");
    }
    const files = await context.list(source);
    if (files.length === 1 && files[0] === "") {
      throw new RangeError(
        `Cannot read ${
          quoted(source)
        } as pictures: it is a file; name the folder that has one for each class`,
      );
    }
    // A folder of parts says itself which is which.
    const divided = typeof from === "string" && !isPictureFolder(files);
    for (const file of files) {
      const within = divided ? file.slice(file.indexOf("/") + 1) : file;
      const own = divided ? partOf(file) : part;
      const folder = own && picturePath(within);
      if (folder === undefined) left.push(file);
      else (places[own!] ??= []).push({ path: `${source.replace(/\/*$/, "/")}${file}`, folder });
    }
  }
  if (left.length > 0) {
    const shown = listed(left, 3);
    const are = left.length === 1
      ? "1 file is left out, being no picture"
      : `${left.length} files are left out, being no pictures`;
    context.warn(`${are} of a class: ${shown}`);
  }
  return places;
}
