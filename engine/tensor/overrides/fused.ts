/** tfjs's fused kernels: in one go where our kernel applies bias and activation itself, else one after the other. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import { BACKEND } from "../backend.ts";
import type { Machine, Override } from "../machine.ts";
import type { Rectifier } from "../products/matrix.ts";

/** A product or convolution of `inputs` with bias and rectifier. */
type Fusable = (
  // deno-lint-ignore no-explicit-any -- as in `Override`
  call: { inputs: any; attrs?: any; backend?: any },
  bias: TensorInfo | undefined,
  activation: Rectifier,
) => TensorInfo;

/** tfjs's activations by the kernels that compute them. */
const KERNELS: Readonly<Record<string, string>> = {
  relu: "Relu",
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  prelu: "Prelu",
  leakyrelu: "LeakyRelu",
};

/** The override of a fused kernel; `channels` says how long a bias must be that `compute` can take. */
export const fused = (
  machine: Machine,
  compute: Fusable,
  channels: (call: Parameters<Override>[0]) => number,
): Override =>
(call) => {
  const { inputs, attrs, backend } = call;
  const bias: TensorInfo | undefined = inputs.bias;
  const activation: string = attrs.activation ?? "linear";
  const whole = attrs.dataFormat !== "NCHW" && isRectifier(activation) &&
    (!bias || (bias.shape.length === 1 && bias.shape[0] === channels(call)));
  if (whole) return compute(call, bias, activation);

  const run = (name: string, inputs: object, attrs: object = {}) =>
    machine.tf.getKernel(name, BACKEND).kernelFunc(
      { inputs, attrs, backend } as never,
    ) as TensorInfo;
  let result = compute(call, undefined, "linear");
  if (bias) step("Add", { a: result }, "b", bias);
  if (activation !== "linear") {
    const kernel = KERNELS[activation];
    if (!kernel) throw new Error(`Cannot fuse activation "${activation}": tfjs has none`);
    const weights: TensorInfo | undefined = inputs.preluActivationWeights;
    step(kernel, { x: result }, "alpha", activation === "prelu" ? weights : undefined);
  }
  return result;

  /** Replaces the result by `kernel` of it and, by the name of `other`, a tensor along the channels. */
  function step(kernel: string, inputs: object, other: string, value?: TensorInfo): void {
    const along = value && attrs.dataFormat === "NCHW" && value.shape.length === 1
      ? run("Reshape", { x: value }, { shape: [value.shape[0]!, 1, 1] })
      : value;
    const next = run(kernel, along ? { ...inputs, [other]: along } : inputs, {
      alpha: attrs.leakyreluAlpha,
    });
    if (along && along !== value) backend.disposeIntermediateTensorInfo(along);
    backend.disposeIntermediateTensorInfo(result);
    result = next;
  }
};

const isRectifier = (activation: string): activation is Rectifier =>
  activation === "linear" || activation === "relu" || activation === "relu6";
