/** Convolutions on addresses against the sums that define them, in double precision. */
import type {
  convolve,
  convolveBack,
  convolveFilter,
} from "../../../../engine/tensor/products/convolution.ts";
import { type Geometry, windowGeometry } from "../../../../engine/tensor/products/geometry.ts";
import { biased } from "../../../../engine/tensor/products/matrix.ts";
import { fc } from "../../../deps.ts";
import { assertClose, noise } from "../support/stock.ts";
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

/** A convolution and its gradients. */
interface Kind {
  readonly forward: typeof convolve;
  readonly back: typeof convolveBack;
  readonly filter: typeof convolveFilter;
}

/** Fails unless value and gradients are the sums of the definition, over all channels or channel by channel. */
export function assertDefinition(kind: Kind, byChannel: boolean): void {
  fc.assert(
    fc.property(windows, ({ shape, size, strides, dilations, m }) => {
      const g = windowGeometry(shape, size, { strides, dilations, padding: "same" });
      const n = !byChannel ? m : g.channels * m;
      const [x, w] = [
        noise(shape.reduce((a, b) => a * b), 1),
        noise(size[0] * size[1] * g.channels * m, 2),
      ];
      const pixels = g.images * g.outHeight * g.outWidth;
      const dy = noise(pixels * n, 3);
      const [y, dx, dw] = [pixels * n, x.length, w.length].map((count) => new Float64Array(count));
      eachTap(g, ({ x: at, pixel, tap, c }) => {
        for (let k = 0; k < m; k++) {
          const to = pixel * n + (!byChannel ? k : c * m + k);
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
}
