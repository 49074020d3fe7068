/** What a training says of itself, epoch by epoch. */
import type { Training } from "./training_fields.ts";

/** One term in one epoch. */
export interface TermRecord {
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
  /** The task's metric on validation, where there is such a part: accuracy, minus nats, or minus the squared error. */
  readonly validation?: number;
  /** The share of zeros at the epoch's end, where masks grow. */
  readonly sparsity?: number;
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
  history: readonly EpochRecord[],
  kept: number,
  updates: number,
  recalibrated?: RecalibratedRecord,
) {
  return {
    epochs: history.length,
    planned: epochs,
    updates,
    checkpoint,
    kept,
    ...recalibrated && { recalibrated },
    history: history.map((record) => ({
      ...record,
      terms: record.terms.map((term) => ({ ...term })),
    })),
  };
}
