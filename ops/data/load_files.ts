/** Files as samples: a folder, or files named one by one. */
import type { RunContext } from "../../engine/op.ts";
import type { FileParams } from "./data_fields.ts";
import { loadIdxFolder, loadIdxPair } from "./idx_files.ts";
import type { Loaded } from "./samples.ts";

/** The sources that parameters name. */
export function sourcesOf({ from }: FileParams): readonly string[] {
  if (typeof from === "string") return [from];
  return [from.train, from.validation, from.test].flatMap((pair) =>
    pair === undefined ? [] : [pair.inputs, pair.labels]
  );
}

/** Reads the files. */
export async function loadFiles({ from }: FileParams, context: RunContext): Promise<Loaded> {
  if (typeof from === "string") return await loadIdxFolder(context, from);
  const { train, validation, test } = from;
  return {
    train: await loadIdxPair(context, train),
    ...(validation && { validation: await loadIdxPair(context, validation) }),
    ...(test && { test: await loadIdxPair(context, test) }),
  };
}
