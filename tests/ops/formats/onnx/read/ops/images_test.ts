import assert from "node:assert/strict";
import { geometry, imageOf, seenAs } from "../../../../../../ops/formats/onnx/read/ops/images.ts";
import { graphModel } from "../one_graph.ts";

/** Strides, dilations and padding by attributes, of an image of 7 by 8. */
function windowOf(
  attributes: Readonly<Record<string, unknown>>,
  size: readonly [number, number],
  options?: Parameters<typeof geometry>[3],
) {
  const reading = {
    ints: (name: string) => attributes[name],
    text: (name: string, otherwise: string) => attributes[name] ?? otherwise,
    wrong: (what: string) => new Error(what),
  } as never;
  return geometry(reading, { layer: "x", shape: [7, 8, 1], axes: 2 }, size, options).padding;
}

Deno.test("zeros around an image are named where they are those of `same`", () => {
  assert.equal(windowOf({}, [3, 3]), "valid");
  assert.equal(windowOf({ pads: [1, 1, 1, 1] }, [3, 3]), "same");
  assert.deepEqual(windowOf({ pads: [1, 1, 1, 1] }, [3, 3], { numbers: true }), [[1, 1], [1, 1]]);
  // With strides of 2 the 8 columns have theirs behind: ⌈8 / 2⌉ windows of 3 reach over 9.
  assert.deepEqual(windowOf({ pads: [1, 1, 1, 1], strides: [2, 2] }, [3, 3]), [[1, 1], [1, 1]]);
  assert.equal(windowOf({ pads: [1, 0, 1, 1], strides: [2, 2] }, [3, 3]), "same");
  assert.throws(() => windowOf({ pads: [-1, 0, 0, 0] }, [3, 3]), /below 0/);
});

Deno.test("`auto_pad` becomes same, valid, or the numbers of its padding", () => {
  assert.equal(windowOf({ ["auto_pad"]: "SAME_UPPER" }, [2, 2]), "same");
  assert.deepEqual(windowOf({ ["auto_pad"]: "SAME_LOWER" }, [2, 2]), [[1, 0], [1, 0]]);
  assert.deepEqual(windowOf({ ["auto_pad"]: "SAME_UPPER" }, [2, 2], { numbers: true }), [[0, 1], [
    0,
    1,
  ]]);
  assert.equal(windowOf({ ["auto_pad"]: "VALID", pads: [1, 1, 1, 1] }, [3, 3]), "valid");
});

Deno.test("a last window reaches out only where it begins inside", () => {
  // Rows: ⌈(7 − 2) / 2⌉ + 1 = 4 windows of 2 reach over 8; columns end with the image.
  assert.deepEqual(windowOf({ strides: [2, 2] }, [2, 2], { ceil: true, numbers: true }), [[0, 1], [
    0,
    0,
  ]]);
  // ⌈(7 − 1) / 4⌉ + 1 = 3 windows would begin at 0, 4 and 8: the third is left out.
  assert.equal(windowOf({ strides: [4, 4] }, [1, 1], { ceil: true }), "valid");
});

Deno.test("what is no image is a sentence", () => {
  assert.throws(
    () =>
      graphModel(
        [4],
        (g, x) =>
          g.node("n", "GlobalAveragePool", [
            g.node("m", "MaxPool", [x], { ["kernel_shape"]: { ints: [2] } }),
          ]),
      ),
    /it reads a value of shape batch×4; images and sequences can be read/,
  );
  assert.deepEqual([imageOf.length, seenAs.length], [2, 3]);
});
