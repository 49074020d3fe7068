/** Readers of the Keras layers that make one value of several. */
import { sameShape } from "../../../../engine/shape.ts";
import type { LayerOf } from "../../../model/model.ts";
import type { Reading } from "../assembly.ts";
import { chainOf } from "./chain.ts";

type Combination = LayerOf<"combine">["by"];

/** `Add`: of values of one shape, or combined. */
export function add(reading: Reading): string {
  const { name, inputs, shapes: [first, ...others] } = reading;
  if (!others.every((shape) => sameShape(shape, first!))) return combined("sum", reading);
  reading.add({ name, kind: "add", inputs, activation: "linear" });
  return name;
}

/** `Multiply`, `Maximum` and `Minimum`. */
export function combined(by: Combination, reading: Reading): string {
  const { name, inputs } = reading;
  reading.add({ name, kind: "combine", inputs, by });
  return name;
}

/** `Subtract`: of two. */
export function subtract(reading: Reading): string {
  if (reading.inputs.length !== 2) throw reading.config.wrong("it reads two layers");
  return combined("difference", reading);
}

/** `Average`: the sum, divided by how many there are. */
export function average(reading: Reading): string {
  const { inputs: [, ...others] } = reading;
  return chainOf(reading).then("sum", { kind: "combine", by: "sum" }, { others })
    .then("", { kind: "function", function: "scale", parameters: [1 / (others.length + 1), 0] })
    .last;
}

/** `Concatenate`, along any axis: joined along the last, where that is moved to for as long as it takes. */
export function concatenate(reading: Reading): string {
  const { name, inputs, shapes: [shape], config } = reading;
  const rank = shape!.length;
  const axis = config.number("axis", -1);
  // The batch is axis 0 there, and no axis here.
  const along = axis < 0 ? rank + axis : axis - 1;
  if (!(along >= 0 && along < rank)) throw config.wrong(`its axis is ${axis}`);
  if (along === rank - 1) {
    reading.add({ name, kind: "concat", inputs });
    return name;
  }
  const order = shape!.map((_, at) => at === along ? rank - 1 : at === rank - 1 ? along : at);
  const transposed = inputs.map((input, at) =>
    chainOf(reading, input).transposed(`turned${at + 1}`, order).last
  );
  return chainOf(reading, transposed[0]).then("joined", { kind: "concat" }, {
    others: transposed.slice(1),
  })
    .transposed("", order).last;
}

/** `Dot`, of rows or of matrices; with `normalize` each is as long as 1 along its axis. */
export function dot(reading: Reading): string {
  const { config, inputs, shapes } = reading;
  if (inputs.length !== 2) throw config.wrong("it reads two layers");
  const [first, second = first] = config.numbers("axes");
  const axes = [first, second].map((axis, at) =>
    axis! < 0 ? shapes[at]!.length + axis! : axis! - 1
  ) as [number, number];
  if (!axes.every((axis) => axis >= 0 && axis <= 1)) throw config.wrong("its axes cannot be read");
  const [a, b] = inputs.map((input, at) => {
    const chain = chainOf(reading, input);
    if (!config.flag("normalize", false)) return chain.last;
    const last = chain.shape.length - 1;
    const order = axes[at] === last ? chain.shape.map((_, axis) => axis) : [1, 0];
    return chain.transposed(`turned${at + 1}`, order)
      .then(`unit${at + 1}`, { kind: "standardize", by: "length", epsilon: 1e-12 })
      .transposed(`back${at + 1}`, order).last;
  });
  return chainOf(reading, a!).then("", { kind: "dot", axes }, { others: [b!] }).last;
}
