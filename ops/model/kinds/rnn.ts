/** Recurrent layers step by step: cells and activations that the kernel of `recurrent` does not compute. */
import { Type } from "../../../engine/field.ts";
import { sameShape, show } from "../../../engine/shape.ts";
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { Extent, Flag } from "./attributes.ts";
import { defineLayer, type LayerIn } from "./define.ts";
import { functionNamed } from "./functions.ts";
import { cannot, sequence } from "./shape_checks.ts";

/** Activations of the state and of the gates: hard sigmoids are those of Keras 2 and of Keras 3. */
export const cellActivations = {
  linear: (_room: Room, x: Tensor) => x,
  relu: ({ nn }: Room, x: Tensor) => nn.activate(x, "relu"),
  sigmoid: ({ nn }: Room, x: Tensor) => nn.activate(x, "sigmoid"),
  tanh: ({ nn }: Room, x: Tensor) => nn.activate(x, "tanh"),
  "hard-sigmoid": (room: Room, x: Tensor) => functionNamed("hard-sigmoid").run(room, x, [0.2, 0.5]),
  "hard-sigmoid-6": (room: Room, x: Tensor) =>
    functionNamed("hard-sigmoid").run(room, x, [1 / 6, 0.5]),
} as const;

type RnnActivation = keyof typeof cellActivations;

/** The field of a layer that names one. */
export const CellActivations = Type.Unsafe<RnnActivation>(
  Type.Union(Object.keys(cellActivations).map((name) => Type.Literal(name))),
);

/** Gates of a cell, its new state among them: so many times its units stand in the columns of its weights. */
const GATES = { simple: 1, gru: 3, "gru-after": 3, lstm: 4 } as const;

const Cells = Type.Unsafe<keyof typeof GATES>(
  Type.Union(Object.keys(GATES).map((name) => Type.Literal(name))),
);

/**
 * A recurrent layer in Keras's form; state and cell begin at 0. `simple`: h' = f(x W + h R + b). `gru` (Cho et al. 2014,
 * arXiv 1406.1078): gates update z and reset r, then h' = z h + (1 − z) f(x W + (r h) R + b); `gru-after`, as cuDNN has it,
 * f(x W + b + r (h R + b₂)). `lstm` as `recurrent`, with any activations. The kernel [inputs + units, gates · units] stands
 * over the state's own; the bias of `gru-after` is twice as long. `sequence`: the states of all steps, else the last.
 * A mask [length], where it reads one second, hides the steps at which it is 0: there the state stays as it was.
 */
export const rnn = defineLayer({
  kind: "rnn",
  attributes: Type.Object({
    cell: Cells,
    units: Extent,
    sequence: Flag,
    nonlinearity: CellActivations,
    gates: CellActivations,
  }),
  selects: () => "recurrent",
  shape(layer, [rows, ...masks]) {
    const [length] = sequence(layer, [rows!]);
    if (masks.length > 1 || masks.some((mask) => !sameShape(mask, [length]))) {
      throw cannot(
        layer,
        `it reads a mask of its ${length} steps, its inputs are ${
          [rows!, ...masks].map(show).join(", ")
        }`,
      );
    }
    return layer.sequence ? [length, layer.units] : [layer.units];
  },
  weights: ({ cell, units }, [input]) => ({
    kernel: [input!.at(-1)! + units, GATES[cell] * units],
    bias: [GATES[cell] * units * (cell === "gru-after" ? 2 : 1)],
  }),
  macs: ({ cell, units }, [input]) => input![0]! * (input![1]! + units) * GATES[cell] * units,
  // Steps feed on one another, so that states stay float.
  kernel: { layout: "IO", multiplies: "floats", oneScale: true },
  channels: {
    // As of `recurrent`: what leaves is read by itself again.
    pass({ layer, inputs: [channels], ties }) {
      ties.fix(channels!);
      return ties.fix(ties.fresh(layer.units));
    },
  },
  run(layer, { room, inputs: [x, mask], weight }) {
    const { tf } = room;
    const [batch, length, width] = x!.shape as [number, number, number];
    const { units, sequence } = layer;
    const columns = GATES[layer.cell] * units;
    const kernel = weight("kernel");
    const bias = weight("bias");
    const own = tf.slice(kernel, [0, 0], [width, columns]);
    const back = tf.slice(kernel, [width, 0], [units, columns]);
    const entering = tf.add(
      tf.reshape(tf.matMul(tf.reshape(x!, [batch * length, width]), own), [batch, length, columns]),
      tf.slice(bias, [0], [columns]),
    );
    const cell: RnnCell = { room, layer, back, after: afterBias(room, layer, bias) };
    const states: Tensor[] = [];
    let state: RnnState = { h: tf.zeros([batch, units]), c: tf.zeros([batch, units]) };
    for (let t = 0; t < length; t++) {
      const z = tf.reshape(tf.slice(entering, [0, t, 0], [batch, 1, columns]), [batch, columns]);
      const next = steps[layer.cell](cell, z, state);
      state = mask === undefined
        ? next
        : kept(room, tf.slice(mask, [0, t], [batch, 1]), next, state);
      if (sequence) states.push(state.h);
    }
    return sequence ? tf.stack(states, 1) : state.h;
  },
});

