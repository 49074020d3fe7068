import assert from "node:assert/strict";
import { type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { resizeOverrides } from "../../../../engine/tensor/overrides/resize.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { agree, assertRegistered, compare } from "../support/compare.ts";
import { assertClose, noise } from "../support/stock.ts";

refuseLeaks(true);

const some = fc.integer({ min: 1, max: 9 });
const cases = fc.record({
  ...{ height: some, width: some, channels: some, toHeight: some, toWidth: some },
  centers: fc.constantFrom("none" as const, "corners" as const, "halves" as const),
  batch: fc.integer({ min: 1, max: 3 }),
});

Deno.test("resizing to the nearest pixel agrees with stock tfjs", async () => {
  await fc.assert(
    fc.asyncProperty(
      cases,
      ({ batch, height, width, channels, toHeight, toWidth, centers }) =>
        compare([[batch, height, width, channels]], (tf, [x]) =>
          tf.image.resizeNearestNeighbor(
            x as never,
            [toHeight, toWidth],
            centers === "corners",
            centers === "halves",
          ), false),
    ),
    { numRuns: 60 },
  );
});

// Stock's gradient is right for one image and pixels that are not centred, and does not end where corners of one
// pixel are aligned; the rest is held by the test below.
Deno.test("the gradient of resizing one image agrees with stock tfjs", async () => {
  await fc.assert(
    fc.asyncProperty(
      cases.filter(({ height, width }) => height > 1 && width > 1),
      ({ height, width, channels, toHeight, toWidth, centers }) =>
        compare(
          [[1, height, width, channels]],
          (tf, [x]) =>
            tf.image.resizeNearestNeighbor(x as never, [toHeight, toWidth], centers === "corners"),
        ),
    ),
    { numRuns: 60 },
  );
});

Deno.test("the gradient of resizing is its adjoint, the same bits for any number of threads", async () => {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
  await fc.assert(
    fc.asyncProperty(cases, async (s) => {
      const run = (threads: number) =>
        withTensors(({ tf, tensor, values }) => {
          const resize = (x: Tensor): Tensor =>
            tf.image.resizeNearestNeighbor(
              x as never,
              [s.toHeight, s.toWidth],
              s.centers === "corners",
              s.centers === "halves",
            );
          const count = s.batch * s.height * s.width * s.channels;
          return tf.tidy(() => {
            const x = tensor(noise(count, 1), [s.batch, s.height, s.width, s.channels]);
            const y = resize(x);
            const dy = tensor(noise(y.size, 2), y.shape);
            return [x, y, dy, tf.grad(resize)(x, dy)].map(values);
          });
        }, { threads });
      const [x, y, dy, dx] = await run(1);
      assertClose([dot(x!, dx!)], [dot(y!, dy!)], 1e-5, "inner product");
      assert.deepEqual((await run(3))[3], dx);
    }),
    { numRuns: 40 },
  );
});

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(resizeOverrides, ["ResizeNearestNeighbor", "ResizeNearestNeighborGrad"]);
});

Deno.test("integers are resized by tfjs, and the nearest of two pixels is by hand", async () => {
  await agree((tf) => [
    tf.image.resizeNearestNeighbor(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1], "int32"), [4, 4]),
  ], 0);
  await withTensors(({ tf, values }) => {
    tf.tidy(() => {
      const x = tf.tensor3d([10, 20, 30], [1, 3, 1]);
      const row = (to: number, corners = false, halves = false) => [
        ...values(tf.image.resizeNearestNeighbor(x, [1, to], corners, halves)),
      ];
      // Pixel i of 5 takes ⌊0.6 i⌋, or ⌊0.6 (i + ½)⌋, or round(0.5 i) where the corners meet.
      assert.deepEqual(row(5), [10, 10, 20, 20, 30]);
      assert.deepEqual(row(5, false, true), [10, 10, 20, 30, 30]);
      assert.deepEqual(row(5, true), [10, 20, 20, 30, 30]);
      assert.deepEqual(row(1, true), [10]);
    });
  });
});
