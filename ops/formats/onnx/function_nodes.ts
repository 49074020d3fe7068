/** Functions of each value, slopes and combinations in ONNX operators that every operator set has. */
import type { FunctionName } from "../../model/kinds/functions.ts";
import type { LayerOf } from "../../model/model.ts";
import type { Attributes } from "./graph.ts";
import type { Computed, OnnxSource } from "./values.ts";

/** Builds the operators of one function. */
interface OperatorBuilder {
  /** The operator of this name in the layer; the last of a layer is called as the layer is. */
  op(wish: string, op: string, inputs: readonly string[], attributes?: Attributes): string;
  /** A number. */
  number(value: number): string;
}

type OperatorForm = (b: OperatorBuilder, x: string, parameters: readonly number[]) => string;

/** A form of one operator, with its parameters as attributes of these names. */
const single = (op: string, ...names: readonly string[]): OperatorForm => (b, x, parameters) =>
  b.op(
    "",
    op,
    [x],
    Object.fromEntries(names.map((name, at) => [name, { float: parameters[at]! }])),
  );

const forms: { readonly [F in FunctionName]: OperatorForm } = {
  swish: (b, x) => b.op("", "Mul", [x, b.op("gate", "Sigmoid", [x])]),
  "hard-swish"(b, x) {
    const moved = b.op("moved", "Add", [x, b.number(3)]);
    const bounded = b.op("bounded", "Clip", [moved, b.number(0), b.number(6)]);
    return b.op("", "Mul", [x, b.op("gate", "Div", [bounded, b.number(6)])]);
  },
  "hard-sigmoid": single("HardSigmoid", "alpha", "beta"),
  mish: (b, x) => b.op("", "Mul", [x, b.op("gate", "Tanh", [b.op("softplus", "Softplus", [x])])]),
  selu: single("Selu"),
  softplus: single("Softplus"),
  softsign: single("Softsign"),
  exponential: single("Exp"),
  "log-sigmoid": (b, x) =>
    b.op("", "Neg", [b.op("softplus", "Softplus", [b.op("negative", "Neg", [x])])]),
  "gelu-tanh"(b, x) {
    const cube = b.op("cube", "Mul", [b.op("square", "Mul", [x, x]), x]);
    const share = b.op("share", "Mul", [cube, b.number(0.044715)]);
    const inner = b.op("inner", "Mul", [
      b.op("sum", "Add", [x, share]),
      b.number(Math.sqrt(2 / Math.PI)),
    ]);
    const bent = b.op("bent", "Add", [b.op("tanh", "Tanh", [inner]), b.number(1)]);
    return b.op("", "Mul", [b.op("half", "Mul", [x, b.number(0.5)]), bent]);
  },
  "leaky-relu": single("LeakyRelu", "alpha"),
  elu: single("Elu", "alpha"),
  celu: single("Celu", "alpha"),
  threshold: single("ThresholdedRelu", "alpha"),
  "bounded-relu"(b, x, [slope, from, most]) {
    const less = b.op("less", "Less", [x, b.number(from!)]);
    const moved = b.op("moved", "Sub", [x, b.number(from!)]);
    const below = b.op("below", "Mul", [moved, b.number(slope!)]);
    return b.op("", "Where", [less, below, b.op("bounded", "Min", [x, b.number(most!)])]);
  },
  clip: (b, x, [low, high]) => b.op("", "Clip", [x, b.number(low!), b.number(high!)]),
  "tanh-shrink": (b, x) => b.op("", "Sub", [x, b.op("tanh", "Tanh", [x])]),
  "soft-shrink": (b, x, [by]) =>
    b.op("", "Shrink", [x], { lambd: { float: by! }, bias: { float: by! } }),
  "hard-shrink": single("Shrink", "lambd"),
  root: (b, x, [least]) => b.op("", "Sqrt", [b.op("bounded", "Max", [x, b.number(least!)])]),
  logarithm: (b, x, [least]) => b.op("", "Log", [b.op("bounded", "Max", [x, b.number(least!)])]),
  squareplus(b, x, [extra]) {
    const square = b.op("square", "Mul", [x, x]);
    const root = b.op("root", "Sqrt", [b.op("more", "Add", [square, b.number(extra!)])]);
    return b.op("", "Mul", [b.op("sum", "Add", [x, root]), b.number(0.5)]);
  },
  differs(b, x, [number]) {
    const distance = b.op("distance", "Abs", [b.op("gap", "Sub", [x, b.number(number!)])]);
    return b.op("", "Min", [distance, b.number(1)]);
  },
  scale: (b, x, [factor, offset]) =>
    b.op("", "Add", [b.op("scaled", "Mul", [x, b.number(factor!)]), b.number(offset!)]),
};

/** A function of each value. */
export function functionNodes(layer: LayerOf<"function">, source: OnnxSource): Computed {
  const { graph, read, layout } = source;
  const home = layout(0);
  const builder: OperatorBuilder = {
    op: (wish, op, inputs, attributes = {}) =>
      graph.node(wish === "" ? layer.name : `${layer.name}.${wish}`, op, inputs, attributes),
    number: (value) => graph.shared(`${value}`, Float32Array.of(value), []),
  };
  const value = forms[layer.function](builder, read(0, home), layer.parameters);
  return { value, layout: home };
}

/** A slope for each channel, which stand last. */
export function preluNodes(
  { name }: LayerOf<"prelu">,
  { graph, read, weight }: OnnxSource,
): Computed {
  return { value: graph.node(name, "PRelu", [read(0, "last"), weight("gamma")]), layout: "last" };
}

const combinations = {
  sum: "Add",
  product: "Mul",
  difference: "Sub",
  maximum: "Max",
  minimum: "Min",
} as const;

/** Two at a time. */
export function combineNodes(
  { name, by }: LayerOf<"combine">,
  { graph, inputs, read, layout }: OnnxSource,
): Computed {
  const home = layout(0);
  const last = inputs.length - 1;
  const value = inputs.slice(1).reduce(
    (all, _shape, index) =>
      graph.node(
        index + 1 === last ? name : `${name}.part${index + 1}`,
        combinations[by],
        [all, read(index + 1, home)],
      ),
    read(0, home),
  );
  return { value, layout: home };
}
