import type { Tensor, Tf } from "../../../engine/deps/tfjs_core.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { fc } from "../../deps.ts";
import { assertClose, noise, onStock } from "./stock.ts";

refuseLeaks(true);

const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** Runs `f` and its gradients in the room and on the stock backend, and compares. (tfjs has none for shared batches.) */
async function compare(
  inputs: readonly (readonly number[])[],
  f: (tf: Tf, given: Tensor[]) => Tensor,
  withGradients = true,
): Promise<void> {
  const all = (tf: Tf) => {
    const given = inputs.map((shape, i) => tf.tensor(noise(size(shape), i + 1), shape as number[]));
    const y = f(tf, given);
    if (!withGradients) return [y];
    const dy = tf.tensor(noise(y.size, 9), y.shape);
    return [y, ...tf.grads((...xs) => f(tf, xs))(given, dy)];
  };
  const ours = await withTensors(({ tf, values }) => {
    const tensors = tf.tidy(() => all(tf));
    const result = tensors.map(values);
    tf.dispose(tensors);
    return result;
  });
  const theirs = await onStock(all);
  theirs.forEach((values, i) => assertClose(ours[i]!, values, 1e-4, `result ${i}`));
}

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
