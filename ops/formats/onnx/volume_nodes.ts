/** Convolutions of volumes as ONNX's, which take any number of axes. */
import { transposedCut } from "../../model/kinds/conv_transpose.ts";
import { windowsAlong } from "../../model/kinds/volumes/slide.ts";
import type { LayerOf } from "../../model/model.ts";
import { permuted } from "../../model/weights.ts";
import { withActivation } from "./activations.ts";
import type { Attributes } from "./graph.ts";
import type { Computed, OnnxSource } from "./values.ts";

const AXES = [0, 1, 2] as const;

/** `Conv`. */
export function conv3dNodes(layer: LayerOf<"conv3d">, source: OnnxSource): Computed {
  const zeros = AXES.map((axis) => windowsAlong(axis, source.inputs[0]![axis]!, layer).zeros);
  return convolved(layer, source, { op: "Conv", order: [4, 3, 0, 1, 2] }, {
    strides: { ints: layer.strides },
    dilations: { ints: layer.dilations },
    pads: { ints: [...zeros.map(([before]) => before), ...zeros.map(([, after]) => after)] },
  });
}

/** `ConvTranspose`. */
export function conv3dTransposeNodes(
  layer: LayerOf<"conv3d-transpose">,
  source: OnnxSource,
): Computed {
  const cuts = AXES.map((axis) => transposedCut(axis, layer));
  const pads = [...cuts.map(([before]) => before), ...cuts.map(([, after]) => after)];
  return convolved(layer, source, { op: "ConvTranspose", order: [3, 4, 0, 1, 2] }, {
    strides: { ints: layer.strides },
    pads: { ints: pads.map((amount) => Math.max(amount, 0)) },
    ["output_padding"]: { ints: cuts.map(([, after]) => Math.max(-after, 0)) },
  });
}

/** `order`: where each of the operator's axes is among those of the kernel. */
function convolved(
  layer: LayerOf<"conv3d" | "conv3d-transpose">,
  { graph, read, weight }: OnnxSource,
  { op, order }: { readonly op: string; readonly order: readonly number[] },
  attributes: Attributes,
): Computed {
  const { name, activation, kernel, bias } = layer;
  const operands = [
    read(0, "first"),
    weight("kernel", (each) => permuted(each, order)),
    ...bias ? [weight("bias")] : [],
  ];
  const all = { ["kernel_shape"]: { ints: kernel }, ...attributes };
  const value = withActivation(
    graph,
    name,
    activation,
    (wish) => graph.node(wish, op, operands, all),
  );
  return { value, layout: "first" };
}
