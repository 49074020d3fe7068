/** NumPy's files as samples: two arrays, or an archive of arrays that are told apart by the names people give them. */
import type { Task } from "../../../engine/op.ts";
import { listed } from "../../../engine/quote.ts";
import { PART_NAMES, type PartName } from "../dataset.ts";
import type { Loaded, Samples } from "../samples.ts";
import { pairOf, samplesOf } from "./array_pair.ts";
import { defineDataFormat } from "./data_format.ts";
import { eachPart, readFile } from "./read_file.ts";
import type { StoredArray } from "./stored_array.ts";

export const npy = defineDataFormat({
  name: "npy",
  suffixes: ["npy"],
  inFolder: ["[-_.](?:x|inputs|images)\\.npy", "[-_.](?:y|labels)\\.npy"],
  read: async (parts, { task }, context) =>
    await eachPart(parts, async ([inputs, labels, ...more]) => {
      if (labels === undefined || more.length > 0) {
        throw new RangeError(
          `Cannot read "${inputs}" as npy alone: samples and labels are two files, { inputs: …, labels: … }`,
        );
      }
      const { parseNpy } = await import("./numpy.ts");
      const read = async (name: string) => parseNpy(await readFile(context, name), name);
      return pairOf(await read(inputs!), await read(labels), { inputs: inputs!, labels }, task);
    }),
});

export const npz = defineDataFormat({
  name: "npz",
  suffixes: ["npz"],
  inFolder: ["[^/]*\\.npz"],
  example: ".npz",
  async read(parts, { task }, context) {
    const { parseNpz } = await import("./numpy.ts");
    const read = async (name: string) =>
      partsOfArrays(parseNpz(await readFile(context, name), name, context.memory), name, task);
    const [name, ...more] = Object.values(parts).flat();
    // One file may have every part in it.
    if (more.length === 0) return await read(name!);
    return await eachPart(parts, async ([file]) => (await read(file!)).train);
  },
});

const INPUTS = "(?:x|inputs?|images?|data)";
const LABELS = "(?:y|labels?|targets?)";
const parts: { readonly [P in PartName]: string } = {
  train: "(?:train(?:ing)?)",
  validation: "(?:validation|valid|val)",
  test: "test",
};

/**
 * Samples of a file whose arrays are called `x_train`, `y_train`, `x_test` … (or `train_images`, `val_labels` …), or
 * `x` and `y` alone; a reconstruction needs no labels. Throws a RangeError that lists the names where nothing to train on is found.
 */
export function partsOfArrays(
  arrays: Readonly<Record<string, StoredArray>>,
  file: string,
  task: Task,
): Loaded {
  const names = Object.keys(arrays);
  const pair = (inputs: string, labels: string): Samples | undefined => {
    const [x, y] = [inputs, labels].map((pattern) =>
      names.find((name) => new RegExp(`^${pattern}$`, "i").test(name))
    );
    if (x === undefined) return undefined;
    if (y === undefined) {
      return task === "reconstruction" ? samplesOf(arrays[x]!, `${file}/${x}`) : undefined;
    }
    const called = { inputs: `${file}/${x}`, labels: `${file}/${y}` };
    return pairOf(arrays[x]!, arrays[y]!, called, task);
  };
  const of = (part: string, what: string) => `(?:${what}_${part}|${part}_${what})`;
  const found = PART_NAMES.flatMap((part) => {
    const samples = pair(of(parts[part], INPUTS), of(parts[part], LABELS));
    return samples === undefined ? [] : [[part, samples] as const];
  });
  const { train = pair(INPUTS, LABELS), ...others } = Object.fromEntries(found) as Partial<
    Record<PartName, Samples>
  >;
  if (train !== undefined) return { train, ...others };
  throw new RangeError(
    `Cannot find training samples in "${file}": its arrays are ${
      listed(names)
    }; known are x_train with ` +
      "y_train, or x with y",
  );
}
