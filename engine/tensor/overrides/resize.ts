/** tfjs's resizing of images to the nearest pixel (upsampling), on kernels that take each pixel by a table. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import type { Machine, Override, Overrides } from "../machine.ts";

/** tfjs's attributes of the operation. */
interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/**
 * See the file's header. The gradient is that of the forward pass, also for centred pixels and several images, where
 * tfjs's own is not.
 */
export const resizeOverrides = (machine: Machine): Overrides => {
  const { tf, memory, pointer, outputInfo, launch, scratch } = machine;

  /** `kernel` from `from` to `to`, one unit a row of `to`; `small` and `large` are the sizes that the tables relate. */
  function pick(
    kernel: "pickPixels" | "pickPixelsGradient",
    [from, to]: readonly [TensorInfo, TensorInfo],
    [source, target]: readonly [readonly number[], readonly number[]],
    attributes: ResizeAttributes,
  ): void {
    const [images, height, width, channels] = source as [number, number, number, number];
    const [, outHeight, outWidth] = target as [number, number, number];
    scratch((outHeight + outWidth) * 4, (rows) => {
      const columns = rows + outHeight * 4;
      new Int32Array(memory.buffer, rows, outHeight).set(nearest(height, outHeight, attributes));
      new Int32Array(memory.buffer, columns, outWidth).set(nearest(width, outWidth, attributes));
      const sizes = [height, width, outHeight, outWidth, channels];
      launch(kernel, images * to.shape[1]!, pointer(from), pointer(to), rows, columns, ...sizes);
    });
  }

  const stock = (name: string): Override => {
    const kernel = tf.getKernel(name, "cpu").kernelFunc;
    return ({ inputs, attrs, backend }) => kernel({ inputs, attrs, backend });
  };
  const other = stock("ResizeNearestNeighbor");

  return {
    ResizeNearestNeighbor(call) {
      const images: TensorInfo = call.inputs.images;
      if (images.dtype !== "float32") return other(call);
      const [batch, , , channels] = images.shape as [number, number, number, number];
      const y = outputInfo([batch, ...call.attrs.size, channels]);
      pick("pickPixels", [images, y], [images.shape, y.shape], call.attrs);
      return y;
    },
    ResizeNearestNeighborGrad({ inputs: { images, dy }, attrs }) {
      const dx = outputInfo(images.shape);
      pick("pickPixelsGradient", [dy, dx], [images.shape, dy.shape], attrs);
      return dx;
    },
  };
};

/** For each of `out` places the source among `length` that tfjs takes. */
function nearest(
  length: number,
  out: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): number[] {
  const aligned = alignCorners && out > 1 ? 1 : 0;
  const ratio = (length - aligned) / (out - aligned);
  return Array.from({ length: out }, (_, i) => {
    const place = ratio * (halfPixelCenters ? i + 0.5 : i);
    return Math.max(0, Math.min(length - 1, alignCorners ? Math.round(place) : Math.floor(place)));
  });
}
