/** IDX files as samples: images and labels side by side, alone or in a folder of the known names. */
import type { RunContext } from "../../engine/op.ts";
import { gunzipped } from "./gunzip.ts";
import { parseIdx } from "./idx.ts";
import type { Loaded, Samples } from "./samples.ts";

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

/** A folder's parts, by the names that MNIST and its successors use. Throws a RangeError where train is not there. */
export async function loadIdxFolder(context: RunContext, folder: string): Promise<Loaded> {
  const files = await context.list(folder);
  const pairOf = (part: RegExp): Pair | undefined => {
    const find = (what: string) =>
      files.find((file) => namePattern.exec(file)?.[2] === what && part.test(file));
    const [inputs, labels] = [find("images"), find("labels")];
    if (inputs === undefined || labels === undefined) return undefined;
    return { inputs: fileIn(folder, inputs), labels: fileIn(folder, labels) };
  };
  const train = pairOf(/^train-/);
  if (train === undefined) {
    throw new RangeError(
      `Cannot find train-images-idx3-ubyte and train-labels-idx1-ubyte (or the same with .gz) in "${folder}": ` +
        `it has ${files.slice(0, 8).join(", ") || "no files"}${files.length > 8 ? ", …" : ""}`,
    );
  }
  const validation = pairOf(/^(validation|valid|val)-/);
  const test = pairOf(/^(t10k|test)-/);
  return {
    train: await loadIdxPair(context, train),
    ...(validation === undefined ? {} : { validation: await loadIdxPair(context, validation) }),
    ...(test === undefined ? {} : { test: await loadIdxPair(context, test) }),
  };
}

const namePattern =
  /^(train|validation|valid|val|t10k|test)-(images|labels)[-.]idx\d-ubyte(\.gz)?$/;

function fileIn(folder: string, file: string): string {
  return folder.endsWith("/") ? `${folder}${file}` : `${folder}/${file}`;
}

async function readIdx(context: RunContext, source: string) {
  return parseIdx(await gunzipped(await context.read(source), source), source);
}

/** Images get their channel axis; a number per sample becomes one feature. */
function inputShape(sample: readonly number[]): readonly number[] {
  if (sample.length === 0) return [1];
  return sample.length === 2 ? [...sample, 1] : sample;
}
