/** One batch for models that learn beside one another (Zhang et al. 2018, "Deep mutual learning", algorithm 1). */
import type { Room } from "../../engine/tensor/mod.ts";
import type { Batch } from "./batches.ts";
import type { Learner, Shown } from "./learner.ts";
import type { Moment } from "./optimizer.ts";

/** Whose answers a model hears: `alternate`, those of models that have learned this batch already; `simultaneous`, all as before it. */
export type Updates = "alternate" | "simultaneous";

/** One update of each, in order. A single model hears nobody. */
export function takeTurns(
  room: Room,
  learners: readonly Learner[],
  { batch, moment, measure, updates }: {
    readonly batch: Batch;
    readonly moment: Moment;
    /** Whether each term's own gradient is measured. */
    readonly measure: boolean;
    readonly updates: Updates;
  },
): readonly Shown[] {
  const [alone, ...others] = learners;
  if (others.length === 0) return [alone!.learn(batch, moment, measure)];
  const shown: Shown[] = [];
  room.tf.tidy(() => {
    const said = learners.map((learner) => learner.says(batch, moment));
    for (const [k, learner] of learners.entries()) {
      shown.push(learner.learn(batch, moment, measure, said.filter((_, other) => other !== k)));
      const heardAgain = updates === "alternate" && k < learners.length - 1;
      if (heardAgain) said[k] = learner.says(batch, moment);
    }
  });
  return shown;
}
