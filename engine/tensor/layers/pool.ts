/** Pooling layers and their gradients. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import { type Geometry, windowGeometry } from "../products/geometry.ts";
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../types.ts";

/** What the kernel `pool` does with a window. */
const [LARGEST, MEAN] = [0, 1];

/** See `LayerKernels`. */
export const poolLayers = (
  machine: Machine,
): Pick<LayerKernels, "maxPool" | "averagePool" | "globalAveragePool"> => {
  const { pointer, output, launch, operation } = machine;

  const overWindows =
    (name: string, kind: number): LayerKernels["maxPool"] => (x, size, window) => {
      const g = windowGeometry(x.shape, size, window);
      const [y] = operation(name, { x }, (save) => {
        const y = output([g.images, g.outHeight, g.outWidth, g.channels]);
        launch("pool", g.images, kind, pointer(x), pointer(y), ...numbers(g));
        if (kind === LARGEST) save(x);
        return [y];
      }, ([dy], [kept]) => ({
        x: () => {
          const dx = output(x.shape);
          const pointers = [kept ? pointer(kept) : 0, pointer(dy!), pointer(dx)];
          launch("poolGradient", g.images, kind, ...pointers, ...numbers(g));
          return dx;
        },
      }));
      return y!;
    };

  return {
    maxPool: overWindows("maxPool", LARGEST),
    averagePool: overWindows("averagePool", MEAN),

    globalAveragePool(x) {
      const [images, height, width, channels] = imageShape(x);
      const numbers = [height * width, channels];
      const [y] = operation("globalAveragePool", { x }, () => {
        const y = output([images, channels]);
        launch("globalAveragePool", images, pointer(x), pointer(y), ...numbers);
        return [y];
      }, ([dy]) => ({
        x: () => {
          const dx = output(x.shape);
          launch("globalAveragePoolGradient", images, pointer(dy!), pointer(dx), ...numbers);
          return dx;
        },
      }));
      return y!;
    },
  };
};

/** A window's numbers in the order of the pooling kernels. */
function numbers(g: Geometry): number[] {
  return [
    ...[g.height, g.width, g.channels, g.outHeight, g.outWidth, g.kernelHeight, g.kernelWidth],
    ...[g.strideY, g.strideX, g.top, g.left, g.dilationY, g.dilationX],
  ];
}

function imageShape(x: Tensor): [number, number, number, number] {
  if (x.rank !== 4) throw new Error(`Cannot pool shape [${x.shape}]: it must be [B, H, W, C]`);
  return x.shape as [number, number, number, number];
}
