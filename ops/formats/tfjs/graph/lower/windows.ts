/** Convolutions and poolings of TensorFlow, which have channels last and kernels with filters last. */
import { given } from "../../../../../engine/given.ts";
import { floatWeight, permuted } from "../../../../model/weights.ts";
import { constant, floats, type Known } from "../../../onnx/read/constants.ts";
import type { Lower, LoweredAttributes, Lowering } from "../lowering.ts";
import { activated, biasOf } from "./fused.ts";

const CHANNELS_FIRST = [0, 3, 1, 2];
const CHANNELS_LAST = [0, 2, 3, 1];

/** Whether a node has its channels right behind the batch. */
const isFirst = ({ node }: Lowering) => node.text("data_format", "NHWC").startsWith("NC");

/** An image with channels first, as operators of ONNX read it. */
function channelsFirst(lowering: Lowering, input: string): string {
  if (isFirst(lowering)) return input;
  const rank = lowering.shape(input).length;
  if (rank !== 4) throw lowering.wrong(`it reads a value of ${rank} axes; images have 4`);
  return lowering.put("Transpose", [input], { perm: CHANNELS_FIRST });
}

/** An operator on images, then what the node ends in, in the node's own order of axes. */
function finished(
  lowering: Lowering,
  op: string,
  inputs: readonly string[],
  attributes: LoweredAttributes,
): void {
  const image = lowering.put(op, inputs, attributes);
  const own = isFirst(lowering)
    ? image
    : lowering.put("Transpose", [image], { perm: CHANNELS_LAST });
  activated(lowering, own);
}

/** Height and width out of four numbers for all axes. */
function ofSpace(lowering: Lowering, name: string): readonly [number, number] {
  const [a = 1, b = 1, c = 1, d = 1] = lowering.node.ints(name) ?? [];
  const found = isFirst(lowering) ? [c, d] as const : [b, c] as const;
  const others = isFirst(lowering) ? [a, b] : [a, d];
  if (others.some((each) => each !== 1)) {
    throw lowering.wrong(`its ${name} are ${[a, b, c, d].join(", ")}: not of space alone`);
  }
  return found;
}

/** What is added around the image. */
function padding(lowering: Lowering): { readonly auto_pad: string } | { readonly pads: number[] } {
  const { node } = lowering;
  const named = node.text("padding", "VALID");
  if (named === "SAME") return { auto_pad: "SAME_UPPER" };
  if (named !== "EXPLICIT") return { auto_pad: "VALID" };
  const listed = node.ints("explicit_paddings") ?? [];
  const at = isFirst(lowering) ? 4 : 2;
  const [top = 0, bottom = 0, left = 0, right = 0] = listed.slice(at, at + 4);
  return { pads: [top, left, bottom, right] };
}

/** A kernel [height, width, …] with its axes in another order and shape. */
function arranged(kernel: Known, order: readonly number[], shape: readonly number[]): Known {
  const { data } = permuted(floatWeight(kernel.shape, floats(kernel)), order);
  return constant(shape, data as Float32Array);
}

function kernelOf(lowering: Lowering): Known {
  const kernel = lowering.needed(1, "kernel");
  if (kernel.shape.length === 4) return kernel;
  throw lowering.wrong(`its kernel is of shape ${kernel.shape.join("×")}`);
}

/** `Conv2D` and `_FusedConv2D`; a kernel of fewer channels than the image has is of groups. */
export const convolution: Lower = (lowering) => {
  const kernel = kernelOf(lowering);
  const [height, width, each, filters] = kernel.shape as [number, number, number, number];
  const image = channelsFirst(lowering, lowering.inputs[0] ?? "");
  const channels = lowering.shape(lowering.inputs[0] ?? "")[isFirst(lowering) ? 1 : 3]!;
  const weights = lowering.numbers(
    arranged(kernel, [3, 2, 0, 1], [filters, each, height, width]),
  );
  finished(lowering, "Conv", [image, weights, ...biasOf(lowering)], {
    strides: ofSpace(lowering, "strides"),
    dilations: ofSpace(lowering, "dilations"),
    group: channels / each,
    ...padding(lowering),
  });
};

