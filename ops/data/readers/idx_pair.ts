/** Two IDX files as samples: inputs and labels side by side. */
import type { RunContext, Task } from "../../../engine/op.ts";
import { pairOf } from "./array_pair.ts";
import { gunzipped } from "./gunzip.ts";
import { parseIdx } from "./idx.ts";
import type { Samples } from "../samples.ts";

/** Where the two files of one part are. */
export interface Pair {
  readonly inputs: string;
  readonly labels: string;
}

/** A part's two files. */
export async function loadIdxPair(
  context: RunContext,
  { inputs, labels }: Pair,
  task: Task,
): Promise<Samples> {
  const arrays = [await readIdx(context, inputs), await readIdx(context, labels)] as const;
  return pairOf(...arrays, { inputs, labels }, task);
}

async function readIdx(context: RunContext, source: string) {
  return parseIdx(gunzipped(await context.read(source), source, context.memory), source);
}
