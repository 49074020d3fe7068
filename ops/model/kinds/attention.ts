/**
 * Attention of several heads (Vaswani et al. 2017, arXiv 1706.03762, §3.2), head by head: where it looks, and what it
 * takes from there.
 */
import { Type } from "../../../engine/field.ts";
import { sameShape, type Shape, show } from "../../../engine/shape.ts";
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { Extent } from "./attributes.ts";
import type { Channels } from "./channels.ts";
import { type AnyLayer, defineLayer, type LayerIn } from "./define.ts";
import { cannot } from "./shape_checks.ts";

/**
 * softmax(Q Kᵀ / √depth) V, head by head. It reads queries, keys, values [length, heads · depth] and, if there is a
 * fourth, a mask [length] of the keys: those where it is 0 get no weight. Token numbers are one, where token 0 is
 * padding; where another is, the function `differs` makes one of them.
 */
export const attention = defineLayer({
  kind: "attention",
  attributes: Type.Object({ heads: Extent }),
  shape: attended,
  macs: (_layer, [queries, keys, values]) => queries![0]! * keys![0]! * (keys![1]! + values![1]!),
  channels: {
    // Heads are of one width, and the scores are scaled by it: whole ones go, or none.
    pass({ layer: { heads }, inputs: [queries, keys, values], ties }) {
      const sides = [queries!, keys!, values!];
      if (ties.heads !== true) return sides.map(ties.fix)[2]!;
      const firsts = Array.from(
        { length: heads },
        (_, head) => queries![widthOf(queries!) * head]!,
      );
      for (const side of sides) {
        side.forEach((channel, at) => ties.tie(firsts[Math.floor(at / widthOf(side))]!, channel));
      }
      return values!;

      function widthOf(side: Channels): number {
        return side.length / heads;
      }
    },
    resize: (layer, count, before = count) => ({ ...layer, heads: layer.heads * count / before }),
  },
  run: ({ heads }, { room, inputs }) => attend(room, heads, inputs),
});

/** Whether a layer is an attention. */
export function isAttention(layer: AnyLayer): layer is LayerIn<typeof attention> {
  return layer.kind === attention.kind;
}

function attended(layer: AnyLayer & { readonly heads: number }, inputs: readonly Shape[]): Shape {
  const [queries, keys, values, tokens = [keys?.[0]]] = inputs;
  const fits = inputs.length >= 3 && inputs.length <= 4 &&
    [queries, keys, values].every((shape) =>
      shape?.length === 2 && Number.isInteger(shape[1]! / layer.heads)
    ) &&
    queries![1] === keys![1] && keys![0] === values![0] && sameShape(tokens as Shape, [keys![0]!]);
  if (fits) return [queries![0]!, values![1]!];
  throw cannot(
    layer,
    `it reads queries, keys and values of ${layer.heads} heads, and tokens; these are ${
      inputs.map(show).join(", ")
    }`,
  );
}

/** Added to the score of a key that is padding: its weight is then 0, or the same for all where all are padding. */
export const PADDING_SCORE = -1e9;

/** The longest sequence that goes through one kernel. */
const FUSED_LENGTH = 512;

/** softmax(Q Kᵀ / √depth + padding) V, of queries, keys, values [B, T, heads · depth] and perhaps tokens [B, T]. */
function attend(room: Room, heads: number, inputs: readonly Tensor[]): Tensor {
  const { tf, nn } = room;
  const [queries, keys, values, tokens] = inputs as [Tensor, Tensor, Tensor, Tensor?];
  const among = [keys, values].every(({ shape }) => shape.join() === queries.shape.join());
  if (among && queries.shape[1]! <= FUSED_LENGTH) {
    const hidden = tokens && hiddenScores(room, tokens);
    return nn.selfAttention(tf.concat([queries, keys, values], -1), heads, hidden);
  }
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
function byHead({ tf }: Room, values: Tensor, heads: number): Tensor {
  const [batch, length, width] = values.shape as [number, number, number];
  return tf.transpose(tf.reshape(values, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
}

/** What is added to scores [B, heads, queries, keys] of tokens [B, T]: far below 0 for padding. */
export function paddingScores(room: Room, tokens: Tensor): Tensor {
  const [batch, length] = tokens.shape as [number, number];
  return room.tf.reshape(hiddenScores(room, tokens), [batch, 1, 1, length]);
}

/** Of a mask, 0, or far below where it is 0: what is hidden has no share of a softmax. */
export function hiddenScores({ tf }: Room, tokens: Tensor): Tensor {
  return tf.mul(tf.cast(tf.equal(tokens, 0), "float32"), PADDING_SCORE);
}
