/** Sequences of rows: tables that tokens and positions are looked up in, and the first position alone. */
import { Type } from "../../../engine/field.ts";
import { sizeOf } from "../../../engine/shape.ts";
import { Extent } from "./attributes.ts";
import { defineLayer, type InitialValues } from "./define.ts";
import { unitRows } from "./initial_values.ts";
import { one, sequence } from "./shape_checks.ts";

/** Rows about 1 long. */
const rows: InitialValues = (shape, draws) => unitRows(draws(), sizeOf(shape), shape[1]!);

/** Rows of a table by number: tokens [length] become [length, size]. */
export const embedding = defineLayer({
  kind: "embedding",
  attributes: Type.Object({ vocabulary: Extent, size: Extent }),
  shape: (layer, inputs) => [...one(layer, inputs), layer.size],
  weights: ({ vocabulary, size }) => ({ kernel: [vocabulary, size] }),
  kernel: { layout: "rows", multiplies: "floats" },
  channels: { writes: "size", weights: { kernel: [null, "out"] } },
  initial: { kernel: rows },
  vocabulary: ({ vocabulary }) => vocabulary,
  run: (_layer, { room: { nn, tf }, inputs: [tokens], weight }) =>
    nn.embedding(weight("kernel"), tf.cast(tokens!, "int32")),
});

/** A table of one row per position, added: learned positions. */
export const position = defineLayer({
  kind: "position",
  attributes: Type.Object({}),
  selects: () => "embedding",
  shape: sequence,
  weights: (_layer, [input]) => ({ kernel: input! }),
  kernel: { layout: "rows", multiplies: "floats" },
  channels: { weights: { kernel: [null, "out"] } },
  initial: { kernel: rows },
  run: (_layer, { room, inputs: [x], weight }) => room.tf.add(x!, weight("kernel")),
});

/** The first position of a sequence. */
export const first = defineLayer({
  kind: "first",
  attributes: Type.Object({}),
  selects: () => "reshape",
  shape: (layer, inputs) => sequence(layer, inputs).slice(1),
  integers: { values: "keeps" },
  run(_layer, { room: { tf }, inputs: [x] }) {
    const [batch, , size] = x!.shape as [number, number, number];
    return tf.reshape(tf.slice(x!, [0, 0, 0], [batch, 1, size]), [batch, size]);
  },
});
