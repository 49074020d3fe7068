/** Dense layers and products of matrices. */
import type { Activation } from "../../types.ts";
import type { SelfTestCases } from "../drawn.ts";

/** Rows, inner length and columns: whole blocks, tails, and less than one block of each. */
const SHAPES: readonly (readonly [number, number, number, Activation])[] = [
  [1, 1, 1, "linear"],
  [5, 7, 3, "relu"],
  [12, 16, 16, "linear"],
  [13, 5, 17, "relu6"],
  [25, 130, 33, "linear"],
  [64, 20, 31, "relu"],
  [3, 370, 48, "gelu"],
  [9, 11, 131, "relu"],
];

/** Cases by name. */
export const productCases: SelfTestCases = {
  ...Object.fromEntries(SHAPES.map(([rows, inner, columns, activation]): [
    string,
    SelfTestCases[string],
  ] => [
    `dense of ${rows} × ${inner} by ${columns}, ${activation}`,
    ({ room: { nn }, numbers, withGradients }) =>
      withGradients(
        [numbers(rows, inner), numbers(inner, columns), numbers(columns)],
        (x, w, b) => nn.dense(x!, w!, b!, activation),
      ),
  ])),
  "products of matrices": ({ room: { tf }, numbers, withGradients }) => [
    ...withGradients([numbers(3, 9, 21), numbers(3, 21, 19)], (a, b) => tf.matMul(a!, b!)),
    ...withGradients(
      [numbers(2, 21, 9), numbers(2, 19, 21)],
      (a, b) => tf.matMul(a!, b!, true, true),
    ),
  ],
};
