import assert from "node:assert/strict";
import {
  type Activation,
  type Norm,
  type Tensor,
  type Window,
  withTensors,
} from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { fc } from "../../deps.ts";
import { noise } from "./stock.ts";

refuseLeaks(true);

const product = (shape: readonly number[]) => shape.reduce((size, n) => size * n, 1);

const cases = fc.record({
  layer: fc.constantFrom("conv2d" as const, "depthwise2d" as const),
  images: fc.integer({ min: 0, max: 3 }),
  side: fc.integer({ min: 3, max: 13 }),
  channels: fc.constantFrom(1, 3, 4, 7, 8, 16, 20),
  out: fc.constantFrom(1, 2, 6, 8, 12, 16),
  size: fc.constantFrom(1, 3),
  stride: fc.constantFrom(1, 2),
  bias: fc.boolean(),
  activation: fc.constantFrom<Activation>("linear", "relu", "relu6", "gelu"),
});

Deno.test("a convolution normalised in one pass gives the bits of the two layers, and their gradients", async () => {
  await withTensors((room) =>
    fc.assert(
      fc.property(cases, (c) => {
        const { tf, nn, tensor } = room;
        const out = c.layer === "conv2d" ? c.out : Math.min(c.out, 2);
        const n = c.layer === "conv2d" ? out : c.channels * out;
        const xShape = [c.images, c.side, c.side, c.channels];
        const wShape = [c.size, c.size, c.channels, out];
        const line = (seed: number, at = 0) =>
          tensor(noise(n, seed).map((value) => value + at), [n]);
        const x = tensor(noise(product(xShape), 1), xShape);
        const w = tensor(noise(product(wShape), 2), wShape);
        const b = c.bias ? line(3) : null;
        const norm: Norm = {
          ...{ mean: line(4), variance: line(5, 1.5), gamma: line(6, 2), beta: line(7) },
          epsilon: 1e-3,
        };
        const window: Window = { strides: [c.stride, c.stride], padding: "same" };
        const once = () => nn[c.layer](x, w, b, window, c.activation, norm);
        const twice = () => {
          const { mean, variance, gamma, beta, epsilon } = norm;
          const z = nn[c.layer](x, w, b, window, "linear");
          return nn.batchNorm(z, mean, variance, gamma, beta, epsilon, c.activation);
        };
        tf.tidy(() => same(room.values(once()), room.values(twice())));
        const wanted = [x, w, norm.gamma, norm.beta];
        const gradients = (layer: () => Tensor) => {
          const made = room.valueAndGradients(() => tf.sum(layer()), wanted);
          const values = made.gradients.map((gradient) => room.values(gradient!));
          tf.dispose([made.value, ...made.gradients.map((gradient) => gradient!)]);
          return values;
        };
        const expected = gradients(twice);
        gradients(once).forEach((found, i) => same(found, expected[i]!));
        tf.dispose([x, w, norm.mean, norm.variance, norm.gamma, norm.beta]);
        b?.dispose();
      }),
      { numRuns: 150 },
    )
  );
});

/** The same bits: a negative zero is not a zero. */
function same(found: Float32Array, expected: Float32Array): void {
  assert.deepEqual(new Uint32Array(found.buffer), new Uint32Array(expected.buffer));
}

Deno.test("a normalisation of another width is refused with the numbers", async () => {
  await withTensors(({ tf, nn, tensor }) => {
    const four = tensor(new Float32Array(4), [4]);
    const norm = { mean: four, variance: four, gamma: four, beta: four, epsilon: 1 };
    const x = tensor(new Float32Array(5), [1, 1, 1, 5]);
    const w = tensor(new Float32Array(15), [1, 1, 5, 3]);
    const window = { strides: [1, 1], padding: "valid" } as const;
    assert.throws(
      () => nn.conv2d(x, w, null, window, "relu", norm),
      /Cannot normalise 3 channels with mean \[4\]: it must be \[3\]/,
    );
    tf.dispose([four, x, w]);
  });
});
