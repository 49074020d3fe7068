/** Operators that add, multiply or compare two values, or a value and a constant, as layers. */
import type { Activation } from "../../../engine/tensor/mod.ts";
import { sameShape, show } from "../../../engine/shape.ts";
import type { Preprocess } from "../../model/model.ts";
import type { FileConstant } from "./constants.ts";
import type { OperatorReading } from "./operator_reading.ts";
import { FUSED } from "./operators.ts";

/** The activation that an operator ends in. */
export function fusedOf(of: OperatorReading): Activation {
  const code = of.options.activation ?? FUSED.linear;
  const found = (Object.keys(FUSED) as (keyof typeof FUSED)[]).find((name) => FUSED[name] === code);
  if (found === undefined) throw of.wrong(`the activation ${code} that it ends in is not read`);
  return found;
}

/** The operator's activation as a layer of its own behind its layer. */
export function activation(of: OperatorReading): void {
  const activation = fusedOf(of);
  if (activation === "linear") return;
  of.add({ name: `${of.name}.${activation}`, kind: "activation", inputs: [of.name], activation });
}

/** Two values by an operator. */
export function two(
  of: OperatorReading,
  by: "sum" | "difference" | "product" | "maximum" | "minimum",
): void {
  const inputs = [of.value(0), of.value(1)];
  if (by === "sum" && sameShape(of.shape(0), of.shape(1))) {
    of.add({ name: of.name, kind: "add", inputs, activation: fusedOf(of) });
    return;
  }
  of.add({ name: of.name, kind: "combine", inputs, by });
  activation(of);
}

/** A value and another, or a constant: preprocessing of the input, or a scale and a shift for each channel. */
export function arithmetic(of: OperatorReading, by: "sum" | "difference" | "product"): void {
  if (!of.isConstant(1)) return two(of, by);
  const { shape, values } = of.constant(1);
  const entering = of.shape(0);
  const channels = entering.at(-1)!;
  if (by === "sum" && entering.length === 2 && sameShape(shape.slice(-2), entering)) {
    const kernel = { shape: entering, values };
    of.add({ name: of.name, kind: "position", inputs: [of.value(0)] }, { kernel });
    return activation(of);
  }
  if (values.length !== 1 && (values.length !== channels || shape.at(-1) !== channels)) {
    throw of.wrong(`its constant is ${show(shape)}, and it reads ${show(entering)}`);
  }
  const at = (index: number): number => values[values.length === 1 ? 0 : index % channels]!;
  const sign = by === "difference" ? -1 : 1;
  const prepared = ({ scale, offset }: Preprocess): Preprocess => {
    const length = Math.max(scale.length, offset.length, values.length);
    const each = (of: readonly number[], by: (value: number, index: number) => number) =>
      Array.from({ length }, (_, i) => by(of[of.length === 1 ? 0 : i]!, i));
    return by === "product"
      ? { scale: each(scale, (s, i) => s * at(i)), offset: each(offset, (o, i) => o * at(i)) }
      : { scale, offset: each(offset, (o, i) => o + sign * at(i)) };
  };
  if (fusedOf(of) === "linear" && of.prepare(prepared)) return;
  const norm = of.before();
  if (norm?.kind !== "batchnorm" || norm.activation !== "linear") {
    const vector = (value: (index: number) => number): FileConstant => ({
      shape: [channels],
      values: Float32Array.from({ length: channels }, (_, i) => value(i)),
    });
    of.add({
      name: of.name,
      kind: "batchnorm",
      inputs: [of.value(0)],
      epsilon: 0,
      momentum: 0.99,
      activation: "linear",
    }, {
      gamma: vector((i) => by === "product" ? at(i) : 1),
      beta: vector((i) => by === "product" ? 0 : sign * at(i)),
      mean: vector(() => 0),
      variance: vector(() => 1),
    });
    return activation(of);
  }
  if (by === "product") of.change(norm.name, "gamma", (value, i) => value * at(i));
  of.change(
    norm.name,
    "beta",
    (value, i) => by === "product" ? value * at(i) : value + sign * at(i),
  );
  const ending = fusedOf(of);
  if (ending !== "linear") of.fuse(ending);
}
