/** Which arrays of a file make which part, by the names that people give them. */
import type { Task } from "../../../engine/op.ts";
import { listed } from "../../../engine/quote.ts";
import { pairOf, samplesOf, type StoredArray } from "./array_pair.ts";
import { PART_NAMES, type PartName } from "../dataset.ts";
import type { Loaded, Samples } from "../samples.ts";

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
