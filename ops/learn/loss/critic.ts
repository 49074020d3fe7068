/**
 * A critic that learns beside a model (Goodfellow et al. 2014, algorithm 1, k = 1): at each batch one update of its own,
 * before the model's, by the training's optimizer with memory of its own.
 */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { type Part, part } from "../../data/dataset.ts";
import { forward, type ForwardResult } from "../../model/forward.ts";
import type { Model } from "../../model/model.ts";
import {
  type BatchStatistics,
  followStatistics,
  openAverages,
  readStatistics,
} from "../averages.ts";
import type { Batch } from "../batches.ts";
import { openDraws } from "../draws.ts";
import { type Court, judging, type OpenJudge, seenBy } from "./judging.ts";
import { realReader } from "./real_samples.ts";
import type { Discriminator } from "../terms/term.ts";
import {
  captureVariables,
  closeVariables,
  openVariables,
  updateVariables,
  weightsOf,
} from "../variables.ts";

/** Opens a critic for learning. It normalises by its batch, as a model that learns does. */
export function openCritic(
  room: Room,
  model: Model,
  loss: NonNullable<Discriminator["loss"]>,
  { data, real, optimizer, seed, arrays }: Court,
): OpenJudge & Required<Pick<OpenJudge, "learn">> {
  const variables = openVariables(room, model, [], optimizer, arrays);
  const averages = openAverages(model, variables.frozen, arrays);
  const samples = part(data, "train");
  const readReal = real && realReader(room, real, seed);
  const draws = openDraws(room, seed, "critic:");
  let update = 0;

  const run = (
    batch: Batch,
    outputs: Tensor,
    taps: readonly string[] = [],
    from: Part = samples,
  ): ForwardResult =>
    forward(room, model, weightsOf(variables), seenBy(room, model, from, batch, outputs), {
      training: true,
      taps,
      dropout: (layer, shape, rate) => draws.dropout(layer, shape, rate, update),
      noise: (layer, shape) => draws.noise(layer, shape, update),
    });

  return {
    at: (batch) => judging((outputs, taps) => run(batch, outputs, taps)),
    learn(batch, taught, fake, moment) {
      update = moment.update;
      room.tf.tidy(() => {
        const made = { batch, outputs: fake, from: samples };
        const truths = readReal?.(batch.samples.length, update) ?? { ...made, outputs: taught! };
        const statistics: BatchStatistics[] = [];
        const { gradients } = room.valueAndGradients(() => {
          const [truth, pretence] = [truths, made].map(({ batch, outputs, from }) => {
            const seen = run(batch, outputs, [], from);
            statistics.push(readStatistics(room, seen.statistics));
            return seen.outputs[0]!;
          });
          return loss(room, truth!, pretence!);
        }, variables.moving.map(({ tensor }) => tensor));
        updateVariables(room, variables, gradients, optimizer, moment);
        for (const each of statistics) followStatistics(model, averages, each, () => true);
      });
    },
    capture: () => ({
      ...captureVariables(room, variables, "all"),
      ...Object.fromEntries(
        Object.entries(averages).map(([name, array]) => [name, array.slice()]),
      ),
    }),
    close: () => closeVariables(variables),
  };
}
