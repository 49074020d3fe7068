/** From logits to what a model answers, and how the answers are laid out. All differentiable. */
import type { Task } from "../../../../engine/op.ts";
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";
import type { Architecture } from "../../../model/model.ts";

/** Probabilities of a softmax or sigmoid head, else the numbers themselves; softmax along the last axis. */
export function headOutput({ tf, nn }: Room, head: Architecture["head"], logits: Tensor): Tensor {
  if (head === "sigmoid") return tf.sigmoid(logits);
  return head === "softmax" ? nn.softmax(logits, 1) : logits;
}

/**
 * −t log σ(z) − (1 − t) log(1 − σ(z)) of each number, from logits: log(1 + eᶻ) − t z, which no z makes infinite.
 */
export function bernoulli({ tf }: Room, logits: Tensor, targets: Tensor): Tensor {
  return tf.sub(tf.softplus(logits), tf.mul(targets, logits));
}

/**
 * Logits with one row per label. To predict next tokens every place of a sample answers: [B, T, K] or [B, T · K] →
 * [B · T, K]. Logits with one row per sample stay as they are.
 */
export function labelRows({ tf }: Room, task: Task, logits: Tensor, width: number): Tensor {
  return task === "next-token" ? tf.reshape(logits, [-1, width]) : logits;
}
