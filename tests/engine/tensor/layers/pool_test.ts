import assert from "node:assert/strict";
import type { Tensor } from "../../../../engine/tensor/mod.ts";
import { poolLayers } from "../../../../engine/tensor/layers/pool.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { given, inRoom, inStock } from "../support/layer_under_test.ts";
import { assertClose } from "../support/stock.ts";

refuseLeaks(true);

const one = (max: number) => fc.integer({ min: 1, max });
const windows = fc.record({
  images: fc.integer({ min: 0, max: 3 }),
  height: one(9),
  width: one(9),
  channels: one(9),
  size: fc.tuple(one(3), one(3)),
  strides: fc.tuple(one(3), one(3)),
  padding: fc.constantFrom("same" as const, "valid" as const),
}).filter(({ padding, height, width, size }) =>
  padding === "same" || (height >= size[0] && width >= size[1])
);

for (const kind of ["maxPool", "averagePool"] as const) {
  Deno.test(`${kind} agrees with stock tfjs in value and gradient for any window`, async () => {
    await fc.assert(
      fc.asyncProperty(windows, async ({ images, height, width, channels, ...window }) => {
        const x = [given([images, height, width, channels], 1)];
        const ours = await inRoom(poolLayers, (nn, [x]) => nn[kind](x!, window.size, window), x);
        const { size, strides, padding } = window;
        const theirs = await inStock((tf, [x]) => {
          const image = x as never;
          return kind === "maxPool"
            ? tf.maxPool(image, size, strides, padding)
            : tf.avgPool(image, size, strides, padding);
        }, x);
        // tfjs's own average gradient divides by the whole window, also where it leaves the image.
        const sound = kind === "maxPool" || padding === "valid";
        assertClose(ours[0]!, theirs[0]!, 1e-6, "value");
        if (sound) assertClose(ours[1]!, theirs[1]!, 1e-6, "gradient");
      }),
      { numRuns: 60 },
    );
  });
}

Deno.test("averagePool's gradient is the transpose of its value", async () => {
  // Linear in x: ⟨A x, w⟩ = ⟨x, Aᵀ w⟩ for the weights w that the gradient was asked for.
  await fc.assert(
    fc.asyncProperty(windows, async ({ images, height, width, channels, ...window }) => {
      const x = given([images, height, width, channels], 1);
      const [y, dx] = await inRoom(
        poolLayers,
        (nn, [x]) => nn.averagePool(x!, window.size, window),
        [x],
      );
      const w = given([y!.length], 99).data;
      const left = y!.reduce((sum, value, i) => sum + value * w[i]!, 0);
      const right = dx!.reduce((sum, value, i) => sum + value * x.data[i]!, 0);
      assert.ok(Math.abs(left - right) < 1e-4 * (1 + Math.abs(left)), `${left} and ${right}`);
    }),
    { numRuns: 60 },
  );
});

Deno.test("of equal cells the first is the maximum and gets the gradient", async () => {
  const x = { data: new Float32Array([3, 3, 3, 3]), shape: [1, 2, 2, 1] };
  const window = { strides: [2, 2], padding: "valid" } as const;
  const [y, dx] = await inRoom(poolLayers, (nn, [x]) => nn.maxPool(x!, [2, 2], window), [x]);
  assert.deepEqual([...y!], [3]);
  assert.deepEqual([...dx!.map(Math.sign)], [Math.sign(given([1], 99).data[0]!), 0, 0, 0]);
});

Deno.test("explicit padding, dilation, infinities and NaN in pooling by hand", async () => {
  const x = { data: new Float32Array([1, NaN, -Infinity, 4, 5, 6, 7, 8, 9]), shape: [1, 3, 3, 1] };
  const window = {
    strides: [1, 1],
    padding: [[1, 0], [0, 1]],
    dilations: [2, 2],
  } as const;
  const value = async (
    layer: "maxPool" | "averagePool",
  ) => [...(await inRoom(poolLayers, (nn, [x]) => nn[layer](x!, [2, 2], window), [x]))[0]!];
  // Rows −1 and 1, then 0 and 2; columns 0 and 2, then 1 and 3 (outside).
  assert.deepEqual(await value("maxPool"), [6, 5, 9, 8]);
  assert.deepEqual(await value("averagePool"), [5, 5, -Infinity, NaN]);
});

Deno.test("globalAveragePool agrees with stock tfjs in value and gradient", async () => {
  const shapes = fc.tuple(fc.integer({ min: 0, max: 3 }), one(12), one(12), one(20));
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const x = [given(shape, 1)];
      const ours = await inRoom(poolLayers, (nn, [x]) => nn.globalAveragePool(x!), x);
      const theirs = await inStock((tf, [x]: Tensor[]) => tf.mean(x!, [1, 2]), x);
      assertClose(ours[0]!, theirs[0]!, 1e-6, "value");
      assertClose(ours[1]!, theirs[1]!, 1e-6, "gradient");
    }),
    { numRuns: 40 },
  );
});

Deno.test("only images are averaged over all their pixels", async () => {
  await assert.rejects(
    () => inRoom(poolLayers, (nn, [x]) => nn.globalAveragePool(x!), [given([2, 3], 1)]),
    { message: "Cannot pool shape [2,3]: it must be [B, H, W, C]" },
  );
});