interface RnnState {
  readonly h: Tensor;
  /** Of an LSTM alone. */
  readonly c: Tensor;
}

/** What every step computes with. */
interface RnnCell {
  readonly room: Room;
  readonly layer: LayerIn<typeof rnn>;
  /** The rows of the kernel that meet the state. */
  readonly back: Tensor;
  /** The second bias, of `gru-after` alone. */
  readonly after: Tensor | undefined;
}

function afterBias({ tf }: Room, { cell, units }: LayerIn<typeof rnn>, bias: Tensor) {
  return cell === "gru-after" ? tf.slice(bias, [3 * units], [3 * units]) : undefined;
}

/** So many gates from one on, of values side by side. */
function gatesOf({ room: { tf }, layer: { units } }: RnnCell, z: Tensor, first: number, count = 1) {
  return tf.slice(z, [0, first * units], [z.shape[0]!, count * units]);
}

/** The state behind a step, of what enters it and the state before. */
const steps: Readonly<
  Record<keyof typeof GATES, (cell: RnnCell, z: Tensor, state: RnnState) => RnnState>
> = {
  simple({ room, layer, back }, z, { h, c }) {
    const { tf } = room;
    return { h: cellActivations[layer.nonlinearity](room, tf.add(z, tf.matMul(h, back))), c };
  },
  gru(cell, z, { h, c }) {
    const { room, layer, back } = cell;
    const { tf } = room;
    const { units } = layer;
    const backOf = (first: number, count: number) =>
      tf.slice(back, [0, first * units], [units, count * units]);
    const gates = cellActivations[layer.gates](
      room,
      tf.add(gatesOf(cell, z, 0, 2), tf.matMul(h, backOf(0, 2))),
    );
    const [update, reset] = [gatesOf(cell, gates, 0), gatesOf(cell, gates, 1)];
    const recurrent = tf.matMul(tf.mul(reset, h), backOf(2, 1));
    const fresh = cellActivations[layer.nonlinearity](
      room,
      tf.add(gatesOf(cell, z, 2), recurrent),
    );
    return { h: mixed(room, update, h, fresh), c };
  },
  "gru-after"(cell, z, { h, c }) {
    const { room, layer, back, after } = cell;
    const { tf } = room;
    const own = tf.add(tf.matMul(h, back), after!);
    const gates = cellActivations[layer.gates](
      room,
      tf.add(gatesOf(cell, z, 0, 2), gatesOf(cell, own, 0, 2)),
    );
    const [update, reset] = [gatesOf(cell, gates, 0), gatesOf(cell, gates, 1)];
    const recurrent = tf.mul(reset, gatesOf(cell, own, 2));
    const fresh = cellActivations[layer.nonlinearity](
      room,
      tf.add(gatesOf(cell, z, 2), recurrent),
    );
    return { h: mixed(room, update, h, fresh), c };
  },
  lstm(cell, z, { h, c }) {
    const { room, layer, back } = cell;
    const { tf } = room;
    const all = tf.add(z, tf.matMul(h, back));
    const gate = (at: number) => cellActivations[layer.gates](room, gatesOf(cell, all, at));
    const candidate = cellActivations[layer.nonlinearity](room, gatesOf(cell, all, 2));
    const next = tf.add(tf.mul(gate(1), c), tf.mul(gate(0), candidate));
    return { h: tf.mul(gate(3), cellActivations[layer.nonlinearity](room, next)), c: next };
  },
};

/** update · h + (1 − update) · fresh. */
function mixed({ tf }: Room, update: Tensor, h: Tensor, fresh: Tensor): Tensor {
  return tf.add(tf.mul(update, h), tf.mul(tf.sub(1, update), fresh));
}

/** The next state where a mask [batch, 1] is not 0, else the one before. */
function kept({ tf }: Room, mask: Tensor, next: RnnState, before: RnnState): RnnState {
  // By operations that have a slope, which is none: what enters may have made the mask.
  const hidden = tf.sub(tf.sub(1, tf.step(mask)), tf.step(tf.neg(mask)));
  const seen = tf.sub(1, hidden);
  const mix = (a: Tensor, b: Tensor) => tf.add(tf.mul(seen, a), tf.mul(hidden, b));
  return { h: mix(next.h, before.h), c: mix(next.c, before.c) };
}
