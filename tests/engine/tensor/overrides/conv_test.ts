/** Convolutions as tfjs calls them, beside stock tfjs. */
import { convOverrides } from "../../../../engine/tensor/overrides/conv.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { assertRegistered, compare } from "../compare.ts";

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
