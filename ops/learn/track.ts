/** What a training remembers of one model from update to update. */
import { curveAt } from "./curve.ts";
import type { EpochRecord } from "./history.ts";
import type { Shown } from "./learner.ts";
import { termWeights } from "./loss/loss.ts";
import type { Training } from "./training_fields.ts";

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
export function updated(track: Track, { loss, values, norms }: Shown, samples: number): Track {
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
