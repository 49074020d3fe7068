/** Trainings that went wrong: what happened, and what to try. */
import { ParameterError } from "../../engine/op.ts";
import { curveAt } from "./curve.ts";
import type { EpochRecord } from "./history.ts";
import type { Moment } from "./optimizer.ts";
import type { LossTerm } from "./terms/terms.ts";
import type { Training } from "./training_fields.ts";

/** Throws where a loss is NaN or infinite. */
export function assertFinite(loss: number, training: Training, moment: Moment): void {
  if (Number.isFinite(loss)) return;
  const rate = curveAt(training.optimizer.learning_rate, moment.epoch, moment.epochs);
  const at = `in epoch ${Math.floor(moment.epoch) + 1}, update ${moment.update + 1}`;
  throw diverged(`the loss became ${loss} ${at} (learning rate ${rate.toPrecision(2)})`, training);
}

/** Throws where a figure that is kept is not a number: a gradient's norm, a score. */
export function assertFigure(name: string, value: number, training: Training, epoch: number): void {
  if (!Number.isFinite(value)) {
    throw diverged(`${name} became ${value} in epoch ${epoch + 1}`, training);
  }
}

/** Throws where the last update left a weight that is not a number. */
export function assertFiniteWeights(
  weights: Readonly<Record<string, Float32Array>>,
  training: Training,
): void {
  for (const [name, values] of Object.entries(weights)) {
    if (!values.every(Number.isFinite)) {
      throw diverged(`\`${name}\` is not finite any more`, training);
    }
  }
}

/** Throws where a term had no gradient in any epoch, or no weight. */
export function assertContributed(
  terms: readonly LossTerm[],
  history: readonly EpochRecord[],
): void {
  const epochs = history.length;
  for (const [i, { use, weight }] of terms.entries()) {
    const own = history.map(({ terms }) => terms[i]!);
    const weighs = own.some(({ weight }) => weight > 0) || curveAt(weight, epochs, epochs) > 0;
    if (weighs && own.some(({ gradient }) => gradient > 0)) continue;
    throw new ParameterError(
      "unused",
      `loss.${i}`,
      `\`${use}\` never contributed: its gradient or its weight was 0 in every epoch`,
      "give it a weight above 0, or leave it out",
    );
  }
}

function diverged(what: string, { clip_norm: clip }: Training): ParameterError {
  const norm = clip === undefined ? "clip_norm: 1" : `a clip_norm below ${clip}`;
  return new ParameterError(
    "diverged",
    "optimizer",
    `the training ran away: ${what}`,
    `try a smaller learning_rate, a warmup of an epoch, or ${norm}`,
  );
}
