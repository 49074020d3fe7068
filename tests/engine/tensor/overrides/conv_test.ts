/** Convolutions as tfjs calls them, beside stock tfjs. */
import { convOverrides } from "../../../../engine/tensor/overrides/conv.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import type { Tensor, Tf } from "../../../../engine/deps/tfjs_core.ts";
import { agree, assertRegistered, compare } from "../support/compare.ts";
import { noise } from "../support/stock.ts";

refuseLeaks(true);

const some = fc.integer({ min: 1, max: 13 });

const images = fc.record({
  ...{ batch: fc.integer({ min: 1, max: 2 }), height: some, width: some, channels: some },
  kernel: fc.integer({ min: 1, max: 3 }),
  out: some,
  stride: fc.integer({ min: 1, max: 3 }),
});

Deno.test("conv2d and its gradients, as tfjs calls them, agree with stock tfjs", async () => {
  await fc.assert(
    fc.asyncProperty(images, (s) =>
      compare([
        [s.batch, s.height, s.width, s.channels],
        [s.kernel, s.kernel, s.channels, s.out],
      ], (tf, [x, w]) => tf.conv2d(x as never, w as never, s.stride, "same"))),
    { numRuns: 40 },
  );
});

Deno.test("depthwiseConv2d and its gradients agree with stock tfjs", async () => {
  await fc.assert(
    fc.asyncProperty(images, (s) =>
      compare([
        [s.batch, s.height, s.width, s.channels],
        [s.kernel, s.kernel, s.channels, s.out % 3 + 1],
      ], (tf, [x, w]) => tf.depthwiseConv2d(x as never, w as never, s.stride, "same"))),
    { numRuns: 40 },
  );
});

Deno.test("conv2dTranspose and its gradients agree with stock tfjs, for both paddings", async () => {
  const cases = fc.record({
    ...{ batch: fc.integer({ min: 1, max: 2 }), channels: some, out: some },
    ...{ height: fc.integer({ min: 1, max: 6 }), width: fc.integer({ min: 1, max: 6 }) },
    kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    pad: fc.constantFrom("same" as const, "valid" as const),
    // Where the stride does not divide the output's size, several sizes belong to one input.
    rest: fc.tuple(fc.nat(2), fc.nat(2)),
  });
  await fc.assert(
    fc.asyncProperty(
      cases,
      ({ batch, channels, out, height, width, kernel, strides, pad, rest }) => {
        const length = (n: number, axis: 0 | 1) => {
          const [span, stride, less] = [kernel[axis], strides[axis], rest[axis] % strides[axis]];
          return pad === "same" ? n * stride - less : (n - 1) * stride + span + less;
        };
        const size = [batch, length(height, 0), length(width, 1), out] as [
          number,
          number,
          number,
          number,
        ];
        return compare([
          [batch, height, width, channels],
          [...kernel, out, channels],
        ], (tf, [x, w]) => tf.conv2dTranspose(x as never, w as never, size, strides, pad));
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(convOverrides, [
    "Conv2D",
    "FusedConv2D",
    "Conv2DBackpropInput",
    "Conv2DBackpropFilter",
    "DepthwiseConv2dNative",
    "FusedDepthwiseConv2D",
    "DepthwiseConv2dNativeBackpropInput",
    "DepthwiseConv2dNativeBackpropFilter",
  ]);
});

Deno.test("images in NCHW, and paddings by number, have the values and gradients of stock tfjs", async () => {
  const call = (tf: Tf, [x, w]: Tensor[]) => tf.conv2d(x as never, w as never, 1, "same", "NCHW");
  await compare([[2, 3, 5, 4], [3, 3, 3, 2]], call, false);
  await compare(
    [[1, 5, 6, 3], [3, 3, 3, 2]],
    (tf, [x, w]) => tf.conv2d(x as never, w as never, 2, 1, "NHWC", 1, "floor"),
  );
  await compare(
    [[1, 7, 6, 3], [2, 2, 3, 2]],
    (tf, [x, w]) => tf.conv2d(x as never, w as never, 1, "valid", "NHWC", [2, 3]),
    false,
  );
  await agree((tf) => {
    const x = tf.tensor(noise(60, 1), [1, 3, 5, 4]);
    const filter = tf.tensor(noise(54, 2), [3, 3, 3, 2]) as never;
    const common = { x, filter, strides: 1, pad: "same", dataFormat: "NCHW" } as const;
    return [
      tf.fused.conv2d({ ...common, bias: tf.tensor1d([1, 2]) } as never),
      tf.fused.conv2d(common as never),
    ];
  }, 1e-6);
});

Deno.test("a fused depthwise convolution takes a bias for each of its outputs", async () => {
  await agree((tf) => {
    const x = tf.tensor(noise(60, 1), [1, 4, 5, 3]);
    const filter = tf.tensor(noise(54, 2), [3, 3, 3, 2]) as never;
    const common = { x, filter, strides: 1, pad: "same" } as const;
    return (["linear", "relu", "elu"] as const).flatMap((activation) => [
      tf.fused.depthwiseConv2d({ ...common, bias: tf.tensor1d(noise(6, 3)), activation } as never),
      tf.fused.depthwiseConv2d({ ...common, activation } as never),
    ]);
  }, 1e-6);
});
