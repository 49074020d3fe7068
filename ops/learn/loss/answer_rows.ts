/** What a model says, as rows that labels can be laid beside. */
import type { Task } from "../../../engine/op.ts";
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";

/**
 * Logits with one row per label: to predict next tokens every place of a sample answers, [B, T, K] or [B, T · K] →
 * [B · T, K]; what answers once per sample stays as it is.
 */
export function answerRows({ tf }: Room, task: Task, logits: Tensor, width: number): Tensor {
  return task === "next-token" ? tf.reshape(logits, [-1, width]) : logits;
}
