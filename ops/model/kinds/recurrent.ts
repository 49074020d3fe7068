/** Long short-term memory (Hochreiter & Schmidhuber 1997; Gers et al. 2000) in Keras's form. */
import { type Static, Type } from "../../../engine/field.ts";
import type { Shape } from "../../../engine/shape.ts";
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { Extent, Flag } from "./attributes.ts";
import { defineLayer, type InitialValues, type LayerRun } from "./define.ts";
import { glorotUniform, orthonormalRows } from "./initial_values.ts";
import { sequence } from "./shape_checks.ts";

const attributes = Type.Object({
  units: Extent,
  sequence: Flag,
  gates: Type.Union([Type.Literal("sigmoid"), Type.Literal("hard-sigmoid")]),
});

/**
 * Its kernel [inputs + units, 4 · units] stands over its own state's; four gates side by side in Keras's order:
 * input, forget, cell, output. `sequence`: the states of all steps, else the last.
 */
export const recurrent = defineLayer({
  kind: "recurrent",
  attributes,
  shape(layer, inputs) {
    const [length] = sequence(layer, inputs);
    return layer.sequence ? [length, layer.units] : [layer.units];
  },
  weights: ({ units }, [input]) => ({
    kernel: [input!.at(-1)! + units, 4 * units],
    bias: [4 * units],
  }),
  macs: ({ units }, [input]) => input![0]! * (input![1]! + units) * 4 * units,
  // Steps feed on one another, so that states stay float; nothing behind the layer can take up the scales of gates.
  kernel: { layout: "IO", multiplies: "floats", oneScale: true },
  channels: {
    // What enters meets rows of the kernel above those of its own state; what leaves is read by itself again.
    pass({ layer, inputs: [channels], ties }) {
      ties.fix(channels!);
      return ties.fix(ties.fresh(layer.units));
    },
  },
  initial: { kernel: gateKernel, bias: openForget },
  run: overSteps,
});

/**
 * [i f g o] = x W + h R + b of a step, i, f, o through the gates' activation, g through tanh; c' = f c + i g, h' = o
 * tanh(c'); h and c begin at 0. The kernel is W over R. x [B, T, I] → h of every step [B, T, U], or of the last [B,
 * U]. Gradients go through all T steps.
 */
function overSteps(
  { units, sequence, gates }: Readonly<Static<typeof attributes>>,
  { room, inputs, weight }: LayerRun,
): Tensor {
  const { tf, nn } = room;
  const [x] = inputs as [Tensor];
  const [batch, length, width] = x.shape as [number, number, number];
  const kernel = weight("kernel");
  const [own, back] = tf.split(kernel, [width, units], 0) as [Tensor, Tensor];
  const rows = tf.reshape(x, [batch * length, width]);
  const entering = nn.dense(rows, own, weight("bias"), "linear");
  const steps = tf.unstack(tf.reshape(entering, [batch, length, 4 * units]), 1);
  const open = (z: Tensor) =>
    gates === "sigmoid" ? nn.activate(z, "sigmoid") : hardSigmoid(room, z);
  const states: Tensor[] = [];
  let cell: Tensor | undefined;
  for (const step of steps) {
    const before = states.at(-1);
    const z = before === undefined ? step : tf.add(step, nn.dense(before, back, null, "linear"));
    const [i, f, g, o] = tf.split(z, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const written = tf.mul(open(i), nn.activate(g, "tanh"));
    cell = cell === undefined ? written : tf.add(tf.mul(open(f), cell), written);
    states.push(tf.mul(open(o), nn.activate(cell, "tanh")));
  }
  return sequence ? tf.stack(states, 1) : states.at(-1)!;
}

/** clip(0.2 z + 0.5, 0, 1), as tfjs and Keras 2 have it. */
function hardSigmoid({ tf }: Room, z: Tensor): Tensor {
  return tf.clipByValue(tf.add(tf.mul(z, 0.2), 0.5), 0, 1);
}

/** Four gates side by side, the second of them forgets: its biases are 1 (Jozefowicz et al. 2015). */
function openForget([size]: Shape): Float32Array {
  return new Float32Array(size!).fill(1, size! / 4, size! / 2);
}

/**
 * The rows that meet the input as of a layer whose values leave the model, then those that meet the state,
 * orthonormal (Saxe et al. 2014): as many as a gate has units.
 */
function gateKernel(...[shape, draws]: Parameters<InitialValues>): Float32Array {
  const [rows, columns] = shape as [number, number];
  const units = columns / 4;
  const inputs = rows - units;
  const own = glorotUniform(draws(), inputs * columns, inputs, columns);
  const back = orthonormalRows(draws("state"), units, columns);
  return Float32Array.from([...own, ...back]);
}
