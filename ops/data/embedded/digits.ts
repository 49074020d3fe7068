/** Ten thousand handwritten digits: the data set a recipe has without any file. */
import { sizeOf } from "../../../engine/shape.ts";
import type { Loaded } from "../samples.ts";
import { pictureSet } from "./embedded_set.ts";

/** Height, width, grey. */
const SHAPE: readonly number[] = [28, 28, 1];

const CLASSES = Array.from({ length: 10 }, (_, digit) => `${digit}`);

export const digits = pictureSet({
  name: "digits",
  description:
    "10,000 handwritten digits of 28×28 grey pixels (the first of MNIST's training images)",
  shape: SHAPE,
  count: 10_000,
  classes: CLASSES,
  load: loadDigits,
});

/** The digits, sorted by class, as the bytes they were before the package wrote them with three decimals. */
async function loadDigits(): Promise<Loaded> {
  const { loadMnistDigit } = await import("../../../engine/deps/mnist.ts");
  const classes = await Promise.all(CLASSES.map((_, digit) => loadMnistDigit(digit)));
  const pixels = sizeOf(SHAPE);
  const x = new Uint8Array(classes.reduce((sum, values) => sum + values.length, 0));
  const y = new Int32Array(x.length / pixels);
  let at = 0;
  for (const [digit, values] of classes.entries()) {
    y.fill(digit, at / pixels, (at + values.length) / pixels);
    for (const value of values) x[at++] = Math.round(value * 255);
  }
  return { train: { count: y.length, input: SHAPE, x, y }, classes: CLASSES };
}
