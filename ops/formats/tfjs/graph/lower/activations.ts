/** Functions of one value in TensorFlow. */
import { constant } from "../../../onnx/read/constants.ts";
import type { Lower, LoweredAttributes, Lowering } from "../lowering.ts";

/** An activation of what it reads: of a node's inputs, or of what a convolution gives before it. */
type Activate = (lowering: Lowering, inputs: readonly string[]) => void;

const same = (op: string, attributes: LoweredAttributes = {}): Activate => (lowering, inputs) =>
  lowering.end(op, inputs.slice(0, 1), attributes);

/** The slope below 0, which a fused operator names otherwise. */
function leaky(lowering: Lowering, inputs: readonly string[]): void {
  const { node } = lowering;
  const alpha = node.float("leakyrelu_alpha", node.float("alpha", 0.2));
  lowering.end("LeakyRelu", inputs.slice(0, 1), { alpha });
}

/** Activations that a node is, or that another one ends in. */
export const activations: Readonly<Record<string, Activate>> = {
  Relu: same("Relu"),
  Relu6: same("Clip", { min: 0, max: 6 }),
  Elu: same("Elu"),
  Sigmoid: same("Sigmoid"),
  Tanh: same("Tanh"),
  LeakyRelu: leaky,
  Prelu: (lowering, inputs) => lowering.end("PRelu", inputs.slice(0, 2)),
};

/** Functions by the name of the operator. */
export const functions: Readonly<Record<string, Lower>> = {
  ...Object.fromEntries(
    Object.entries(activations).map(([name, activate]): [string, Lower] => [
      name,
      (lowering) => activate(lowering, lowering.inputs),
    ]),
  ),
  ...Object.fromEntries(
    ["Selu", "Softplus", "Softsign", "Exp", "Log", "Neg", "Abs", "Erf", "Sqrt", "Reciprocal"]
      .concat(["Floor", "Ceil", "Round", "Sin", "Cos"])
      .map((name): [string, Lower] => [name, ({ end, inputs }) => end(name, inputs)]),
  ),
  Inv: ({ end, inputs }) => end("Reciprocal", inputs),
  Softmax: ({ end, inputs }) => end("Softmax", inputs, { axis: -1 }),
  LogSoftmax: ({ end, inputs }) => end("LogSoftmax", inputs, { axis: -1 }),
  ClipByValue: ({ end, inputs }) => end("Clip", inputs),
  Rsqrt: ({ put, end, inputs }) => end("Reciprocal", [put("Sqrt", inputs)]),
  Square: ({ end, inputs: [x = ""], numbers }) =>
    end("Pow", [x, numbers(constant([], Float32Array.of(2)))]),
  Cast({ node, end, inputs }) {
    const type = node.type("DstT");
    const [bool, whole] = [type === "DT_BOOL", /^DT_U?INT/.test(type)];
    // Types as ONNX numbers them.
    end("Cast", inputs, { to: bool ? 9 : whole ? 7 : 1 });
  },
};
