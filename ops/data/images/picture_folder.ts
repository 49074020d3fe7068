/** How pictures lie in folders: one for each class, perhaps one for each part above them. */
import type { PartName } from "../dataset.ts";
import { defineDataFormat } from "../readers/data_format.ts";

export const images = defineDataFormat({
  name: "images",
  suffixes: [],
  holds: holdsPictures,
  readFolder: async (wishes, context) =>
    await (await import("./load_images.ts")).loadImages(wishes, context),
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
export function picturePath(path: string): string | undefined {
  return /^([^/]+)\/[^/]+\.(?:jpe?g|png)$/i.exec(path)?.[1];
}

/** The part that a path's first folder names. */
export function partOf(path: string): PartName | undefined {
  return parts[path.slice(0, Math.max(0, path.indexOf("/"))).toLowerCase()];
}

/** Whether files are pictures of classes, not divided into parts. */
export function isPictureFolder(files: readonly string[]): boolean {
  return files.some((file) => picturePath(file) !== undefined);
}

/** Whether files are pictures of classes, divided or not. */
function holdsPictures(files: readonly string[]): boolean {
  return isPictureFolder(files) ||
    files.some((file) => partOf(file) !== undefined && picturePath(rest(file)) !== undefined);
}

const rest = (file: string): string => file.slice(file.indexOf("/") + 1);
