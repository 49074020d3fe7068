/** Activations and operations element by element, and what moves elements. */
import type { Activation } from "../../types.ts";
import type { SelfTestCases } from "../drawn.ts";

const ACTIVATIONS: readonly Activation[] = [
  ...["linear", "relu", "relu6", "sigmoid", "tanh", "gelu", "elu", "leaky-relu"] as const,
];

/** More than one unit of any kernel, and a tail. */
const LONG = 8192 + 4099;

/** Functions of one tensor in tfjs. */
const UNARY = [
  ..."exp log sqrt rsqrt abs neg square sign floor ceil round sigmoid tanh relu relu6 elu selu softplus"
    .split(" "),
  ..."sin cos reciprocal step erf expm1 log1p leakyRelu".split(" "),
] as const;

const BINARY = "add sub mul div maximum minimum squaredDifference pow".split(" ");

const COMPARISONS = "equal notEqual less lessEqual greater greaterEqual".split(" ");

/** Cases by name. */
export const elementwiseCases: SelfTestCases = {
  activations: ({ room: { nn }, numbers, withGradients }) =>
    ACTIVATIONS.flatMap((activation) => [
      ...withGradients([numbers(LONG)], (x) => nn.activate(x!, activation)),
      ...withGradients([numbers(97), numbers(97)], (a, b) => nn.add(a!, b!, activation)),
    ]),
  additions: ({ room: { nn }, numbers, withGradients }) =>
    withGradients([numbers(LONG), numbers(LONG)], (a, b) => nn.add(a!, b!, "relu")),
  "functions of one number": ({ room: { tf }, numbers }) =>
    [numbers(LONG)].flatMap((x) => UNARY.map((name) => tf[name as "exp"](x))),
  "functions of large numbers": ({ room: { tf, nn }, numbers, withGradients }) =>
    [tf.mul(numbers(999), 6), tf.mul(numbers(999), 120)].flatMap((x) => [
      ...UNARY.map((name) => tf[name as "exp"](x)),
      ...ACTIVATIONS.flatMap((activation) => [
        ...withGradients([x], (x) => nn.activate(x!, activation)),
        nn.add(x, x, activation),
      ]),
    ]),
  "functions of two numbers": ({ room: { tf }, numbers }) =>
    BINARY.flatMap((name) => [
      tf[name as "add"](numbers(LONG), numbers(LONG)),
      tf[name as "add"](numbers(5, 3, 17), numbers(17)),
      tf[name as "add"](numbers(5, 3, 17), numbers(5, 1, 17)),
      tf[name as "add"](numbers(5, 3, 17), numbers(5, 3, 1)),
      tf[name as "add"](numbers(1), numbers(301)),
    ]),
  comparisons: ({ room: { tf }, numbers }) =>
    COMPARISONS.map((name) => tf[name as "equal"](numbers(LONG), numbers(LONG))),
  choices: ({ room: { tf }, numbers }) => [
    tf.where(tf.greater(numbers(LONG), numbers(LONG)), numbers(LONG), numbers(LONG)),
    tf.clipByValue(numbers(LONG), -0.5, 0.25),
  ],
  movements: ({ room: { tf }, numbers }) =>
    [numbers(5, 6, 33)].flatMap((x) => [
      tf.transpose(x, [0, 2, 1]),
      tf.transpose(x, [2, 0, 1]),
      tf.slice(x, [1, 2, 3], [3, 3, 20]),
      tf.reverse(x, 1),
      tf.pad(x, [[0, 1], [2, 0], [1, 3]]),
      tf.concat([x, x], 1),
      tf.stack([x, x], 2),
      ...tf.unstack(x, 1),
      ...tf.split(x, 3, 2),
      tf.tile(x, [1, 2, 3]),
      tf.fill([37], 2.5),
    ]),
  "simulated quantization": ({ room: { nn, tf }, numbers, positive, withGradients }) => [
    ...[[positive(1), tf.zeros([1])], [positive(16), tf.round(numbers(16))]].flatMap((
      [scale, zeroPoint],
    ) =>
      withGradients(
        [tf.mul(numbers(777, 16), 100)],
        (x) => nn.fakeQuantize(x!, scale!, zeroPoint!, -127, 127),
      )
    ),
  ],
};
