/** tfjs's convolutions on our kernels. */
import type { TensorInfo, Tf } from "../../deps/tfjs_core.ts";
import { convolve, convolveBack, convolveFilter } from "../products/convolution.ts";
import { depthwise, depthwiseBack, depthwiseFilter } from "../products/depthwise.ts";
import type { Geometry } from "../products/geometry.ts";
import type { Machine, Override, Overrides } from "../machine.ts";
import { biased, type Rectifier } from "../products/matrix.ts";
import { fused } from "./fused.ts";

/** tfjs's attributes of a convolution. */
// deno-lint-ignore no-explicit-any -- passed on to tfjs's own computeConv2DInfo
type Attributes = any;

const isDepthwise = true;

/** The geometry that tfjs itself computes from the attributes. */
function geometry(
  tf: Tf,
  x: readonly number[],
  w: readonly number[],
  attrs: Attributes,
  byChannel = false,
): Geometry {
  const info = tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    w as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    byChannel,
  );
  return {
    ...{ images: info.batchSize, height: info.inHeight, width: info.inWidth },
    ...{ channels: info.inChannels },
    ...{ kernelHeight: info.filterHeight, kernelWidth: info.filterWidth },
    ...{ strideY: info.strideHeight, strideX: info.strideWidth },
    ...{ dilationY: info.dilationHeight, dilationX: info.dilationWidth },
    ...{ top: info.padInfo.top, left: info.padInfo.left },
    ...{ outHeight: info.outHeight, outWidth: info.outWidth },
  };
}

/** All convolutions of two dimensions. */
export const convOverrides = (machine: Machine): Overrides => {
  const { tf, outputInfo, pointer } = machine;

  function forward(
    x: TensorInfo,
    w: TensorInfo,
    bias: TensorInfo | undefined,
    activation: Rectifier,
    attrs: Attributes,
  ): TensorInfo {
    const g = geometry(tf, x.shape, w.shape, attrs);
    const n = w.shape[3]!;
    const y = outputInfo([g.images, g.outHeight, g.outWidth, n]);
    const at = { x: pointer(x), w: pointer(w), out: pointer(y) };
    convolve(machine, g, n, at, biased(bias ? pointer(bias) : 0, activation));
    return y;
  }

  function forwardByChannel(
    x: TensorInfo,
    w: TensorInfo,
    bias: TensorInfo | undefined,
    activation: Rectifier,
    attrs: Attributes,
  ): TensorInfo {
    const g = geometry(tf, x.shape, w.shape, attrs, isDepthwise);
    const m = w.shape[3]!;
    const y = outputInfo([g.images, g.outHeight, g.outWidth, g.channels * m]);
    const at = { x: pointer(x), w: pointer(w), out: pointer(y) };
    depthwise(machine, g, m, at, biased(bias ? pointer(bias) : 0, activation));
    return y;
  }

  /** Images in NCHW, for which we have no kernels, go to tfjs's own: plain sums in a fixed order. */
  const nhwc = (name: string, ours: Override): Override => {
    const stock = tf.getKernel(name, "cpu").kernelFunc;
    return (call) =>
      call.attrs.dataFormat !== "NCHW"
        ? ours(call)
        : stock({ inputs: call.inputs, attrs: call.attrs, backend: call.backend });
  };

  const conv2d = nhwc(
    "Conv2D",
    ({ inputs: { x, filter }, attrs }) => forward(x, filter, undefined, "linear", attrs),
  );

  return {
    Conv2D: conv2d,
    FusedConv2D: fused(machine, ({ inputs: { x, filter }, attrs, backend }, bias, activation) => {
      const plain = { inputs: { x, filter }, attrs, backend };
      if (attrs.dataFormat === "NCHW") return conv2d(plain) as TensorInfo;
      return forward(x, filter, bias, activation, attrs);
    }, ({ inputs }) => inputs.filter.shape[3]),
    Conv2DBackpropInput: nhwc("Conv2DBackpropInput", ({ inputs: { dy, filter: w }, attrs }) => {
      const g = geometry(tf, attrs.inputShape, w.shape, attrs);
      const dx = outputInfo(attrs.inputShape);
      const at = { dy: pointer(dy), w: pointer(w), dx: pointer(dx) };
      convolveBack(machine, g, w.shape[3]!, at);
      return dx;
    }),
    Conv2DBackpropFilter: nhwc("Conv2DBackpropFilter", ({ inputs: { x, dy }, attrs }) => {
      const g = geometry(tf, x.shape, attrs.filterShape, attrs);
      const dw = outputInfo(attrs.filterShape);
      const at = { x: pointer(x), dy: pointer(dy), dw: pointer(dw) };
      convolveFilter(machine, g, attrs.filterShape[3], at);
      return dw;
    }),
    DepthwiseConv2dNative: ({ inputs: { x, filter }, attrs }) =>
      forwardByChannel(x, filter, undefined, "linear", attrs),
    FusedDepthwiseConv2D: fused(
      machine,
      ({ inputs: { x, filter }, attrs }, bias, activation) =>
        forwardByChannel(x, filter, bias, activation, attrs),
      ({ inputs }) => inputs.filter.shape[2] * inputs.filter.shape[3],
    ),
    DepthwiseConv2dNativeBackpropInput({ inputs: { dy, filter: w }, attrs }) {
      const g = geometry(tf, attrs.inputShape, w.shape, attrs, isDepthwise);
      const dx = outputInfo(attrs.inputShape);
      const at = { dy: pointer(dy), w: pointer(w), dx: pointer(dx) };
      depthwiseBack(machine, g, w.shape[3]!, at);
      return dx;
    },
    DepthwiseConv2dNativeBackpropFilter({ inputs: { x, dy }, attrs }) {
      const g = geometry(tf, x.shape, attrs.filterShape, attrs, isDepthwise);
      const dw = outputInfo(attrs.filterShape);
      const at = { x: pointer(x), dy: pointer(dy), dw: pointer(dw) };
      depthwiseFilter(machine, g, attrs.filterShape[3], at);
      return dw;
    },
  };
};
