import assert from "node:assert/strict";
import type { Activation, Padding } from "../../../engine/tensor/mod.ts";
import { type Tensor, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { fc } from "../../deps.ts";
import { assertClose, noise, onStock } from "./stock.ts";

refuseLeaks(true);

const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** Output and gradients of Σ y · dy of one layer in the room. */
const inRoom = (
  layer: (nn: Parameters<Parameters<typeof withTensors>[0]>[0]["nn"], inputs: Tensor[]) => Tensor,
  inputs: readonly (readonly number[])[],
  dy: (shape: number[]) => Float32Array,
): Promise<Float32Array[]> =>
  withTensors(({ tf, nn, tensor, values, valueAndGradients }) => {
    const given = inputs.map((shape, i) => tensor(noise(size(shape), i + 1), shape));
    const y = layer(nn, given);
    const weight = tensor(dy(y.shape), y.shape);
    const { value, gradients } = valueAndGradients(
      () => tf.sum(tf.mul(layer(nn, given), weight)),
      given,
    );
    const all = [values(y), ...gradients.map((gradient) => values(gradient!))];
    tf.dispose([...given, y, weight, value, ...gradients.map((gradient) => gradient!)]);
    return all;
  });

const RELU: Record<
  string,
  (t: Tensor, tf: { relu(t: Tensor): Tensor; relu6(t: Tensor): Tensor }) => Tensor
> = {
  linear: (t) => t,
  relu: (t, tf) => tf.relu(t),
  relu6: (t, tf) => tf.relu6(t),
};

const activations = fc.constantFrom<Activation>("linear", "relu", "relu6");

Deno.test("dense agrees with stock tfjs in value and gradients for any shape", async () => {
  const shapes = fc.record({
    rows: fc.integer({ min: 0, max: 20 }),
    inner: fc.integer({ min: 1, max: 900 }),
    columns: fc.integer({ min: 1, max: 40 }),
    activation: activations,
    bias: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ rows, inner, columns, activation, bias }) => {
      const inputs = [[rows, inner], [inner, columns], ...(bias ? [[columns]] : [])];
      const dy = (shape: number[]) => noise(size(shape), 9);
      const ours = await inRoom(
        (nn, [x, w, b]) => nn.dense(x!, w!, b ?? null, activation),
        inputs,
        dy,
      );
      const theirs = await onStock((tf) => {
        const given = inputs.map((shape, i) => tf.tensor(noise(size(shape), i + 1), shape));
        const f = (x: Tensor, w: Tensor, b?: Tensor) => {
          const z = tf.matMul(x, w);
          return RELU[activation]!(b ? tf.add(z, b) : z, tf);
        };
        const y = f(given[0]!, given[1]!, given[2]);
        const gradients = tf.grads((...all) => f(all[0]!, all[1]!, all[2]))(
          given,
          tf.tensor(dy(y.shape), y.shape),
        );
        return [y, ...gradients];
      });
      ours.forEach((values, i) => assertClose(values, theirs[i]!, 2e-4, `output ${i}`));
    }),
    { numRuns: 40 },
  );
});

/** Windows that fit their image. */
const windows = fc.record({
  images: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 1, max: 11 }),
  width: fc.integer({ min: 1, max: 11 }),
  channels: fc.integer({ min: 1, max: 9 }),
  out: fc.integer({ min: 1, max: 19 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  dilated: fc.integer({ min: 1, max: 2 }),
  padding: fc.oneof(
    fc.constantFrom<Padding>("same", "valid"),
    fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }).map((
      [a, b, c, d],
    ): Padding => [[a!, b!], [c!, d!]]),
  ),
  activation: activations,
  bias: fc.boolean(),
}).filter(({ height, width, kernel, dilated, padding }) => {
  const [[top, bottom], [left, right]] = typeof padding === "string" ? [[0, 0], [0, 0]] : padding;
  const need = (k: number) => (k - 1) * dilated + 1;
  return padding === "same" ||
    (height + top + bottom >= need(kernel[0]) && width + left + right >= need(kernel[1]));
});

/** tfjs refuses strides together with dilations; then only one of them is more than 1. */
const tame = <T extends { strides: [number, number]; dilated: number }>(w: T): T =>
  w.dilated > 1 ? { ...w, strides: [1, 1] } : w;

