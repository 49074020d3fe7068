/** Tables [heads, tokens, tokens] that attention makes or implies: where they are found, and how two are compared. */
import type { Room, Scalar, Tensor } from "../../../../engine/tensor/mod.ts";
import { matchSelector } from "../../../../engine/selector.ts";
import { isAttention, paddingScores } from "../../../model/kinds/attention.ts";
import { namedLayers, type Shape, shapesOf } from "../../../model/layers.ts";
import type { Architecture } from "../../../model/model.ts";
import { divergenceOf } from "./divergence.ts";
import type { FeaturePair, InsidePlace } from "../term.ts";

/** How two tables are compared. */
export const RELATION_DISTANCES = ["mse", "cross-entropy"] as const;

/** What queries, keys, values and tokens of an attention are: its inputs by number. */
export const READS = { queries: 0, keys: 1, values: 2, tokens: 3 } as const;

/** The one attention that a layer or group has, by what it reads; `rows` × `columns` is what a table relates. */
function attentionIn(
  model: Architecture,
  place: string,
  [rows, columns]: readonly [keyof typeof READS, keyof typeof READS],
): InsidePlace | undefined {
  const inside = new Set(matchSelector(place, namedLayers(model)));
  const [found, ...others] = model.layers.filter(({ name }) => inside.has(name))
    .filter(isAttention);
  if (found === undefined || others.length > 0) return undefined;
  const shapes = shapesOf(model);
  const length = (role: keyof typeof READS) => shapes[found.inputs[READS[role]]!]![0]!;
  return {
    taps: found.inputs,
    heads: found.heads,
    shape: [found.heads, length(rows), length(columns)],
  };
}

/** The matching of a term that compares a table of `rows` × `columns` of two attentions. */
export function attentionMatching(
  ...sides: readonly [rows: keyof typeof READS, columns: keyof typeof READS]
) {
  return {
    layers: 1,
    inside: {
      of: (model: Architecture, place: string) => attentionIn(model, place, sides),
      needs: "one attention: block1.attention, or a layer of type:attention",
    },
    unfit([student = []]: readonly Shape[], [teacher = []]: readonly Shape[]) {
      if (student[0] !== teacher[0]) {
        return "heads are compared one with one: give the student as many heads as the teacher";
      }
      return same(student, teacher) ? undefined : "match attentions over sequences of one length";
    },
  } as const;
}

const same = (a: Shape, b: Shape) => a.join() === b.join();

/**
 * How far a student's tables [B, heads, T, T] are from a teacher's. `mse`: the mean of squared differences over heads
 * and pairs of tokens neither of which is padding (of keys alone where the queries are others). `cross-entropy`: that
 * of softmaxes along rows less the teacher's entropy, so that it is 0 where they agree; the mean over heads and
 * tokens.
 */
export function relationDistance(
  room: Room,
  [student, teacher]: readonly [Tensor, Tensor],
  pair: FeaturePair,
  distance: typeof RELATION_DISTANCES[number],
): Scalar {
  const { tf } = room;
  const [batch, heads, rows, columns] = student.shape as [number, number, number, number];
  const tokens = pair.teacher[READS.tokens] ?? pair.student[READS.tokens];
  if (tokens === undefined) {
    return tf.mean(
      distance === "mse"
        ? tf.squaredDifference(student, teacher)
        : divergenceOf(room, teacher, student, 1),
    ) as Scalar;
  }
  const real = tf.cast(tf.notEqual(tokens, 0), "float32");
  const ofRows = rows === columns ? tf.reshape(real, [batch, 1, rows, 1]) : tf.ones([1, 1, 1, 1]);
  if (distance === "mse") {
    const both = tf.mul(ofRows, tf.reshape(real, [batch, 1, 1, columns]));
    return meanWhere(room, tf.squaredDifference(student, teacher), both, heads);
  }
  const padding = paddingScores(room, tokens);
  const [ours, theirs] = [student, teacher].map((table) => tf.add(table, padding));
  const divergences = divergenceOf(room, theirs!, ours!, 1);
  return meanWhere(room, tf.expandDims(divergences, -1), ofRows, heads);
}

/** The mean of [B, heads, …] where a mask for all heads, [B or 1, 1, …], is 1; 0 where it is 1 nowhere. */
function meanWhere({ tf }: Room, values: Tensor, mask: Tensor, heads: number): Scalar {
  const whole = tf.mul(tf.onesLike(values), mask);
  const count = tf.maximum(tf.sum(whole), heads);
  return tf.div(tf.sum(tf.mul(values, whole)), count) as Scalar;
}
