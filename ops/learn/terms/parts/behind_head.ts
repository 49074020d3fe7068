/** What a model answers: its logits as its head gives them to whoever uses them. All differentiable. */
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";
import type { Architecture } from "../../../model/model.ts";

/** Probabilities of a softmax or sigmoid head, else the numbers themselves; softmax along the last axis. */
export function behindHead({ tf, nn }: Room, head: Architecture["head"], logits: Tensor): Tensor {
  if (head === "sigmoid") return tf.sigmoid(logits);
  return head === "softmax" ? nn.softmax(logits, 1) : logits;
}

/**
 * −t log σ(z) − (1 − t) log(1 − σ(z)) of each number, from logits: log(1 + eᶻ) − t z, which no z makes infinite.
 */
export function bernoulli({ tf }: Room, logits: Tensor, targets: Tensor): Tensor {
  return tf.sub(tf.softplus(logits), tf.mul(targets, logits));
}
