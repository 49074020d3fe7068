/** The data sets that a recipe has without any file. */
import { digits } from "./embedded/digits.ts";
import type { EmbeddedSet } from "./embedded/embedded_set.ts";
import { iris } from "./embedded/iris.ts";
import { latent } from "./embedded/latent.ts";
import { names } from "./embedded/names.ts";
import { spam } from "./embedded/spam.ts";

/** Every set, in the order in which help lists them. */
export const embeddedSets = [digits, iris, names, spam, latent] as const;

/** Their fields, by name. */
export type EmbeddedFields = {
  [S in (typeof embeddedSets)[number] as S["name"]]: S["fields"];
};

/** The set of a name that is one. */
export function embeddedSet(name: string): EmbeddedSet {
  return embeddedSets.find((set) => set.name === name)!;
}
