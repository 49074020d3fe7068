/** Exact integer layers. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import { type Geometry, windowGeometry } from "../products/geometry.ts";
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../types.ts";

/** See `LayerKernels`. */
export const integerLayers = (
  { pointer, output, launch }: Machine,
): Pick<LayerKernels, "denseInteger" | "conv2dInteger" | "depthwise2dInteger"> => ({
  denseInteger(x, w) {
    assertIntegers(x, w, 2);
    const [rows, inputs] = x.shape as [number, number];
    if (w.shape[0] !== inputs) throw unfit(x, w);
    const y = output([rows, w.shape[1]!], "int32");
    // A product is a convolution of one pixel with a 1 × 1 window.
    const numbers = [1, 1, inputs, 1, 1, w.shape[1]!, 1, 1, 1, 1, 0, 0, 1, 1];
    launch("conv2dInteger", rows, pointer(x), pointer(w), pointer(y), ...numbers);
    return y;
  },

  conv2dInteger(x, w, window) {
    assertIntegers(x, w, 4);
    const [height, width, channels, outChannels] = w.shape as [number, number, number, number];
    const g = windowGeometry(x.shape, [height, width], window);
    if (channels !== g.channels) throw unfit(x, w);
    const y = output([g.images, g.outHeight, g.outWidth, outChannels], "int32");
    const pointers = [pointer(x), pointer(w), pointer(y)];
    launch("conv2dInteger", g.images, ...pointers, ...numbers(g, outChannels));
    return y;
  },

  depthwise2dInteger(x, w, window) {
    assertIntegers(x, w, 4);
    const [height, width, channels, multiplier] = w.shape as [number, number, number, number];
    const g = windowGeometry(x.shape, [height, width], window);
    if (channels !== g.channels) throw unfit(x, w);
    const y = output([g.images, g.outHeight, g.outWidth, channels * multiplier], "int32");
    const pointers = [pointer(x), pointer(w), pointer(y)];
    launch("depthwise2dInteger", g.images, ...pointers, ...numbers(g, multiplier));
    return y;
  },
});

/** A window's numbers in the order of the integer kernels. */
function numbers(g: Geometry, outputs: number): number[] {
  return [
    ...[g.height, g.width, g.channels, g.outHeight, g.outWidth, outputs, g.kernelHeight],
    ...[g.kernelWidth, g.strideY, g.strideX, g.top, g.left, g.dilationY, g.dilationX],
  ];
}

function assertIntegers(x: Tensor, w: Tensor, rank: number): void {
  for (const [name, tensor] of [["x", x], ["w", w]] as const) {
    if (tensor.dtype !== "int32" || tensor.rank !== rank) {
      throw new Error(
        `Cannot multiply integers: ${name} is ${tensor.dtype} [${tensor.shape}], ` +
          `it must be int32 of rank ${rank}`,
      );
    }
  }
}

function unfit(x: Tensor, w: Tensor): Error {
  return new Error(`Cannot multiply x [${x.shape}] by w [${w.shape}]: their channels differ`);
}
