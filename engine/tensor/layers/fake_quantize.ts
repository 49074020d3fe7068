/** Quantization simulated in float32, for training that will be quantized. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../types.ts";

/** Elements per unit of the kernels. */
const BLOCK = 8192;

/** See `LayerKernels`. */
export const fakeQuantizeLayers = (
  { pointer, output, launch, operation }: Machine,
): Pick<LayerKernels, "fakeQuantize"> => ({
  fakeQuantize(x, scale, zeroPoint, low, high) {
    const channels = scale.size;
    if (zeroPoint.size !== channels || channels === 0 || x.size % channels !== 0) {
      throw new Error(
        `Cannot quantize [${x.shape}] by scales [${scale.shape}] and zero points ` +
          `[${zeroPoint.shape}]: they must be of one length, 1 or that of the last axes`,
      );
    }
    const rows = Math.max(1, Math.floor(BLOCK / channels));
    const units = Math.ceil(x.size / (rows * channels));
    const [y] = operation("fakeQuantize", { x }, (save) => {
      const y = output(x.shape);
      const pointers = [x, scale, zeroPoint, y].map(pointer);
      launch("fakeQuantize", units, ...pointers, x.size, channels, low, high);
      save(x, scale, zeroPoint);
      return [y];
    }, ([dy], [x, scale, zeroPoint]) => ({
      x: () => {
        const dx = output(x!.shape);
        const pointers = [x!, dy!, scale!, zeroPoint!, dx].map(pointer);
        launch("fakeQuantizeGradient", units, ...pointers, x!.size, channels, low, high);
        return dx;
      },
    }));
    return y!;
  },
});
