/** The loss of a batch: its terms, their weights at this moment, and their gradients. */
import type { Task } from "../../engine/op.ts";
import type { Room, Scalar, Tensor } from "../../engine/tensor/mod.ts";
import { curveAt } from "./curve.ts";
import type { Moment } from "./optimizer.ts";
import type { Said } from "./listen.ts";
import type { TermPlaces } from "./adapters.ts";
import type { Own } from "./terms/term.ts";
import { type LossTerm, termValue } from "./terms/terms.ts";

/** What terms see of a batch, but for what the model itself says. */
export interface Heard {
  readonly task: Task;
  readonly targets: Tensor | null;
  /** One per term; undefined for a term that reads no teacher. */
  readonly teachers: readonly (Said | undefined)[];
  /** Logits of the other models of a cohort; empty where there is none. */
  readonly peers: readonly Tensor[];
}

/**
 * The value of each term before its weight, of what the model says; `places` names the taps that a term compares, if it
 * compares any.
 */
export function termValues(
  room: Room,
  terms: readonly LossTerm[],
  { logits, taps, own }: Said & { readonly own: Own },
  { task, targets, teachers, peers }: Heard,
  places: readonly (TermPlaces | undefined)[],
  { epoch, epochs }: Moment,
): Scalar[] {
  const at = (curve: Parameters<typeof curveAt>[0]) => curveAt(curve, epoch, epochs);
  return terms.map((term, i) => {
    const teacher = teachers[i];
    const pairs = places[i]?.map((place) => ({
      student: place.student.map((name) => taps[name]!),
      teacher: place.teacher.map((name) => teacher!.taps[name]!),
    }));
    const heard = teacher === undefined ? {} : { teacher: teacher.logits };
    const compared = pairs === undefined ? {} : { pairs };
    return termValue(
      { room, task, logits, targets, peers, own, at, ...heard, ...compared },
      term,
    );
  });
}

/** The weight of each term at a moment. */
export function termWeights(
  terms: readonly LossTerm[],
  { epoch, epochs }: Pick<Moment, "epoch" | "epochs">,
): number[] {
  return terms.map(({ weight }) => curveAt(weight, epoch, epochs));
}

/** Σ weight · value. */
export function weightedSum(
  room: Room,
  values: readonly Scalar[],
  weights: readonly number[],
): Scalar {
  return values
    .map((value, i) => weights[i] === 1 ? value : room.tf.mul<Scalar>(value, weights[i]!))
    .reduce((sum, value) => room.tf.add<Scalar>(sum, value));
}

/** √Σ g² over all gradients. */
export function gradientNorm(room: Room, gradients: readonly (Tensor | null)[]): number {
  const { tf } = room;
  let squares = 0;
  for (const gradient of gradients) {
    if (gradient === null) continue;
    const sum = tf.tidy(() => tf.sum(tf.square(gradient)));
    squares += room.values(sum)[0]!;
    sum.dispose();
  }
  return Math.sqrt(squares);
}
