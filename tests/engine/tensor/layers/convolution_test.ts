/** The convolution layers beside stock tfjs, beside their own adjoints, and with a normalisation behind them. */
import assert from "node:assert/strict";
import { convolutionLayers } from "../../../../engine/tensor/layers/convolution.ts";
import { normLayers } from "../../../../engine/tensor/layers/norm.ts";
import {
  type Activation,
  type Norm,
  type Padding,
  type Tensor,
  type Window,
  withTensors,
} from "../../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { assertClose, noise, onStock } from "../support/stock.ts";
import { gradientsInRoom, RELU, size } from "./rectified_layers.ts";

refuseLeaks(true);
const { machine } = await roomEquipment();
const nn = { ...convolutionLayers(machine), ...normLayers(machine) };

const activations = fc.constantFrom<Activation>("linear", "relu", "relu6");

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
      const ours = await gradientsInRoom(
        ([x, w, b]) => nn.conv2d(x!, w!, b ?? null, { strides, padding, dilations }, activation),
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
      const ours = await gradientsInRoom(
        ([x, w, b]) =>
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
  await withTensors(({ tf, tensor }) => {
    const x = tensor(noise(4, 1), [1, 2, 2, 1]);
    const w = tensor(noise(9, 2), [3, 3, 1, 1]);
    assert.throws(
      () => nn.conv2d(x, w, null, { strides: [1, 1], padding: "valid" }, "linear"),
      /Cannot slide a window of 3 over 2 pixels/,
    );
    tf.dispose([x, w]);
  });
});

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

const strided = fc.record({
  images: fc.integer({ min: 1, max: 2 }),
  height: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 9 }),
  channels: fc.integer({ min: 1, max: 5 }),
  out: fc.integer({ min: 1, max: 9 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  dilations: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  depthwise: fc.boolean(),
});

Deno.test("gradients of convolutions are adjoints, also where strides and dilations meet", async () => {
  await withTensors(({ tf, tensor, values, valueAndGradients }) =>
    fc.assert(
      fc.property(strided, (s) => {
        const x = tensor(
          noise(s.images * s.height * s.width * s.channels, 1),
          [s.images, s.height, s.width, s.channels],
        );
        const shape = [...s.kernel, s.channels, s.depthwise ? s.out % 3 + 1 : s.out];
        const w = tensor(noise(size(shape), 2), shape);
        const window = { strides: s.strides, padding: "same", dilations: s.dilations } as const;
        const layer = (x: Tensor, w: Tensor) =>
          s.depthwise
            ? nn.depthwise2d(x, w, null, window, "linear")
            : nn.conv2d(x, w, null, window, "linear");
        const y = layer(x, w);
        const dy = tensor(noise(y.size, 3), y.shape);
        const { value, gradients } = valueAndGradients(
          () => tf.sum(tf.mul(layer(x, w), dy)),
          [x, w],
        );
        // A bilinear map: ⟨y(x, w), dy⟩ = ⟨x, dx⟩ = ⟨w, dw⟩.
        const expected = dot(values(y), values(dy));
        const found = [
          dot(values(x), values(gradients[0]!)),
          dot(values(w), values(gradients[1]!)),
        ];
        assertClose(found, [expected, expected], 1e-4, "inner product");
        tf.dispose([x, w, y, dy, value, ...gradients.map((gradient) => gradient!)]);
      }),
      { numRuns: 150 },
    )
  );
});

const normalizedCases = fc.record({
  layer: fc.constantFrom("conv2d" as const, "depthwise2d" as const),
  images: fc.integer({ min: 0, max: 3 }),
  side: fc.integer({ min: 3, max: 13 }),
  channels: fc.constantFrom(1, 3, 4, 7, 8, 16, 20),
  out: fc.constantFrom(1, 2, 6, 8, 12, 16),
  kernel: fc.constantFrom(1, 3),
  stride: fc.constantFrom(1, 2),
  bias: fc.boolean(),
  activation: fc.constantFrom<Activation>("linear", "relu", "relu6", "gelu"),
});

Deno.test("a convolution normalised in one pass gives the bits of the two layers, and their gradients", async () => {
  await withTensors((room) =>
    fc.assert(
      fc.property(normalizedCases, (c) => {
        const { tf, tensor } = room;
        const out = c.layer === "conv2d" ? c.out : Math.min(c.out, 2);
        const n = c.layer === "conv2d" ? out : c.channels * out;
        const xShape = [c.images, c.side, c.side, c.channels];
        const wShape = [c.kernel, c.kernel, c.channels, out];
        const line = (seed: number, at = 0) =>
          tensor(noise(n, seed).map((value) => value + at), [n]);
        const x = tensor(noise(size(xShape), 1), xShape);
        const w = tensor(noise(size(wShape), 2), wShape);
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
  await withTensors(({ tf, tensor }) => {
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

Deno.test("shapes that do not fit are refused with all of them, and what was expected", async () => {
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const window = { strides: [1, 1], padding: "same" } as const;
      const refused = (x: number[], w: number[], b?: number[]) => {
        const bias = b === undefined ? "" : ` and bias [${b}]`;
        const of = (shape: number[]) => tf.zeros(shape);
        assert.throws(() => nn.conv2d(of(x), of(w), b ? of(b) : null, window, "linear"), {
          message: `Cannot convolve x [${x}] with w [${w}]${bias}: ` +
            "expected [B, H, W, C], [kh, kw, C, O] and [O]",
        });
      };
      refused([2, 2, 3], [1, 1, 3, 4]);
      refused([1, 2, 2, 3], [1, 3, 4]);
      refused([1, 2, 2, 3], [1, 1, 2, 4]);
      refused([1, 2, 2, 3], [1, 1, 3, 4], [3]);
      refused([1, 2, 2, 3], [1, 1, 3, 4], [4, 1]);
      assert.throws(
        () =>
          nn.depthwise2d(
            tf.zeros([1, 2, 2, 3]),
            tf.zeros([1, 1, 3, 2]),
            tf.zeros([3]),
            window,
            "relu",
          ),
        {
          message: "Cannot convolve x [1,2,2,3] by channel with w [1,1,3,2] and bias [3]: " +
            "expected [B, H, W, C], [kh, kw, C, M] and [C·M]",
        },
      );
      nn.depthwise2d(tf.zeros([1, 2, 2, 3]), tf.zeros([1, 1, 3, 2]), tf.zeros([6]), window, "relu");
    });
  });
});

Deno.test("an activation that is no rectifier comes after the convolution and its bias", async () => {
  await withTensors(({ tf, tensor, values }) => {
    tf.tidy(() => {
      const x = tensor(Float32Array.of(1, -2), [1, 1, 2, 1]);
      const w = tensor(Float32Array.of(3), [1, 1, 1, 1]);
      const b = tensor(Float32Array.of(1), [1]);
      const window = { strides: [1, 1], padding: "valid" } as const;
      // 3x + 1: 4 and −5, of which leaky-relu leaves a fifth below 0.
      for (const layer of ["conv2d", "depthwise2d"] as const) {
        assert.deepEqual([...values(nn[layer](x, w, b, window, "leaky-relu"))], [4, -1]);
        assert.deepEqual([...values(nn[layer](x, w, null, window, "leaky-relu"))], [
          3,
          Math.fround(-1.2),
        ]);
      }
    });
  });
});
