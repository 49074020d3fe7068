/** Embeddings, attention and recurrent layers. */
import type { SelfTestCases } from "../drawn.ts";

/** Cases by name. */
export const sequenceCases: SelfTestCases = {
  embedding: ({ room: { nn, tf }, numbers, integers, withGradients }) =>
    [integers(11, 3, 7)].flatMap((ids) => [
      ...withGradients([numbers(13, 21)], (table) => nn.embedding(table!, tf.abs(ids))),
      nn.embedding(numbers(13, 5), ids),
      tf.gather(numbers(13, 5), tf.abs(ids)),
    ]),
  attention: ({ room: { nn, tf }, numbers, withGradients }) =>
    [[2, 5, 1, 3], [1, 19, 2, 16], [2, 33, 3, 8], [1, 3, 1, 4100]].flatMap((
      [samples, tokens, heads, depth],
    ) => [
      ...withGradients(
        [numbers(samples!, tokens!, 3 * heads! * depth!)],
        (qkv) => nn.selfAttention(qkv!, heads!),
      ),
      ...[tf.mul(numbers(samples!, tokens!), 100)].flatMap((padding) =>
        withGradients(
          [numbers(samples!, tokens!, 3 * heads! * depth!)],
          (qkv) => nn.selfAttention(qkv!, heads!, padding),
        )
      ),
    ]),
  recurrence: ({ room: { nn }, numbers, withGradients }) =>
    ([[3, 4, 5, 7, true, "sigmoid"], [2, 3, 9, 24, false, "hard-sigmoid"]] as const).flatMap(
      ([samples, steps, inputs, units, sequence, gates]) =>
        withGradients(
          [numbers(samples, steps, inputs), numbers(inputs + units, 4 * units), numbers(4 * units)],
          (x, kernel, bias) => nn.recurrent(x!, kernel!, bias!, { units, sequence, gates }),
        ),
    ),
};
