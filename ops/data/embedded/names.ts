/** English first names, female or male: text of a few characters, without any file. */
import type { PartTexts } from "../text/texts.ts";
import { textSet } from "./embedded_set.ts";

const CLASSES = ["female", "male"] as const;

export const names = textSet({
  name: "names",
  description: "8,849 English first names, female or male",
  text: { tokens: "characters", length: 16 },
  count: 8_849,
  classes: CLASSES,
  load: loadNames,
});

/** 4,951 female names, then 3,898 male ones; some are in both lists. */
async function loadNames(): Promise<PartTexts> {
  const { loadFirstNames } = await import("../../../engine/deps/first_names.ts");
  const lists = await Promise.all(CLASSES.map(loadFirstNames));
  return {
    classes: CLASSES,
    train: {
      file: "names",
      texts: lists.flat(),
      labels: lists.flatMap((names, list) => names.map(() => CLASSES[list]!)),
    },
  };
}
