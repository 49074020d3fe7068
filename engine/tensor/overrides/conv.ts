/** tfjs's convolutions on our kernels. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import { type Convolution, depthwiseConvolution, plainConvolution } from "../layers/convolution.ts";
import type { Shape } from "../../shape.ts";
import type { Machine, Override, Overrides } from "../machine.ts";
import type { Geometry } from "../products/geometry.ts";
import { biased, type Rectifier } from "../products/matrix.ts";
import { fused } from "./fused.ts";

/** tfjs's attributes of a convolution. */
// deno-lint-ignore no-explicit-any -- passed on to tfjs's own computeConv2DInfo
type ConvolutionAttributes = any;

/** One kind of convolution as tfjs asks for it: its value and its two gradients. */
interface ConvolutionOverrides {
  forward(
    operands: {
      readonly x: TensorInfo;
      readonly w: TensorInfo;
      readonly bias?: TensorInfo | undefined;
    },
    attrs: ConvolutionAttributes,
    activation?: Rectifier,
  ): TensorInfo;
  back(dy: TensorInfo, w: TensorInfo, attrs: ConvolutionAttributes): TensorInfo;
  filter(x: TensorInfo, dy: TensorInfo, attrs: ConvolutionAttributes): TensorInfo;
}

function overridesOf(machine: Machine, kind: Convolution): ConvolutionOverrides {
  const { tf, outputInfo, pointer } = machine;

  /** The geometry that tfjs itself computes from the attributes. */
  const geometry = (x: Shape, w: Shape, attrs: ConvolutionAttributes): Geometry => {
    const info = tf.backend_util.computeConv2DInfo(
      x as [number, number, number, number],
      w as [number, number, number, number],
      attrs.strides,
      attrs.dilations ?? 1,
      attrs.pad,
      attrs.dimRoundingMode,
      kind === depthwiseConvolution,
    );
    return {
      images: info.batchSize,
      height: info.inHeight,
      width: info.inWidth,
      channels: info.inChannels,
      kernelHeight: info.filterHeight,
      kernelWidth: info.filterWidth,
      strideY: info.strideHeight,
      strideX: info.strideWidth,
      dilationY: info.dilationHeight,
      dilationX: info.dilationWidth,
      top: info.padInfo.top,
      left: info.padInfo.left,
      outHeight: info.outHeight,
      outWidth: info.outWidth,
    };
  };

  return {
    forward({ x, w, bias }, attrs, activation = "linear") {
      const g = geometry(x.shape, w.shape, attrs);
      const m = w.shape[3]!;
      const y = outputInfo([g.images, g.outHeight, g.outWidth, kind.outputs(g.channels, m)]);
      const epilogue = biased(bias ? pointer(bias) : 0, activation);
      kind.forward(machine, g, m, { x: pointer(x), w: pointer(w), out: pointer(y), epilogue });
      return y;
    },
    back(dy, w, attrs) {
      const g = geometry(attrs.inputShape, w.shape, attrs);
      const dx = outputInfo(attrs.inputShape);
      kind.back(machine, g, w.shape[3]!, { dy: pointer(dy), w: pointer(w), dx: pointer(dx) });
      return dx;
    },
    filter(x, dy, attrs) {
      const g = geometry(x.shape, attrs.filterShape, attrs);
      const dw = outputInfo(attrs.filterShape);
      const at = { x: pointer(x), dy: pointer(dy), dw: pointer(dw) };
      kind.filter(machine, g, attrs.filterShape[3], at);
      return dw;
    },
  };
}

/** All convolutions of two dimensions. */
export const convOverrides = (machine: Machine): Overrides => {
  const plain = overridesOf(machine, plainConvolution);
  const depthwise = overridesOf(machine, depthwiseConvolution);

  /** Images in NCHW, for which we have no kernels, go to tfjs's own: plain sums in a fixed order. */
  const nhwc = (name: string, ours: Override): Override => {
    const stock = machine.tf.getKernel(name, "cpu").kernelFunc;
    return (call) =>
      call.attrs.dataFormat !== "NCHW"
        ? ours(call)
        : stock({ inputs: call.inputs, attrs: call.attrs, backend: call.backend });
  };

  const conv2d = nhwc(
    "Conv2D",
    ({ inputs: { x, filter: w }, attrs }) => plain.forward({ x, w }, attrs),
  );

  return {
    Conv2D: conv2d,
    FusedConv2D: fused(machine, ({ inputs, attrs, backend }, bias, activation) => {
      const { x, filter } = inputs;
      const call = { inputs: { x, filter }, attrs, backend };
      if (attrs.dataFormat === "NCHW") return conv2d(call) as TensorInfo;
      return plain.forward({ x, w: filter, bias }, attrs, activation);
    }, ({ inputs }) => inputs.filter.shape[3]),
    Conv2DBackpropInput: nhwc(
      "Conv2DBackpropInput",
      ({ inputs: { dy, filter }, attrs }) => plain.back(dy, filter, attrs),
    ),
    Conv2DBackpropFilter: nhwc(
      "Conv2DBackpropFilter",
      ({ inputs: { x, dy }, attrs }) => plain.filter(x, dy, attrs),
    ),
    DepthwiseConv2dNative: ({ inputs: { x, filter: w }, attrs }) =>
      depthwise.forward({ x, w }, attrs),
    FusedDepthwiseConv2D: fused(
      machine,
      ({ inputs: { x, filter: w }, attrs }, bias, activation) =>
        depthwise.forward({ x, w, bias }, attrs, activation),
      ({ inputs }) => inputs.filter.shape[2] * inputs.filter.shape[3],
    ),
    DepthwiseConv2dNativeBackpropInput: ({ inputs: { dy, filter }, attrs }) =>
      depthwise.back(dy, filter, attrs),
    DepthwiseConv2dNativeBackpropFilter: ({ inputs: { x, dy }, attrs }) =>
      depthwise.filter(x, dy, attrs),
  };
};
