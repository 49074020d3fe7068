/** English first names, female or male: text of a few characters, without any file. */
import type { PartTexts } from "./texts.ts";

/** Class names, in index order. */
export const NAME_CLASSES = ["female", "male"] as const;

/** How many there are. */
export const NAME_COUNT = 8_849;

/** 4,951 female names, then 3,898 male ones; some are in both lists. */
export async function loadNames(): Promise<PartTexts> {
  const { loadFirstNames } = await import("../../../engine/deps/first_names.ts");
  const lists = await Promise.all(NAME_CLASSES.map(loadFirstNames));
  return {
    classes: NAME_CLASSES,
    train: {
      file: "names",
      texts: lists.flat(),
      labels: lists.flatMap((names, list) => names.map(() => NAME_CLASSES[list]!)),
    },
  };
}
