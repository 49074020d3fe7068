/**
 * A transposed convolution as a plain one: stride − 1 zeros go between the pixels it reads, and its kernel slides over
 * them mirrored (Dumoulin & Visin 2016, arXiv 1603.07285, §4.5). In centred integers the zeros are exact.
 */
import type { WindowAttributes } from "../model.ts";
import { type Transposed, transposedCut } from "../layers/window.ts";

/** The pixels [batch, height, width, channels] with zeros between them, and the window that slides over them. */
export function spread(
  data: Int32Array,
  [batch, height, width, channels]: readonly number[],
  layer: Transposed,
): { readonly data: Int32Array; readonly shape: number[]; readonly window: WindowAttributes } {
  const { strides, kernel } = layer;
  const rows = (height! - 1) * strides[0] + 1;
  const columns = (width! - 1) * strides[1] + 1;
  const result = new Int32Array(batch! * rows * columns * channels!);
  let from = 0;
  for (let b = 0; b < batch!; b++) {
    for (let y = 0; y < height!; y++) {
      for (let x = 0; x < width!; x++, from += channels!) {
        const at = (b * rows + y * strides[0]) * columns + x * strides[1];
        result.set(data.subarray(from, from + channels!), at * channels!);
      }
    }
  }
  const zeros = (axis: 0 | 1) => {
    const [before, after] = transposedCut(axis, layer);
    return [kernel[axis] - 1 - before, kernel[axis] - 1 - after] as const;
  };
  return {
    data: result,
    shape: [batch!, rows, columns, channels!],
    window: { strides: [1, 1], dilations: [1, 1], padding: [zeros(0), zeros(1)] },
  };
}
