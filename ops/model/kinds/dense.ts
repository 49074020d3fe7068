/** Dense layers: every output sums over every input. */
import { Type } from "../../../engine/field.ts";
import { sizeOf } from "../../../engine/shape.ts";
import type { Tensor } from "../../../engine/tensor/mod.ts";
import { ending, Extent } from "./attributes.ts";
import { defineLayer } from "./define.ts";
import { one } from "./shape_checks.ts";
import { withBias } from "./weights.ts";

/** y = activation(x W + b) along the last axis; each position of a longer shape is a row of its own. */
export const dense = defineLayer({
  kind: "dense",
  attributes: Type.Object({ units: Extent, ...ending }),
  shape: (layer, inputs) => [...one(layer, inputs).slice(0, -1), layer.units],
  weights: ({ units, bias }, [input]) => withBias([input!.at(-1)!, units], bias, units),
  macs: (_layer, [input], output) => input!.at(-1)! * sizeOf(output),
  kernel: { layout: "IO", multiplies: "integers" },
  channels: { writes: "units", weights: { kernel: ["in", "out"], bias: ["out"] } },
  integers: {
    values: "makes",
    dynamic: true,
    product: (_layer, { room: { nn }, x, kernel, end }) => nn.denseInteger(x, kernel, end),
  },
  run({ bias, activation, units }, { room: { nn, tf }, inputs: [x], weight }) {
    const product = (rows: Tensor) =>
      nn.dense(rows, weight("kernel"), bias ? weight("bias") : null, activation);
    if (x!.rank === 2) return product(x!);
    const rows = tf.reshape(x!, [-1, x!.shape.at(-1)!]);
    return tf.reshape(product(rows), [...x!.shape.slice(0, -1), units]);
  },
});
