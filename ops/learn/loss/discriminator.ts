/**
 * A discriminator that learns beside a model (Goodfellow et al. 2014, algorithm 1, k = 1). At each batch it makes one
 * update of its own before the model's, by the training's optimizer with slots of its own. Real are a teacher's
 * outputs, or samples of data.
 */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { type Dataset, type Part, part } from "../../data/dataset.ts";
import { forward } from "../../model/forward.ts";
import { sizeOf } from "../../model/layers.ts";
import type { Architecture, Model } from "../../model/model.ts";
import { gatherer } from "../augment/gather.ts";
import {
  type BatchStatistics,
  copiedArrays,
  followStatistics,
  openAverages,
  readStatistics,
} from "../averages.ts";
import { inputReader, type SampleBatch } from "../batches.ts";
import type { Arrays } from "../constraint.ts";
import { openDraws } from "../pass/draws.ts";
import type { Optimizer } from "../optimizer.ts";
import type { Discriminator } from "../terms/term.ts";
import {
  captureVariables,
  closeVariables,
  openVariables,
  updateVariables,
  weightsOf,
} from "../variables.ts";
import { auxiliaryModel, type OpenAuxiliary, outputsAsInputs } from "./auxiliary.ts";

/** What a discriminator learns with. */
interface DiscriminatorTraining {
  /** What it minimises. */
  readonly loss: NonNullable<Discriminator["loss"]>;
  /** The data on which the model learns. */
  readonly data: Dataset;
  /** Those whose samples are real; without them a teacher's outputs are. */
  readonly real?: Dataset;
  readonly optimizer: Optimizer;
  readonly seed: number;
  /** Those of an earlier `capture`, where a training goes on. */
  readonly arrays: Arrays;
}

/** Outputs, and the samples of a part whose labels go with them. */
interface LabelledOutputs {
  readonly outputs: Tensor;
  readonly batch: SampleBatch;
  readonly from: Part;
}

/** Opens a discriminator for learning. It normalises by its batch, as a model that learns does. */
export function openDiscriminator(
  room: Room,
  model: Model,
  { loss, data, real: realData, optimizer, seed, arrays }: DiscriminatorTraining,
): OpenAuxiliary & Required<Pick<OpenAuxiliary, "update">> {
  const variables = openVariables(room, model, { optimizer, arrays });
  const averages = openAverages(model, variables.frozen, arrays);
  const from = part(data, "train");
  const readReal = realData && realReader(room, realData, seed);
  const draws = openDraws(room, seed, "critic:");
  let update = 0;

  const run = (
    { outputs, batch: { samples }, from: { y } }: LabelledOutputs,
    taps: readonly string[],
  ) => {
    const x = outputsAsInputs(room, model, outputs, { samples, y });
    return forward(room, { ...model, weights: weightsOf(variables) }, x, {
      training: true,
      taps,
      dropout: (layer, shape, rate) => draws.dropout(layer, shape, rate, update),
      noise: (layer, shape) => draws.noise(layer, shape, update),
    });
  };

  return {
    at: (batch) => auxiliaryModel((outputs, taps) => run({ outputs, batch, from }, taps)),
    update(batch, { real, fake }, moment) {
      update = moment.update;
      room.tf.tidy(() => {
        const fakes: LabelledOutputs = { outputs: fake, batch, from };
        const reals = readReal?.(batch.samples.length, update) ?? { ...fakes, outputs: real! };
        const statistics: BatchStatistics[] = [];
        const { gradients } = room.valueAndGradients(() => {
          const [ofReal, ofFake] = [reals, fakes].map((each) => {
            const result = run(each, []);
            statistics.push(readStatistics(room, result.statistics));
            return result.outputs[0]!;
          });
          return loss(room, ofReal!, ofFake!);
        }, variables.moving.map(({ tensor }) => tensor));
        updateVariables(room, variables, gradients, { optimizer, moment });
        for (const each of statistics) {
          followStatistics(model, averages, each, () => true);
        }
      });
    },
    capture: () => ({ ...captureVariables(room, variables, "all"), ...copiedArrays(averages) }),
    close: () => closeVariables(variables),
  };
}

/**
 * A function from (count, update) to that many samples of the training part as the data normalise them, each drawn
 * uniformly and with replacement by the stream `real`. The draw depends on the number of the update alone, so a
 * training that goes on draws what it would have drawn. Throws a RangeError where there are none.
 */
export function realReader(
  room: Room,
  data: Dataset,
  seed: number,
): (count: number, update: number) => LabelledOutputs {
  const from = part(data, "train");
  if (from.count === 0) {
    throw new RangeError("Cannot learn what is real: the data have no training samples");
  }
  const inputs = [{ name: "real", shape: data.meta.input }];
  const read = inputReader(room, data.meta, from, { inputs, preprocess: null });
  const draws = stream(seed, "real");
  return (count, update) => {
    const samples = Uint32Array.from(
      draws.uniforms(update, count),
      (u) => Math.floor(u * from.count),
    );
    const batch = { samples };
    return { outputs: read(batch)[0]!, batch, from };
  };
}

type ElementRange = readonly [least: number, most: number];

/** Two values closer than this are one: normalising rounds. */
const SLACK = 1e-6;

/** A sentence about real samples at `path` that one of the models cannot make; undefined where all can. */
export function rangeWarning(
  path: string,
  data: Dataset,
  models: readonly Architecture[],
): string | undefined {
  const [low, high] = models.map(rangeOfOutputs)
    .reduce(([a, b], [c, d]) => [Math.max(a, c), Math.min(b, d)]);
  if (low === -Infinity) return undefined;
  const [least, most] = rangeOfSamples(data);
  if (least >= low - SLACK && most <= high + SLACK) return undefined;
  return `\`${path}\`: real values lie between ${least} and ${most}, the model makes them between ${low} and ` +
    `${high}; normalize: { use: range, low: ${low}, high: ${high} } of those data would bring them there`;
}

/** Between what the values of a model's head or last activation lie. */
function rangeOfOutputs({ head, layers, outputs }: Architecture): ElementRange {
  if (head !== "none") return [0, 1];
  const last = layers.find(({ name }) => name === outputs[0]);
  const activation = last !== undefined && "activation" in last ? last.activation : "linear";
  if (activation === "tanh") return [-1, 1];
  return activation === "sigmoid" ? [0, 1] : [-Infinity, Infinity];
}

/** The smallest and the largest value of the training samples, normalised. */
function rangeOfSamples(data: Dataset): ElementRange {
  const { meta } = data;
  const samples = part(data, "train");
  const gather = gatherer(meta, samples, meta.normalize);
  const values = new Float32Array(sizeOf(meta.input));
  let [least, most] = [Infinity, -Infinity];
  for (let sample = 0; sample < samples.count; sample++) {
    gather(values, [sample]);
    for (const value of values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return [least, most];
}
