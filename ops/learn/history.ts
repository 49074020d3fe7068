/** The record of a training, epoch by epoch. */
import { given } from "../../engine/given.ts";
import { curveAt } from "./curve.ts";
import { termWeights } from "./loss/loss.ts";
import type { Training } from "./training_fields.ts";
import type { UpdateFigures } from "./update.ts";

/** One term in one epoch. */
interface TermRecord {
  readonly use: string;
  /** Mean over the epoch's samples, before the weight. */
  readonly value: number;
  /** At the epoch's first update. */
  readonly weight: number;
  /** Norm of the term's own gradient, before the weight, at the epoch's first update. */
  readonly gradient: number;
}

/** One epoch. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** The learning rate at the epoch's first update. */
  readonly rate: number;
  /** Mean over the epoch's samples of the weighted sum. */
  readonly loss: number;
  readonly terms: readonly TermRecord[];
  /**
   * The task's metric on validation, where there is such a part: accuracy, minus nats, or minus the squared error.
   */
  readonly validation?: number;
  /** The share of zeros at the epoch's end, where masks grow. */
  readonly sparsity?: number;
}

/** One model's record, at a batch boundary. */
export interface Track {
  /** Of the epoch so far: Σ samples · (loss, terms …), and what its first update measured. */
  readonly sums: readonly number[];
  readonly norms: readonly number[];
  readonly history: readonly EpochRecord[];
  /** The best epoch on validation so far (from 1), and its score. */
  readonly best: { readonly epoch: number; readonly score: number } | null;
}

/** Before the first update. */
export const NEW_TRACK: Track = { sums: [], norms: [], history: [], best: null };

/** The record after an update on so many samples. */
export function withUpdate(
  track: Track,
  { loss, values, norms }: UpdateFigures,
  samples: number,
): Track {
  const sums = [loss, ...values].map((figure, i) => (track.sums[i] ?? 0) + samples * figure);
  return { ...track, sums, norms: norms ?? track.norms };
}

/** What an epoch (from 0) of `count` samples came to. */
export function epochRecord(
  { sums, norms }: Track,
  { loss: terms, optimizer, epochs }: Training,
  epoch: number,
  count: number,
): EpochRecord {
  const [loss, ...values] = sums.map((sum) => sum / count);
  const weights = termWeights(terms, { epoch, epochs });
  return {
    epoch: epoch + 1,
    rate: curveAt(optimizer.learning_rate, epoch, epochs),
    loss: loss!,
    terms: terms.map(({ use }, i) => ({
      use,
      value: values[i]!,
      weight: weights[i]!,
      gradient: norms[i]!,
    })),
  };
}

/** `loss 0.31 = labels 0.02 + soft-targets 0.29`, weights applied. */
export function lossSentence({ loss, terms }: Pick<EpochRecord, "loss" | "terms">): string {
  const shown = (value: number) => value.toPrecision(2);
  if (terms.length === 1) return `loss ${shown(loss)}`;
  const parts = terms.map(({ use, value, weight }) => `${use} ${shown(value * weight)}`);
  return `loss ${shown(loss)} = ${parts.join(" + ")}`;
}

/** BatchNorm as it was estimated anew after a training. */
export interface RecalibratedRecord {
  readonly layers: readonly string[];
  /** The task's metric on validation with the new estimates, where there is a validation part. */
  readonly validation?: number;
}

/** The note of a training: its records, and which epoch's weights were kept. */
export function trainingNote(
  { checkpoint, epochs }: Training,
  { history, kept, updates, recalibrated }: {
    readonly history: readonly EpochRecord[];
    readonly kept: number;
    readonly updates: number;
    readonly recalibrated: RecalibratedRecord | undefined;
  },
) {
  return {
    epochs: history.length,
    planned: epochs,
    updates,
    checkpoint,
    kept,
    ...given({ recalibrated }),
    history: history.map((record) => ({
      ...record,
      terms: record.terms.map((term) => ({ ...term })),
    })),
  };
}