/** `DepthwiseConv2dNative` and `FusedDepthwiseConv2dNative`. */
export const depthwise: Lower = (lowering) => {
  const kernel = kernelOf(lowering);
  const [height, width, channels, multiplier] = kernel.shape as [number, number, number, number];
  const image = channelsFirst(lowering, lowering.inputs[0] ?? "");
  const shape = [channels * multiplier, 1, height, width];
  const weights = lowering.numbers(arranged(kernel, [2, 3, 0, 1], shape));
  finished(lowering, "Conv", [image, weights, ...biasOf(lowering)], {
    strides: ofSpace(lowering, "strides"),
    dilations: ofSpace(lowering, "dilations"),
    group: channels,
    ...padding(lowering),
  });
};

/** `Conv2DBackpropInput`: a transposed convolution, whose result is of a size that is said. */
export const transposedConvolution: Lower = (lowering) => {
  const kernel = kernelOf(lowering);
  const [height, width, filters, channels] = kernel.shape as [number, number, number, number];
  const size = lowering.list(0, "size");
  const input = lowering.inputs[2] ?? "";
  const at = isFirst(lowering) ? [2, 3] : [1, 2];
  const from = at.map((axis) => lowering.shape(input)[axis]!);
  const to = at.map((axis) => size[axis]!);
  const strides = ofSpace(lowering, "strides");
  const reach = [height, width];
  const same = lowering.node.text("padding", "VALID") === "SAME";
  // What is cut off: as much as a convolution with this padding would have added to come back.
  const margins = [0, 1].map((axis) => {
    const cut = (from[axis]! - 1) * strides[axis]! + reach[axis]! - to[axis]!;
    const before = same ? Math.max(0, Math.floor(cut / 2)) : 0;
    return { before, after: cut - before };
  });
  const weights = lowering.numbers(
    arranged(kernel, [3, 2, 0, 1], [channels, filters, height, width]),
  );
  const image = channelsFirst(lowering, input);
  // Rows that no window reaches are zeros behind the result, which ONNX calls output_padding.
  const more = margins.map(({ after }) => Math.max(0, -after));
  finished(lowering, "ConvTranspose", [image, weights], {
    strides,
    pads: [
      ...margins.map(({ before }) => before),
      ...margins.map(({ after }) => Math.max(0, after)),
    ],
    ...given({ output_padding: more.some((each) => each > 0) ? more : undefined }),
  });
};

/** `MaxPool` and `AvgPool`; zeros at the border are not among what is averaged. */
export const pooling = (op: "MaxPool" | "AveragePool"): Lower => (lowering) => {
  const image = channelsFirst(lowering, lowering.inputs[0] ?? "");
  finished(lowering, op, [image], {
    kernel_shape: ofSpace(lowering, "ksize"),
    strides: ofSpace(lowering, "strides"),
    ...padding(lowering),
  });
};

/** `FusedBatchNorm` and its later versions. */
export const batchNormalization: Lower = (lowering) => {
  const [image = "", ...numbers] = lowering.inputs;
  const epsilon = lowering.node.float("epsilon", 1e-4);
  const first = channelsFirst(lowering, image);
  finished(lowering, "BatchNormalization", [first, ...numbers.slice(0, 4)], { epsilon });
};

/** `ResizeBilinear` and `ResizeNearestNeighbor` to a size that is said. */
export const resize = (mode: "linear" | "nearest"): Lower => (lowering) => {
  const { node } = lowering;
  const [input = ""] = lowering.inputs;
  const [height = 0, width = 0] = lowering.list(1, "size");
  const shape = lowering.shape(input);
  const image = channelsFirst(lowering, input);
  const sizes = lowering.whole([shape[0]!, shape[3]!, height, width]);
  const centres = node.flag("half_pixel_centers")
    ? "half_pixel"
    : node.flag("align_corners")
    ? "align_corners"
    : "asymmetric";
  const resized = lowering.put("Resize", [image, "", "", sizes], {
    mode,
    coordinate_transformation_mode: centres,
    // TensorFlow rounds to the pixel that a middle lies in.
    nearest_mode: "floor",
  });
  lowering.end("Transpose", [resized], { perm: CHANNELS_LAST });
};

/** `DepthToSpace` and `SpaceToDepth`: blocks of channels are blocks of pixels, the channels innermost. */
export const blocks: Lower = (lowering) => {
  const { node, inputs: [input = ""] } = lowering;
  const image = channelsFirst(lowering, input);
  const blocksize = node.int("block_size", 1);
  finished(lowering, node.op, [image], { blocksize, mode: "DCR" });
};
