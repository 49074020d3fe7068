/** Convolutions on addresses against their definition in double precision, and the taps of a stride's phases. */
import assert from "node:assert/strict";
import {
  convolve,
  convolveBack,
  convolveFilter,
  phaseTaps,
} from "../../../../engine/tensor/products/convolution.ts";
import {
  depthwise,
  depthwiseBack,
  depthwiseFilter,
} from "../../../../engine/tensor/products/depthwise.ts";
import { type Geometry, windowGeometry } from "../../../../engine/tensor/products/geometry.ts";
import { biased } from "../../../../engine/tensor/products/matrix.ts";
import { fc } from "../../../deps.ts";
import { assertClose, noise } from "../stock.ts";
import { computed, machine } from "./addresses.ts";

const windows = fc.record({
  shape: fc.tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 1, max: 5 }),
  ),
  size: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  m: fc.integer({ min: 1, max: 9 }),
});

/** Calls `visit` with the places in x [B, H, W, C] and y [B, H', W', ·] that a tap of a channel joins. */
function eachTap(
  g: Geometry,
  visit: (place: { x: number; pixel: number; tap: number; c: number }) => void,
): void {
  for (let b = 0; b < g.images; b++) {
    for (let y = 0; y < g.outHeight; y++) {
      for (let x = 0; x < g.outWidth; x++) {
        const pixel = (b * g.outHeight + y) * g.outWidth + x;
        for (let tap = 0; tap < g.kernelHeight * g.kernelWidth; tap++) {
          const row = y * g.strideY - g.top + Math.floor(tap / g.kernelWidth) * g.dilationY;
          const column = x * g.strideX - g.left + tap % g.kernelWidth * g.dilationX;
          if (row < 0 || row >= g.height || column < 0 || column >= g.width) continue;
          for (let c = 0; c < g.channels; c++) {
            const at = ((b * g.height + row) * g.width + column) * g.channels + c;
            visit({ x: at, pixel, tap, c });
          }
        }
      }
    }
  }
}

const kinds = {
  plain: { forward: convolve, back: convolveBack, filter: convolveFilter },
  depthwise: { forward: depthwise, back: depthwiseBack, filter: depthwiseFilter },
} as const;

for (const [name, kind] of Object.entries(kinds)) {
  Deno.test(`the ${name} convolution and both its gradients are the sums of their definition`, () => {
    fc.assert(
      fc.property(windows, ({ shape, size, strides, dilations, m }) => {
        const g = windowGeometry(shape, size, { strides, dilations, padding: "same" });
        const n = name === "plain" ? m : g.channels * m;
        const [x, w] = [
          noise(shape.reduce((a, b) => a * b), 1),
          noise(size[0] * size[1] * g.channels * m, 2),
        ];
        const pixels = g.images * g.outHeight * g.outWidth;
        const dy = noise(pixels * n, 3);
        const [y, dx, dw] = [pixels * n, x.length, w.length].map((count) =>
          new Float64Array(count)
        );
        eachTap(g, ({ x: at, pixel, tap, c }) => {
          for (let k = 0; k < m; k++) {
            const to = pixel * n + (name === "plain" ? k : c * m + k);
            const weight = (tap * g.channels + c) * m + k;
            y![to]! += x[at]! * w[weight]!;
            dx![at]! += dy[to]! * w[weight]!;
            dw![weight]! += dy[to]! * x[at]!;
          }
        });
        const epilogue = biased(0, "linear");
        const found = [
          computed(
            [x, w],
            y!.length,
            (out, at) => kind.forward(machine, g, m, { x: at[0]!, w: at[1]!, out, epilogue }),
          ),
          computed(
            [dy, w],
            x.length,
            (dx, at) => kind.back(machine, g, m, { dy: at[0]!, w: at[1]!, dx }),
          ),
          computed(
            [x, dy],
            w.length,
            (dw, at) => kind.filter(machine, g, m, { x: at[0]!, dy: at[1]!, dw }),
          ),
        ];
        [y!, dx!, dw!].forEach((expected, i) => assertClose(found[i]!, expected, 1e-5, `${i}`));
      }),
      { numRuns: 150 },
    );
  });
}

Deno.test("the taps of all phases are each tap once, where it meets the pixel", () => {
  const numbers = fc.record({
    size: fc.integer({ min: 1, max: 7 }),
    stride: fc.integer({ min: 1, max: 4 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    before: fc.nat(5),
  });
  fc.assert(fc.property(numbers, (axis) => {
    const all = Array.from(
      { length: axis.stride },
      (_, phase) =>
        phaseTaps(axis, phase).map(({ tap, shift }) => {
          // Output o reads pixel o · stride − before + tap · dilation: here pixel `phase` from output `shift`.
          assert.equal(shift * axis.stride - axis.before + tap * axis.dilation, phase);
          return tap;
        }),
    ).flat();
    assert.deepEqual(all.sort((a, b) => a - b), [...Array(axis.size).keys()]);
  }));
});
