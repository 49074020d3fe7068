/**
 * A convolution read backwards: each value of the input is spread over a window of the output (Dumoulin & Visin 2016,
 * arXiv 1603.07285, §4).
 */
import { Type } from "../../../engine/field.ts";
import { sizeOf } from "../../../engine/shape.ts";
import type { Tf } from "../../../engine/tensor/mod.ts";
import { ending, Extent, NamedPadding, Pair } from "./attributes.ts";
import { defineLayer } from "./define.ts";
import { image } from "./shape_checks.ts";
import { withBias } from "./weights.ts";
import type { WindowAttributes } from "./window.ts";

type Tensor4D = ReturnType<Tf["tensor4d"]>;

/** Geometry of a transposed convolution. */
interface Transposed {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly padding: "same" | "valid";
}

export const convTranspose = defineLayer({
  kind: "conv-transpose",
  attributes: Type.Object({
    filters: Extent,
    kernel: Pair,
    strides: Pair,
    padding: NamedPadding,
    ...ending,
  }),
  selects: () => "conv",
  shape: (layer, inputs) => {
    const [height, width] = image(layer, inputs);
    return [...transposedExtents([height, width], layer), layer.filters];
  },
  weights: ({ kernel, filters, bias }, [input]) =>
    withBias([...kernel, input!.at(-1)!, filters], bias, filters),
  // Every value that enters meets every weight of its window, those at the border that are cut off included.
  macs: ({ kernel, filters }, [input]) => sizeOf(kernel) * sizeOf(input!) * filters,
  // On average: each output lies in as many windows as the strides leave.
  fanIn: ({ strides }, shape) => sizeOf(shape.slice(0, -1)) / sizeOf(strides),
  kernel: { layout: "HWIO", multiplies: "integers" },
  channels: { writes: "filters", weights: { kernel: [null, null, "in", "out"], bias: ["out"] } },
  integers: {
    values: "makes",
    product(layer, { room: { nn, tf, integers, short }, x, kernel, end }) {
      const { window, data, shape } = spread(integers(x), x.shape, layer);
      return nn.conv2dInteger(short(data, shape), tf.reverse(kernel, [0, 1]), window, end);
    },
  },
  run(layer, { room: { nn, tf }, inputs, weight }) {
    const { bias, filters, strides, padding, activation } = layer;
    const [batch, height, width] = inputs[0]!.shape as [number, number, number];
    const extents = transposedExtents([height, width], layer) as [number, number];
    const shape = [batch, ...extents, filters] as const;
    // tfjs writes the channels that leave before those that enter.
    const kernel = tf.transpose(weight("kernel"), [0, 1, 3, 2]) as Tensor4D;
    const x = inputs[0] as Tensor4D;
    const y = tf.conv2dTranspose(x, kernel, [...shape], [...strides], padding);
    return nn.activate(bias ? tf.add(y, weight("bias")) : y, activation);
  },
});

/**
 * The extents of what a transposed convolution makes of an image or of a volume, as Keras counts them: `same` extent · stride;
 * `valid` extent · stride + max(kernel − stride, 0).
 */
export function transposedExtents(
  extents: readonly number[],
  { kernel, strides, padding }: Transposed,
): number[] {
  return extents.map((extent, axis) =>
    extent * strides[axis]! +
    (padding === "same" ? 0 : Math.max(kernel[axis]! - strides[axis]!, 0))
  );
}

/**
 * What is cut off the full result of a transposed convolution, (extent − 1) · stride + kernel values, on each side of
 * an axis: [before, after]. Below 0 where zeros are added: a kernel shorter than its stride leaves gaps at the end.
 */
export function transposedCut(
  axis: number,
  { kernel, strides, padding }: Transposed,
): readonly [before: number, after: number] {
  const spare = kernel[axis]! - strides[axis]!;
  if (spare < 0) return [0, spare];
  if (padding === "valid") return [0, 0];
  const before = Math.floor(spare / 2);
  return [before, spare - before];
}

/**
 * A transposed convolution as a plain one: stride − 1 zeros go between the pixels [batch, height, width, channels]
 * that it reads, and its kernel slides over them mirrored, in `window` (§4.5). In centred integers the zeros are
 * exact.
 */
export function spread(
  data: Int32Array,
  [batch, height, width, channels]: readonly number[],
  layer: Transposed,
): { readonly data: Int32Array; readonly shape: number[]; readonly window: WindowAttributes } {
  const { strides, kernel } = layer;
  const [down, right] = strides as readonly [number, number];
  const rows = (height! - 1) * down + 1;
  const columns = (width! - 1) * right + 1;
  const result = new Int32Array(batch! * rows * columns * channels!);
  let from = 0;
  for (let b = 0; b < batch!; b++) {
    for (let y = 0; y < height!; y++) {
      for (let x = 0; x < width!; x++, from += channels!) {
        const at = (b * rows + y * down) * columns + x * right;
        result.set(data.subarray(from, from + channels!), at * channels!);
      }
    }
  }
  const zeros = (axis: 0 | 1) => {
    const [before, after] = transposedCut(axis, layer);
    return [kernel[axis]! - 1 - before, kernel[axis]! - 1 - after] as const;
  };
  return {
    data: result,
    shape: [batch!, rows, columns, channels!],
    window: { strides: [1, 1], dilations: [1, 1], padding: [zeros(0), zeros(1)] },
  };
}
