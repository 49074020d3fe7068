/** What a training asks of third models, and how outputs are shown to them. */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import type { Dataset, Part } from "../../data/dataset.ts";
import { conditionRows } from "../../model/feed.ts";
import type { ForwardResult } from "../../model/forward.ts";
import { show, sizeOf } from "../../model/layers.ts";
import type { Architecture } from "../../model/model.ts";
import type { Batch } from "../batches.ts";
import type { Arrays } from "../constraint.ts";
import type { Moment, Optimizer } from "../optimizer.ts";
import type { AuxiliaryModel } from "../terms/term.ts";

/** A judge of a training. */
export interface OpenJudge {
  /** What it says of outputs for a batch. For the caller's `tidy`. */
  at(batch: Batch): AuxiliaryModel;
  /**
   * One update of a critic that learns: what the teacher made is real, what the model made is not. Without a teacher
   * the critic draws what is real from its court's data.
   */
  learn?(batch: Batch, taught: Tensor | undefined, fake: Tensor, moment: Moment): void;
  /** Copies of its arrays that move. */
  capture(): Record<string, Float32Array>;
  close(): void;
}

/** What judges are opened with. */
export interface Court {
  readonly data: Dataset;
  /** What is real, where no teacher says it. */
  readonly real?: Dataset;
  readonly optimizer: Optimizer;
  readonly seed: number;
  /** Those of an earlier `capture`, where a training goes on. */
  readonly arrays: Arrays;
}

/** What a model says of outputs, by how it is run. */
export function judging(
  run: (outputs: Tensor, taps: readonly string[]) => ForwardResult,
): AuxiliaryModel {
  return {
    features(outputs, layers) {
      const { taps } = run(outputs, layers);
      return layers.map((layer) => taps[layer]!);
    },
    logits: (outputs) => run(outputs, []).outputs[0]!,
  };
}

/**
 * Outputs of a batch as a judge reads them, past its preprocessing: they are values as layers see them, not stored ones.
 * Further inputs read the labels of the batch. Throws a RangeError where the outputs are not what it reads.
 */
export function seenBy(
  room: Room,
  { inputs: [input, ...conditions] }: Architecture,
  { y }: Part,
  { samples }: Batch,
  outputs: Tensor,
): readonly Tensor[] {
  const { shape } = input!;
  const count = outputs.shape[0]!;
  if (outputs.size !== count * sizeOf(shape)) {
    throw new RangeError(
      `Cannot ask this model: it reads ${show(shape)}, an output is ${
        show(outputs.shape.slice(1))
      }`,
    );
  }
  return [
    room.tf.reshape(outputs, [count, ...shape]),
    ...conditions.map((each) =>
      room.tensor(conditionRows(each, y, samples), [count, ...each.shape])
    ),
  ];
}
