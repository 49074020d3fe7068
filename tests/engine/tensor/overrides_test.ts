import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { fc } from "../../deps.ts";
import { compare } from "./compare.ts";
import { assertClose, noise, onStock } from "./stock.ts";

refuseLeaks(true);

const small = fc.integer({ min: 0, max: 13 });
const some = fc.integer({ min: 1, max: 13 });

Deno.test("matMul agrees with stock tfjs for all transposes and batches", async () => {
  const cases = fc.record({
    ...{ rows: small, inner: some, columns: some, batch: fc.integer({ min: 1, max: 3 }) },
    ...{ a: fc.boolean(), b: fc.boolean(), shared: fc.boolean() },
  });
  await fc.assert(
    fc.asyncProperty(cases, ({ rows, inner, columns, batch, a, b, shared }) =>
      compare([
        [batch, ...(a ? [inner, rows] : [rows, inner])],
        [shared ? 1 : batch, ...(b ? [columns, inner] : [inner, columns])],
      ], (tf, [x, y]) =>
        tf.matMul(x!, y!, a, b), !shared)),
    { numRuns: 60 },
  );
});

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

Deno.test("fused products apply bias and rectifier", async () => {
  const ours = await withTensors(({ tf, values }) => {
    const y = tf.tidy(() =>
      tf.fused.matMul({
        a: tf.tensor(noise(6, 1), [2, 3]),
        b: tf.tensor(noise(12, 2), [3, 4]),
        bias: tf.tensor(noise(4, 3), [4]),
        activation: "relu",
      })
    );
    const result = values(y);
    y.dispose();
    return result;
  });
  const [theirs] = await onStock((tf) => [
    tf.relu(
      tf.add(
        tf.matMul(tf.tensor(noise(6, 1), [2, 3]), tf.tensor(noise(12, 2), [3, 4])),
        tf.tensor(noise(4, 3), [4]),
      ),
    ),
  ]);
  assertClose(ours, theirs!, 1e-6, "fused");
});
