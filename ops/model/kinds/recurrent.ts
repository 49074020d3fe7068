/** Long short-term memory (Hochreiter & Schmidhuber 1997; Gers et al. 2000) in Keras's form. */
import { Type } from "../../../engine/field.ts";
import type { Shape } from "../../../engine/shape.ts";
import { Extent, Flag } from "./attributes.ts";
import { defineLayer, type InitialValues } from "./define.ts";
import { glorotUniform, orthonormalRows } from "./initial_values.ts";
import { sequence } from "./shape_checks.ts";

const attributes = Type.Object({
  units: Extent,
  sequence: Flag,
  gates: Type.Union([Type.Literal("sigmoid"), Type.Literal("hard-sigmoid")]),
});

/**
 * Long short-term memory over a sequence [length, size]. Its kernel [inputs + units, 4 · units] stands over its own
 * state's; four gates side by side in Keras's order: input, forget, cell, output. `sequence`: the states of all steps,
 * else the last.
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
  run: (layer, { room, inputs: [x], weight }) =>
    room.nn.recurrent(x!, weight("kernel"), weight("bias"), layer),
});

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
  const own = glorotUniform(draws(), inputs * columns, inputs + columns);
  const back = orthonormalRows(draws("state"), units, columns);
  return Float32Array.from([...own, ...back]);
}
