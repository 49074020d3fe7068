import { type Tensor, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { fc } from "../../deps.ts";
import { assertClose, noise } from "./stock.ts";

refuseLeaks(true);

const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

const windows = fc.record({
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
  await withTensors(({ tf, nn, tensor, values, valueAndGradients }) =>
    fc.assert(
      fc.property(windows, (s) => {
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
