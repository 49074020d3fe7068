/** Options that several commands share, and how their values are read. */
import { type Invocation, type Option, UsageError } from "./command.ts";

/** `--json`. */
export const json: Option = {
  description: "One JSON document on standard output and nothing else",
};

/** `--set`. */
export const set: Option = {
  value: "NAME=VALUE",
  many: true,
  description: "Sets a variable or a field of the recipe: prune.ratio=0.7",
};

/** `--cache`. */
export const cache: Option = {
  value: "DIR",
  description: "Folder of the cache; default DECANT_CACHE, else .decant",
};

/** `--threads`. */
export const threads: Option = {
  value: "N",
  description: "Threads of the kernels; changes no result; default one for each processor",
};

/** `--offline`. */
export const offline: Option = {
  description: "Fetches nothing; sources by URL must be pinned, locked, or fetched before",
};

/** `--quiet`. */
export const quiet: Option = {
  description: "Shows no progress; warnings, errors and results are still printed",
};

/** The values of `cache` and `threads` as a recipe's methods take them. */
export function recipeOptions(
  { options }: Invocation,
): { readonly cache?: string; readonly threads?: number; readonly offline?: true } {
  const cache = options.cache?.[0];
  const count = options.threads?.[0];
  return {
    ...(cache === undefined ? {} : { cache }),
    ...(options.offline === undefined ? {} : { offline: true }),
    ...(count === undefined ? {} : { threads: threadCount(count) }),
  };
}

function threadCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1024) return count;
  throw new UsageError(`--threads needs a number from 1 to 1024; this is "${text}"`, "--threads 2");
}
