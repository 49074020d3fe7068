/** Ten thousand handwritten digits: the data set a recipe has without any file. */
import type { Loaded } from "./samples.ts";

/** Shape of one digit: height, width, grey. */
export const DIGIT_SHAPE: readonly number[] = [28, 28, 1];

/** How many there are. */
export const DIGIT_COUNT = 10_000;

/** Class names. */
export const DIGIT_CLASSES = Array.from({ length: 10 }, (_, digit) => `${digit}`);

/** The digits, sorted by class, as the bytes they were before the package wrote them with three decimals. */
export async function loadDigits(): Promise<Loaded> {
  const { loadMnistDigit } = await import("../../engine/deps/mnist.ts");
  const classes = await Promise.all(DIGIT_CLASSES.map((_, digit) => loadMnistDigit(digit)));
  const pixels = DIGIT_SHAPE.reduce((product, extent) => product * extent, 1);
  const x = new Uint8Array(classes.reduce((sum, values) => sum + values.length, 0));
  const y = new Int32Array(x.length / pixels);
  let at = 0;
  for (const [digit, values] of classes.entries()) {
    y.fill(digit, at / pixels, (at + values.length) / pixels);
    for (const value of values) x[at++] = Math.round(value * 255);
  }
  return { train: { count: y.length, input: DIGIT_SHAPE, x, y }, classes: DIGIT_CLASSES };
}
