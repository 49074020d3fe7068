/** Files as samples: which reader, for which place. */
import { ParameterError, type RunContext } from "../../engine/op.ts";
import type { FileParams } from "./data_fields.ts";
import { loadIdxFolder, loadIdxPair, type Pair } from "./idx_files.ts";
import type { Loaded, Samples } from "./samples.ts";

type Place = string | Pair;

/** Reads the files. */
export async function loadFiles({ from }: FileParams, context: RunContext): Promise<Loaded> {
  if (typeof from === "string") return await loadIdxFolder(context, from);
  return {
    train: await loadPart(context, "train", from.train),
    ...(from.validation && { validation: await loadPart(context, "validation", from.validation) }),
    ...(from.test && { test: await loadPart(context, "test", from.test) }),
  };
}

async function loadPart(context: RunContext, name: string, place: Place): Promise<Samples> {
  if (typeof place !== "string") return await loadIdxPair(context, place);
  throw new ParameterError(
    "wrong-type",
    `from.${name}`,
    `\`from.${name}\` is one file, and IDX keeps samples and labels in two`,
    `${name}: { inputs: …, labels: … }`,
  );
}