Deno.test("conv2d agrees with stock tfjs in value and gradients for any window", async () => {
  await fc.assert(
    fc.asyncProperty(windows.map(tame), async (s) => {
      const { strides, padding, activation, bias } = s;
      const inputs = [
        [s.images, s.height, s.width, s.channels],
        [...s.kernel, s.channels, s.out],
        ...(bias ? [[s.out]] : []),
      ];
      const dilations: [number, number] = [s.dilated, s.dilated];
      const dy = (shape: number[]) => noise(size(shape), 9);
      const ours = await inRoom(
        (nn, [x, w, b]) =>
          nn.conv2d(x!, w!, b ?? null, { strides, padding, dilations }, activation),
        inputs,
        dy,
      );
      const theirs = await onStock((tf) => {
        const given = inputs.map((shape, i) => tf.tensor(noise(size(shape), i + 1), shape));
        const f = (x: Tensor, w: Tensor, b?: Tensor) => {
          const [[top, bottom], [left, right]] = typeof padding === "string"
            ? [[0, 0], [0, 0]]
            : padding;
          const padded = tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]]);
          const rule = typeof padding === "string" ? padding : "valid";
          const z = tf.conv2d(padded as never, w as never, strides, rule, "NHWC", dilations);
          return RELU[activation]!(b ? tf.add(z, b) : z, tf);
        };
        const y = f(given[0]!, given[1]!, given[2]);
        if (s.dilated > 1) return [y];
        const gradients = tf.grads((...all) => f(all[0]!, all[1]!, all[2]))(
          given,
          tf.tensor(dy(y.shape), y.shape),
        );
        return [y, ...gradients];
      });
      theirs.forEach((values, i) => assertClose(ours[i]!, values, 1e-4, `output ${i}`));
    }),
    { numRuns: 120 },
  );
});

Deno.test("depthwise2d agrees with stock tfjs in value and gradients for any window", async () => {
  await fc.assert(
    fc.asyncProperty(windows.map(tame), fc.integer({ min: 1, max: 3 }), async (s, m) => {
      const { strides, padding, activation, bias } = s;
      if (typeof padding !== "string") return;
      // tfjs wants equal strides here.
      const stride: [number, number] = [strides[0], strides[0]];
      const inputs = [
        [s.images, s.height, s.width, s.channels],
        [...s.kernel, s.channels, m],
        ...(bias ? [[s.channels * m]] : []),
      ];
      const dilations: [number, number] = [s.dilated, s.dilated];
      const dy = (shape: number[]) => noise(size(shape), 9);
      const ours = await inRoom(
        (nn, [x, w, b]) =>
          nn.depthwise2d(
            x!,
            w!,
            b ?? null,
            { strides: stride, padding, dilations },
            activation,
          ),
        inputs,
        dy,
      );
      const theirs = await onStock((tf) => {
        const given = inputs.map((shape, i) => tf.tensor(noise(size(shape), i + 1), shape));
        const f = (x: Tensor, w: Tensor, b?: Tensor) => {
          const z = tf.depthwiseConv2d(
            x as never,
            w as never,
            stride,
            padding as "same" | "valid",
            "NHWC",
            dilations,
          );
          return RELU[activation]!(b ? tf.add(z, b) : z, tf);
        };
        const y = f(given[0]!, given[1]!, given[2]);
        if (s.dilated > 1) return [y];
        const gradients = tf.grads((...all) => f(all[0]!, all[1]!, all[2]))(
          given,
          tf.tensor(dy(y.shape), y.shape),
        );
        return [y, ...gradients];
      });
      theirs.forEach((values, i) => assertClose(ours[i]!, values, 1e-4, `output ${i}`));
    }),
    { numRuns: 120 },
  );
});

Deno.test("a window larger than its image is refused with the numbers", async () => {
  await withTensors(({ nn, tf, tensor }) => {
    const x = tensor(noise(4, 1), [1, 2, 2, 1]);
    const w = tensor(noise(9, 2), [3, 3, 1, 1]);
    assert.throws(
      () => nn.conv2d(x, w, null, { strides: [1, 1], padding: "valid" }, "linear"),
      /Cannot slide a window of 3 over 2 pixels/,
    );
    tf.dispose([x, w]);
  });
});
