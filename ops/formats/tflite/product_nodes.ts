/** Layers that multiply by a kernel as TensorFlow Lite's operators. */
import { transposedCut } from "../../model/kinds/conv_transpose.ts";
import type { LayerOf, Weight } from "../../model/model.ts";
import { permuted } from "../../model/weights.ts";
import type { TensorIndex } from "./graph.ts";
import {
  operator,
  padded,
  paddingOf,
  reshaped,
  sliced,
  type TfliteSource,
  whole,
  withActivation,
} from "./source.ts";

/** Every filter over all channels. */
export const convNodes = (layer: LayerOf<"conv">, source: TfliteSource): TensorIndex =>
  convolution(layer, source, (kernel) => permuted(kernel, [3, 0, 1, 2]), undefined);

/** Filters of each channel by itself. */
export const depthwiseNodes = (layer: LayerOf<"depthwise">, source: TfliteSource): TensorIndex =>
  convolution(layer, source, inARow, layer.multiplier);

/** A depthwise kernel [h, w, C, M] as that of the format: [1, h, w, C · M]. */
function inARow({ shape, encoding, data }: Weight): Weight {
  const [height, width, channels, multiplier] = shape as [number, number, number, number];
  const outputs = channels * multiplier;
  const of = { shape: [1, height, width, outputs], data };
  if (encoding.use !== "affine" || encoding.axis === null) return { ...of, encoding };
  const { axis, scale, zero } = encoding;
  const from = Int32Array.from(
    { length: outputs },
    (_, output) => axis === 2 ? Math.floor(output / multiplier) : output % multiplier,
  );
  return {
    ...of,
    encoding: {
      ...encoding,
      axis: 3,
      scale: Float32Array.from(from, (index) => scale[index]!),
      zero: from.map((index) => zero[index]!),
    },
  };
}

/** A convolution, or with a multiplier one of each channel by itself. */
function convolution(
  layer: LayerOf<"conv" | "depthwise">,
  source: TfliteSource,
  arrange: (kernel: Weight) => Weight,
  multiplier: number | undefined,
): TensorIndex {
  const { padding, pads } = paddingOf(layer, layer.kernel, source.inputs[0]!);
  const x = pads === undefined ? source.read(0) : padded(source, source.read(0), pads, "padded");
  const operands = [x, ...source.operands(arrange)];
  const { strides: [strideY, strideX], dilations: [dilationY, dilationX] } = layer;
  const window = { padding, strideX, strideY, dilationX, dilationY };
  return withActivation(
    source,
    layer.activation,
    (fused, role) =>
      multiplier === undefined
        ? operator(source, "CONV_2D", operands, { role, options: { ...window, ...fused } })
        : operator(source, "DEPTHWISE_CONV_2D", operands, {
          role,
          options: { ...window, multiplier, ...fused },
        }),
  );
}

/** A product of rows. */
export function denseNodes(layer: LayerOf<"dense">, source: TfliteSource): TensorIndex {
  const { integers, inputs: [input], shape, read, operands } = source;
  const rows = input!.slice(0, -1);
  const multiplied = (kernel: Weight) => permuted(kernel, [1, 0]);
  if (integers === undefined) {
    return withActivation(
      source,
      layer.activation,
      (fused, role) =>
        operator(source, "FULLY_CONNECTED", [read(0), ...operands(multiplied)], {
          role,
          options: { ...fused, weightsFormat: 0, keepsAxes: rows.length > 0 },
        }),
    );
  }
  // Runtimes multiply fully connected integers with one scale for all; a 1 × 1 convolution has one for each output.
  const pixels = rows.reduce((product, extent) => product * extent, 1);
  const across = reshaped(source, read(0), [1, pixels, input!.at(-1)!], { role: "pixels" });
  const kernel = operands((kernel) => {
    const { shape, encoding, data } = multiplied(kernel);
    const [units, width] = shape as [number, number];
    return { shape: [units, 1, 1, width], encoding, data };
  });
  const product = withActivation(
    source,
    layer.activation,
    (fused) =>
      operator(source, "CONV_2D", [across, ...kernel], {
        shape: [1, pixels, layer.units],
        role: "product",
        format: integers.output,
        options: {
          padding: 1,
          strideX: 1,
          strideY: 1,
          dilationX: 1,
          dilationY: 1,
          ...fused,
        },
      }),
  );
  return reshaped(source, product, shape);
}

/** A convolution read backwards: the whole of it, cut or grown to what the layer gives. */
export function transposedConvolution(
  layer: LayerOf<"conv-transpose">,
  source: TfliteSource,
): TensorIndex {
  const [height, width] = source.inputs[0] as [number, number, number];
  const { strides, kernel, filters, activation } = layer;
  const [rows, columns] = [transposedCut(0, layer), transposedCut(1, layer)];
  const full = [
    (height - 1) * strides[0] + kernel[0],
    (width - 1) * strides[1] + kernel[1],
  ] as const;
  const [weights, bias] = source.operands((kernel) => permuted(kernel, [3, 0, 1, 2]));
  const extents = whole(source, [1, ...full, filters]);
  const spread = operator(source, "TRANSPOSE_CONV", [extents, weights, source.read(0)], {
    shape: [...full, filters],
    role: "spread",
    options: { padding: 1, strideX: strides[1], strideY: strides[0] },
  });
  const [outHeight, outWidth] = source.shape as [number, number, number];
  const inside = [Math.min(full[0], outHeight), Math.min(full[1], outWidth), filters];
  const from = [Math.max(rows[0], 0), Math.max(columns[0], 0), 0];
  const cut = sliced(source, spread, { from, shape: inside, role: "cut" });
  const missing = [outHeight - inside[0]!, outWidth - inside[1]!] as const;
  const grown = missing[0] + missing[1] === 0 ? cut : operator(source, "PAD", [
    cut,
    whole(source, [0, 0, 0, missing[0], 0, missing[1], 0, 0], [4, 2]),
  ], { role: "grown" });
  return withActivation(
    source,
    activation,
    (options, role) => operator(source, "ADD", [grown, bias], { role, options }),
  );
}
