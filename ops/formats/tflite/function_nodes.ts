/** Functions of one value, composed of TensorFlow Lite's operators. */
import { given } from "../../../engine/given.ts";
import type { FunctionName } from "../../model/kinds/functions.ts";
import type { LayerOf } from "../../model/model.ts";
import type { TensorIndex } from "./graph.ts";
import { FUSED, type OperatorName } from "./operators.ts";
import type { Options } from "./schema.ts";
import { number, operator, type TfliteSource } from "./source.ts";

/** Appends operators; those before the last are named by their number. */
interface FunctionSteps {
  /** A step on the way. */
  step(op: OperatorName, ...inputs: readonly TensorIndex[]): TensorIndex;
  /** The last one. */
  last(op: OperatorName, ...inputs: readonly TensorIndex[]): TensorIndex;
  value(of: number): TensorIndex;
}

type Compose = (x: TensorIndex, steps: FunctionSteps, parameters: readonly number[]) => TensorIndex;

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), which does not overflow. */
const softplus = (
  x: TensorIndex,
  { step, value }: FunctionSteps,
): readonly [TensorIndex, TensorIndex] => [
  step("RELU", x),
  step("LOG", step("ADD", step("EXP", step("NEG", step("ABS", x))), value(1))),
];

const composed: { readonly [F in FunctionName]?: Compose } = {
  swish: (x, { step, last }) => last("MUL", x, step("LOGISTIC", x)),
  "hard-swish": (x, { last }) => last("HARD_SWISH", x),
  "hard-sigmoid": (x, { step, last, value }, [slope, offset]) => {
    const line = step("ADD", step("MUL", x, value(slope!)), value(offset!));
    return last("MINIMUM", step("MAXIMUM", line, value(0)), value(1));
  },
  mish: (x, steps) =>
    steps.last("MUL", x, steps.step("TANH", steps.step("ADD", ...softplus(x, steps)))),
  softplus: (x, steps) => steps.last("ADD", ...softplus(x, steps)),
  softsign: (x, { step, last, value }) => last("DIV", x, step("ADD", step("ABS", x), value(1))),
  exponential: (x, { last }) => last("EXP", x),
  elu: (x, { step, last, value }, [alpha]) =>
    last(
      "ADD",
      step("RELU", x),
      step("MUL", step("ELU", step("MINIMUM", x, value(0))), value(alpha!)),
    ),
  "leaky-relu": (x, { step, last, value }, [slope]) =>
    last("ADD", step("RELU", x), step("MUL", step("MINIMUM", x, value(0)), value(slope!))),
  clip: (x, { step, last, value }, [low, high]) =>
    last("MINIMUM", step("MAXIMUM", x, value(low!)), value(high!)),
  "tanh-shrink": (x, { step, last }) => last("SUB", x, step("TANH", x)),
  differs: (x, { step, last, value }, [number]) =>
    last("MINIMUM", step("ABS", step("SUB", x, value(number!))), value(1)),
  scale: (x, { step, last, value }, [factor, offset]) =>
    last("ADD", step("MUL", x, value(factor!)), value(offset!)),
};

const withFused: ReadonlySet<OperatorName> = new Set(["ADD", "SUB", "MUL", "DIV"]);
const optionsOf = (op: OperatorName): { readonly options?: Options } =>
  given({ options: withFused.has(op) ? { activation: FUSED.linear } : undefined });

/** The operators of a function. Throws a RangeError for one that is not among those composed here. */
export function functionNodes(
  { name, function: of, parameters }: LayerOf<"function">,
  source: TfliteSource,
): TensorIndex {
  const compose = composed[of];
  if (compose === undefined) {
    throw new RangeError(
      `Cannot write "${name}" for TensorFlow Lite: it has no operators for the function ${of}; ` +
        `those it has: ${Object.keys(composed).join(", ")}`,
    );
  }
  let count = 0;
  return compose(source.read(0), {
    step: (op, ...inputs) =>
      operator(source, op, inputs, { ...optionsOf(op), role: `step${++count}` }),
    last: (op, ...inputs) => operator(source, op, inputs, optionsOf(op)),
    value: (of) => number(source, of),
  }, parameters);
}
