/**
 * Attention of several heads (Vaswani et al. 2017, arXiv 1706.03762, §3.2), head by head: where it looks, and what it
 * takes from there.
 */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";

/** Added to the score of a key that is padding: its weight is then 0, or the same for all where all are padding. */
export const PADDING_SCORE = -1e9;

/** softmax(Q Kᵀ / √depth + padding) V, of queries, keys, values [B, T, heads · depth] and perhaps tokens [B, T]. */
export function attention(room: Room, heads: number, inputs: readonly Tensor[]): Tensor {
  const { tf, nn } = room;
  const [queries, keys, values, tokens] = inputs as [Tensor, Tensor, Tensor, Tensor?];
  const scores = attentionScores(room, heads, queries, keys);
  const seen = tokens === undefined ? scores : tf.add(scores, paddingScores(room, tokens));
  const mixed = tf.matMul(nn.softmax(seen, 1), byHead(room, values, heads));
  const [batch, length] = queries.shape as [number, number];
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, length, values.shape[2]!]);
}

/** Q Kᵀ / √depth: [B, heads, queries, keys]. */
export function attentionScores(
  room: Room,
  heads: number,
  queries: Tensor,
  keys: Tensor,
): Tensor {
  const [q, k] = [queries, keys].map((each) => byHead(room, each, heads)) as [Tensor, Tensor];
  return room.tf.mul(room.tf.matMul(q, k, false, true), scoreScale(queries.shape[2]!, heads));
}

/** 1 / √depth as float32. */
export function scoreScale(width: number, heads: number): number {
  return Math.fround(1 / Math.sqrt(width / heads));
}

/** [B, T, heads · depth] as [B, heads, T, depth]. */
export function byHead({ tf }: Room, values: Tensor, heads: number): Tensor {
  const [batch, length, width] = values.shape as [number, number, number];
  return tf.transpose(tf.reshape(values, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
}

/** What is added to scores [B, heads, queries, keys] of tokens [B, T]: far below 0 for padding. */
export function paddingScores({ tf }: Room, tokens: Tensor): Tensor {
  const [batch, length] = tokens.shape as [number, number];
  const padding = tf.cast(tf.equal(tokens, 0), "float32");
  return tf.reshape(tf.mul(padding, PADDING_SCORE), [batch, 1, 1, length]);
}
