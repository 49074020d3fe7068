import assert from "node:assert/strict";
import { fakeQuantizeLayers } from "../../../../engine/tensor/layers/fake_quantize.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { fc } from "../../../deps.ts";
import { noise } from "../support/stock.ts";

refuseLeaks(true);
const nn = fakeQuantizeLayers((await roomEquipment()).machine);

/** Simulated quantization of x with one scale and zero point, or one for each of the last places. */
const quantize = (x: number[], scales: number[], zeros: number[], low: number, high: number) =>
  withTensors(({ tf, tensor, values, valueAndGradients }) => {
    const rows = [x.length / scales.length, scales.length];
    const given = tensor(Float32Array.from(x), rows);
    const scale = tensor(Float32Array.from(scales), [scales.length]);
    const zero = tensor(Float32Array.from(zeros), [zeros.length]);
    const dy = tensor(noise(x.length, 5), rows);
    const y = nn.fakeQuantize(given, scale, zero, low, high);
    const { value, gradients } = valueAndGradients(
      () => tf.sum(tf.mul(nn.fakeQuantize(given, scale, zero, low, high), dy)),
      [given],
    );
    const result = { y: [...values(y)], dx: [...values(gradients[0]!)] };
    tf.dispose([given, scale, zero, dy, y, value, gradients[0]!]);
    return result;
  });

Deno.test("values land on the grid, half-way ones on its even points, and are clamped", async () => {
  const { y, dx } = await quantize([-9, -0.75, -0.25, 0.25, 0.75, 1.25, 0.3, 9], [0.5], [1], 0, 3);
  // Codes before clamping: −17, −1 (−1.5 → −2, + 1), 1 (−0.5 → 0), 1 (0.5 → 0), 3 (1.5 → 2), 3 (2.5 → 2), 2, 19.
  assert.deepEqual(y, [-0.5, -0.5, 0, 0, 1, 1, 0.5, 1]);
  const through = [0, 0, 1, 1, 1, 1, 1, 0];
  const dy = noise(8, 5);
  assert.deepEqual(dx, through.map((kept, i) => kept * dy[i]! || 0));
});

Deno.test("each channel has its own grid, whatever their number", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 13 }),
      fc.integer({ min: 0, max: 9 }),
      async (c, n) => {
        const x = [...noise(n * c, 1)].map((v) => v * 4);
        const scales = [...noise(c, 2)].map((v) => Math.fround(Math.abs(v) / 20 + 0.01));
        const zeros = [...noise(c, 3)].map((v) => Math.round(v * 50));
        const { y, dx } = await quantize(x, scales, zeros, -128, 127);
        const dy = noise(n * c, 5);
        for (let i = 0; i < n * c; i++) {
          const [scale, zero] = [scales[i % c]!, zeros[i % c]!];
          const code = roundHalfEven(Math.fround(Math.fround(x[i]!) / scale)) + zero;
          const kept = Math.min(Math.max(code, -128), 127);
          assert.equal(y[i], Math.fround((kept - zero) * scale) || 0);
          assert.equal(dx[i], kept === code ? dy[i]! : 0);
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("scales that do not fit the last axes are refused", async () => {
  await assert.rejects(() => quantize([1, 2, 3], [1], [0, 0], 0, 3), {
    message:
      "Cannot quantize [3,1] by scales [1] and zero points [2]: they must be of one length, " +
      "1 or that of the last axes",
  });
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      for (const [x, scales] of [[[3, 2], [4]], [[3, 2], [0]]] as const) {
        assert.throws(
          () =>
            nn.fakeQuantize(tf.zeros([...x]), tf.zeros([...scales]), tf.zeros([...scales]), 0, 3),
          {
            message: `Cannot quantize [3,2] by scales [${scales}] and zero points [${scales}]: ` +
              "they must be of one length, 1 or that of the last axes",
          },
        );
      }
      nn.fakeQuantize(tf.zeros([3, 2]), tf.ones([6]), tf.zeros([6]), 0, 3);
    });
  });
});

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const off = x - floor;
  if (off !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
