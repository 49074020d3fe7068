/** Convolutions, of all channels and channel by channel, pooling and resizing. */
import type { Activation, Padding, Window } from "../../types.ts";
import type { Drawn, SelfTestCases } from "../drawn.ts";

type ConvolutionCase = {
  readonly x: readonly [number, number, number, number];
  /** Channels that come out; channel by channel how many for each. */
  readonly to: number;
  readonly size: number;
  readonly stride?: number;
  readonly padding?: Padding;
  readonly activation?: Activation;
};

const CONVOLUTIONS: readonly ConvolutionCase[] = [
  { x: [2, 8, 8, 8], to: 8, size: 3 },
  { x: [3, 9, 7, 12], to: 20, size: 3, activation: "relu6" },
  { x: [1, 12, 12, 36], to: 24, size: 3, padding: "valid" },
  { x: [2, 9, 9, 3], to: 5, size: 3, stride: 2, activation: "relu" },
  { x: [2, 8, 8, 5], to: 17, size: 1 },
  { x: [1, 18, 18, 1], to: 6, size: 5, padding: "valid" },
  { x: [2, 7, 7, 4], to: 33, size: 5, stride: 2 },
  { x: [1, 3, 70, 3], to: 8, size: 3, padding: [[0, 2], [1, 0]] },
];

const BY_CHANNEL: readonly ConvolutionCase[] = [
  { x: [2, 9, 9, 16], to: 1, size: 3, activation: "relu6" },
  { x: [2, 9, 10, 20], to: 1, size: 3, stride: 2 },
  { x: [1, 7, 8, 5], to: 3, size: 5, activation: "relu" },
  { x: [1, 12, 6, 33], to: 2, size: 2, padding: "valid" },
];

const windowOf = ({ stride = 1, padding = "same" }: ConvolutionCase): Window => ({
  strides: [stride, stride],
  padding,
});

const normOf = ({ numbers, positive }: Drawn, channels: number) => ({
  mean: numbers(channels),
  variance: positive(channels),
  gamma: numbers(channels),
  beta: numbers(channels),
  epsilon: 1e-3,
});

const named = (kind: string, { x, to, size, ...rest }: ConvolutionCase): string =>
  `${kind} of ${x.join(" × ")} by ${size} × ${size} to ${to} ${JSON.stringify(rest)}`;

const cases = (
  kind: "conv2d" | "depthwise2d",
  shapes: readonly ConvolutionCase[],
  channels: (shape: ConvolutionCase) => number,
): [string, SelfTestCases[string]][] =>
  shapes.map((shape) => [
    named(kind, shape),
    (given) => layerAndNormed(given, kind, { ...shape, channels: channels(shape) }),
  ]);

const layerAndNormed = (
  given: Drawn,
  kind: "conv2d" | "depthwise2d",
  shape: ConvolutionCase & { readonly channels: number },
) => [
  ...given.withGradients(
    [
      given.numbers(...shape.x),
      given.numbers(shape.size, shape.size, shape.x[3], shape.to),
      given.numbers(shape.channels),
    ],
    (x, w, b) => given.room.nn[kind](x!, w!, b!, windowOf(shape), shape.activation ?? "linear"),
  ),
  given.room.nn[kind](
    given.numbers(...shape.x),
    given.numbers(shape.size, shape.size, shape.x[3], shape.to),
    null,
    windowOf(shape),
    shape.activation ?? "linear",
    normOf(given, shape.channels),
  ),
];

const same = { strides: [1, 1], padding: "same" } as const;
const halved = { strides: [2, 2], padding: "same" } as const;

/** Cases by name. */
export const convolutionCases: SelfTestCases = {
  ...Object.fromEntries([
    ...cases("conv2d", CONVOLUTIONS, ({ to }) => to),
    ...cases("depthwise2d", BY_CHANNEL, ({ x, to }) => x[3] * to),
  ]),
  pooling: ({ room: { nn }, numbers, withGradients }) => [
    ...withGradients([numbers(2, 8, 8, 16)], (x) => nn.maxPool(x!, [2, 2], halved)),
    ...withGradients([numbers(2, 7, 9, 21)], (x) => nn.maxPool(x!, [3, 3], halved)),
    ...withGradients([numbers(2, 8, 8, 16)], (x) => nn.averagePool(x!, [2, 2], halved)),
    ...withGradients([numbers(2, 7, 9, 21)], (x) => nn.averagePool(x!, [3, 3], same)),
    ...withGradients([numbers(3, 5, 5, 37)], (x) => nn.globalAveragePool(x!)),
  ],
  resizing: ({ room: { tf }, numbers, withGradients }) =>
    withGradients(
      [numbers(2, 5, 7, 9)],
      (x) => tf.image.resizeNearestNeighbor(x as never, [8, 11]),
    ),
};
