/** Operators that no layer computes, as they lie in files of others. */
import assert from "node:assert/strict";
import { READERS } from "../../../../ops/formats/tflite/readers.ts";
import { borders, floats, type One, readOne, whole } from "./support/one_graph.ts";

const image = [4, 6, 2];

/** What is wrong → the operator and the graph around it. */
const refusals: Readonly<Record<string, readonly [keyof typeof READERS, One]>> = {
  "its kernel is 2×3×1×4, and it reads 2 channels": ["DEPTHWISE_CONV_2D", {
    ...{ shape: image, output: [2, 6, 4], options: { padding: 1, strideX: 1, strideY: 1 } },
    constants: (g) => [floats(g, 2, 3, 1, 4)],
  }],
  "its kernel is 1×3×1×3, and it reads 2 channels": ["DEPTHWISE_CONV_2D", {
    ...{ shape: image, output: [2, 6, 3], options: { padding: 1, strideX: 1, strideY: 1 } },
    constants: (g) => [floats(g, 1, 3, 1, 3)],
  }],
  "its padding 2 is unknown": ["MAX_POOL_2D", {
    ...{ shape: image, output: [4, 6, 2] },
    options: { padding: 2, strideX: 1, strideY: 1, width: 1, height: 1 },
  }],
  "it adds borders to more than height and width": ["PAD", {
    ...{ shape: image, output: [4, 6, 3] },
    constants: (g) => [borders(g, [0, 0], [0, 0], [0, 0], [1, 0])],
  }],
  "it moves the batch": ["TRANSPOSE", {
    ...{ shape: [2, 3], output: [2, 3], constants: (g) => [whole(g, 1, 0, 2)] },
  }],
  "it cuts more than an image": ["SLICE", {
    ...{ shape: [4, 2], output: [2, 2] },
    constants: (g) => [whole(g, 0, 0, 0), whole(g, -1, 2, 2)],
  }],
  "it cuts channels and borders at once": ["SLICE", {
    ...{ shape: [4, 4, 2], output: [2, 4, 1] },
    constants: (g) => [whole(g, 0, 0, 0, 0), whole(g, -1, 2, 4, 1)],
  }],
  "its beta is 2, not 1": ["SOFTMAX", { shape: [3], output: [3], options: { beta: 2 } }],
  "its beta is 0, not 1": ["SOFTMAX", { shape: [3], output: [3] }],
  "its slopes are not one for each channel": ["PRELU", {
    ...{ shape: [4, 2], output: [4, 2], constants: (g) => [floats(g, 4, 2)] },
  }],
  "its pixels lie otherwise than by half-pixel centres": ["RESIZE_BILINEAR", {
    ...{ shape: [2, 3, 1], output: [4, 6, 1], constants: (g) => [whole(g, 4, 6)] },
    options: { alignCorners: false, halfPixel: false },
  }],
  "it reverses another axis than the rows": ["REVERSE_V2", {
    ...{ shape: [4, 2], output: [4, 2], constants: (g) => [whole(g, 2)] },
  }],
  "4×2 cannot become 7": ["RESHAPE", { shape: [4, 2], output: [7] }],
  "what it looks up is no table": ["GATHER", {
    ...{ shape: [3], output: [3], place: 1, constants: (g) => [floats(g, 5)] },
  }],
};

for (const [why, [op, one]] of Object.entries(refusals)) {
  Deno.test(`what has no layer is refused: ${why} (${op})`, () => {
    assert.ok(op in READERS);
    assert.throws(() => readOne(op, one), { message: `Cannot read "y" (${op}): ${why}` });
  });
}

Deno.test("aligned corners are refused whatever the factors", () => {
  for (const op of ["RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"] as const) {
    assert.throws(() =>
      readOne(op, {
        ...{ shape: [2, 3, 1], output: [4, 6, 1], constants: (g) => [whole(g, 4, 6)] },
        options: { alignCorners: true, halfPixel: true },
      }), /half-pixel centres/);
  }
});
