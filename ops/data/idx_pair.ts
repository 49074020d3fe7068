/** Two IDX files as samples: inputs and labels side by side. */
import type { RunContext } from "../../engine/op.ts";
import { gunzipped } from "./gunzip.ts";
import { parseIdx } from "./idx.ts";
import type { Samples } from "./samples.ts";

/** Where the two files of one part are. */
export interface Pair {
  readonly inputs: string;
  readonly labels: string;
}

/** A part's two files. */
export async function loadIdxPair(context: RunContext, { inputs, labels }: Pair): Promise<Samples> {
  const images = await readIdx(context, inputs);
  const answers = await readIdx(context, labels);
  const count = images.shape[0]!;
  if (answers.shape[0] !== count) {
    throw new RangeError(
      `Cannot pair "${inputs}" with "${labels}": ${count} samples, ${answers.shape[0]} labels`,
    );
  }
  const [, ...sample] = images.shape;
  const x = images.data instanceof Int32Array ? Float32Array.from(images.data) : images.data;
  const y = answers.data instanceof Uint8Array ? Int32Array.from(answers.data) : answers.data;
  return { count, input: inputShape(sample), x, y };
}

async function readIdx(context: RunContext, source: string) {
  return parseIdx(await gunzipped(await context.read(source), source), source);
}

/** Images get their channel axis; a number per sample becomes one feature. */
function inputShape(sample: readonly number[]): readonly number[] {
  if (sample.length === 0) return [1];
  return sample.length === 2 ? [...sample, 1] : sample;
}
