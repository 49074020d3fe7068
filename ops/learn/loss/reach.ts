/** Whether a model can make values like those of data: what its head or last activation gives, beside what they hold. */
import { type Dataset, part } from "../../data/dataset.ts";
import { sizeOf } from "../../model/layers.ts";
import type { Architecture } from "../../model/model.ts";
import { gatherer } from "../augment/gather.ts";

type Range = readonly [least: number, most: number];

/** Two values closer than this are one: normalising rounds. */
const SLACK = 1e-6;

/** A sentence about real training samples at `path` that one of the models cannot make; undefined where all can. */
export function reachWarning(
  path: string,
  data: Dataset,
  models: readonly Architecture[],
): string | undefined {
  const [low, high] = models.map(reachOf).reduce((
    [a, b],
    [c, d],
  ) => [Math.max(a, c), Math.min(b, d)]);
  if (low === -Infinity) return undefined;
  const [least, most] = rangeOf(data);
  if (least >= low - SLACK && most <= high + SLACK) return undefined;
  return `\`${path}\`: real values lie between ${least} and ${most}, the model makes them between ${low} and ` +
    `${high}; normalize: { use: range, low: ${low}, high: ${high} } of those data would bring them there`;
}

/** Between what a model's values lie. */
function reachOf({ head, layers, outputs }: Architecture): Range {
  if (head !== "none") return [0, 1];
  const last = layers.find(({ name }) => name === outputs[0]);
  const activation = last !== undefined && "activation" in last ? last.activation : "linear";
  if (activation === "tanh") return [-1, 1];
  return activation === "sigmoid" ? [0, 1] : [-Infinity, Infinity];
}

/** The smallest and the largest value of the training samples, normalised. */
function rangeOf(data: Dataset): Range {
  const { meta } = data;
  const samples = part(data, "train");
  const gather = gatherer(meta, samples, meta.normalize);
  const values = new Float32Array(sizeOf(meta.input));
  let [least, most] = [Infinity, -Infinity];
  for (let sample = 0; sample < samples.count; sample++) {
    gather(values, [sample], 0, 1);
    for (const value of values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return [least, most];
}
