/**
 * Sequences of rows: tables that tokens and positions are looked up in, what makes one row of all, and what is the same
 * for every sample.
 */
import { Type } from "../../../engine/field.ts";
import { sameShape, show, sizeOf } from "../../../engine/shape.ts";
import { Extent } from "./attributes.ts";
import { hiddenScores } from "./attention.ts";
import { defineLayer, type InitialValues } from "./define.ts";
import { unitRows } from "./initial_values.ts";
import { cannot, one, sequence } from "./shape_checks.ts";

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

/** The same values whatever it reads; they are kept as a mean is, and no gradient moves them. */
export const constant = defineLayer({
  kind: "constant",
  attributes: Type.Object({ shape: Type.Array(Extent, { minItems: 1 }) }),
  shape(layer, inputs) {
    one(layer, inputs);
    return layer.shape;
  },
  weights: ({ shape }) => ({ mean: shape }),
  channels: { pass: ({ output, ties }) => ties.fix(ties.fresh(output.at(-1)!)) },
  run: ({ shape }, { room: { tf }, inputs: [x], weight }) =>
    tf.tile(tf.reshape(weight("mean"), [1, ...shape]), [x!.shape[0]!, ...shape.map(() => 1)]),
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

/**
 * The mean of the rows of a sequence [length, size] where a mask [length], which it reads second, is not 0: of all that
 * are no padding, where it reads tokens (Reimers & Gurevych 2019, arXiv 1908.10084, §3). Of all where the mask is 0
 * everywhere.
 */
export const tokenMean = defineLayer({
  kind: "token-mean",
  attributes: Type.Object({}),
  selects: () => "pool",
  shape(layer, inputs) {
    const [rows, mask] = inputs;
    const fits = inputs.length === 2 && rows!.length === 2 && sameShape(mask!, [rows![0]!]);
    if (fits) return [rows![1]!];
    throw cannot(
      layer,
      `it reads a sequence (length × size) and a mask of its rows; these are ${
        inputs.map(show).join(", ")
      }`,
    );
  },
  run(_layer, { room, inputs: [x, mask] }) {
    const [batch, length, size] = x!.shape as [number, number, number];
    const shares = room.nn.softmax(hiddenScores(room, mask!), 1);
    const mean = room.tf.matMul(room.tf.reshape(shares, [batch, 1, length]), x!);
    return room.tf.reshape(mean, [batch, size]);
  },
});
