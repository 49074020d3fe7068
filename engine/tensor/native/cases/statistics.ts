/** Normalisation, softmax and reductions. */
import type { SelfTestCases } from "../drawn.ts";

/** Cases by name. */
export const statisticsCases: SelfTestCases = {
  "batch normalisation in training": ({ room: { nn }, numbers, withGradients }) =>
    ([[7, 3, 5, 16, "relu"], [40, 9, 8, 21, "linear"], [33, 1, 1, 3, "gelu"]] as const).flatMap(
      ([images, height, width, channels, activation]) => [
        ...withGradients(
          [numbers(images, height, width, channels), numbers(channels), numbers(channels)],
          (x, gamma, beta) => nn.batchNormTraining(x!, gamma!, beta!, 1e-3, activation).y,
        ),
        ...Object.values(nn.batchNormTraining(
          numbers(images, height, width, channels),
          numbers(channels),
          numbers(channels),
          1e-3,
          activation,
        )),
      ],
    ),
  "batch normalisation": ({ room: { nn }, numbers, positive, withGradients }) =>
    [[numbers(19), positive(19)]].flatMap(([mean, variance]) =>
      withGradients(
        [numbers(9, 5, 5, 19), numbers(19), numbers(19)],
        (x, gamma, beta) => nn.batchNorm(x!, mean!, variance!, gamma!, beta!, 1e-3, "relu6"),
      )
    ),
  "layer normalisation": ({ room: { nn }, numbers, withGradients }) =>
    [5, 32, 129].flatMap((width) =>
      withGradients(
        [numbers(41, width), numbers(width), numbers(width)],
        (x, gamma, beta) => nn.layerNorm(x!, gamma!, beta!, 1e-5),
      )
    ),
  softmax: ({ room: { nn, tf }, numbers, positive, withGradients }) =>
    [3, 10, 33].flatMap((width) => [
      ...withGradients([numbers(13, width)], (z) => nn.softmax(z!, 2)),
      ...withGradients([tf.mul(numbers(13, width), 90)], (z) => nn.softmax(z!, 3)),
      ...withGradients([numbers(13, width)], (z) => nn.logSoftmax(z!, 1)),
      ...[positive(13, width)].flatMap((targets) =>
        withGradients([numbers(13, width)], (z) => nn.crossEntropy(z!, targets, 4))
      ),
      tf.softmax(numbers(13, width)),
    ]),
  reductions: ({ room: { tf }, numbers }) =>
    [[3, 5, 7], [37, 61, 2], [2, 3, 9001]].flatMap((shape) =>
      [numbers(...shape)].flatMap((x) =>
        [0, 1, 2].flatMap((axis) => [
          tf.sum(x, axis),
          tf.mean(x, axis),
          tf.max(x, axis),
          tf.min(x, axis),
          tf.prod(x, axis),
          tf.argMax(x, axis),
        ])
      )
    ),
};
