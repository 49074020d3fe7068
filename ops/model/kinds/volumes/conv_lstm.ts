/** Long short-term memory whose products are convolutions (Shi et al. 2015, arXiv 1506.04214), in Keras's form. */
import { Type } from "../../../../engine/field.ts";
import { type Shape, show, sizeOf } from "../../../../engine/shape.ts";
import type { Tensor } from "../../../../engine/tensor/mod.ts";
import { Extent, Flag, NamedPadding, Triple } from "../attributes.ts";
import { type AnyLayer, defineLayer } from "../define.ts";
import { CellActivations, cellActivations } from "../rnn.ts";
import { cannot, one } from "../shape_checks.ts";
import { slide, type VolumeWindow, windowsAlong } from "./slide.ts";

/**
 * It steps through volumes [steps, depth, height, width, channels]: what enters slides as the attributes say, the state
 * over its own neighbours (`same`, stride 1). The kernel [depth, height, width, inputs + filters, 4 · filters] stands over
 * the state's own; gates as in `recurrent`. No peepholes. `sequence`: the states of all steps, else the last.
 */
export const convLstm = defineLayer({
  kind: "conv-lstm",
  attributes: Type.Object({
    filters: Extent,
    kernel: Triple,
    strides: Triple,
    padding: NamedPadding,
    dilations: Triple,
    sequence: Flag,
    nonlinearity: CellActivations,
    gates: CellActivations,
  }),
  selects: () => "recurrent",
  shape(layer, inputs) {
    const { steps, extents } = stateOf(layer, inputs);
    return [...layer.sequence ? [steps] : [], ...extents, layer.filters];
  },
  weights: ({ kernel, filters }, [input]) => ({
    kernel: [...kernel, input!.at(-1)! + filters, 4 * filters],
    bias: [4 * filters],
  }),
  macs(layer, inputs) {
    const { steps, extents } = stateOf(layer, inputs);
    const rows = inputs[0]!.at(-1)! + layer.filters;
    return steps * sizeOf(extents) * sizeOf(layer.kernel) * rows * 4 * layer.filters;
  },
  // As of `recurrent`: states stay float, and what leaves is read by itself again.
  kernel: { layout: "DHWIO", multiplies: "floats", oneScale: true },
  channels: {
    pass({ layer, inputs: [channels], ties }) {
      ties.fix(channels!);
      return ties.fix(ties.fresh(layer.filters));
    },
  },
  run(layer, { room, inputs: [x], weight }) {
    const { tf } = room;
    const { filters, sequence } = layer;
    const [batch, steps, ...volume] = x!.shape as [number, number, ...number[]];
    const channels = volume.at(-1)!;
    const kernel = weight("kernel");
    const part = (first: number, count: number) =>
      tf.slice(kernel, [0, 0, 0, first, 0], [...layer.kernel, count, 4 * filters]);
    const [own, back] = [part(0, channels), part(channels, filters)];
    const entering = tf.add(
      slide(room, tf.reshape(x!, [batch * steps, ...volume]), own, layer),
      weight("bias"),
    );
    const extents = entering.shape.slice(1, 4);
    const cells = sizeOf(extents);
    const state: VolumeWindow = {
      kernel: layer.kernel,
      strides: [1, 1, 1],
      dilations: [1, 1, 1],
      padding: "same",
    };
    const byStep = tf.reshape(entering, [batch, steps, cells * 4 * filters]);
    const states: Tensor[] = [];
    let h: Tensor = tf.zeros([batch, ...extents, filters]);
    let c: Tensor = tf.zeros([batch * cells, filters]);
    for (let t = 0; t < steps; t++) {
      const z = tf.add(
        tf.reshape(
          tf.slice(byStep, [0, t, 0], [batch, 1, cells * 4 * filters]),
          [batch * cells, 4 * filters],
        ),
        tf.reshape(slide(room, h, back, state), [batch * cells, 4 * filters]),
      );
      const at = (gate: number) => tf.slice(z, [0, gate * filters], [batch * cells, filters]);
      const gate = (index: number) => cellActivations[layer.gates](room, at(index));
      const fresh = cellActivations[layer.nonlinearity](room, at(2));
      c = tf.add(tf.mul(gate(1), c), tf.mul(gate(0), fresh));
      h = tf.reshape(
        tf.mul(gate(3), cellActivations[layer.nonlinearity](room, c)),
        [batch, ...extents, filters],
      );
      if (sequence) states.push(h);
    }
    return sequence ? tf.stack(states, 1) : h;
  },
});

/** Steps, and the extents of a state. */
function stateOf(
  layer: AnyLayer & VolumeWindow,
  inputs: readonly Shape[],
): { readonly steps: number; readonly extents: readonly number[] } {
  const shape = one(layer, inputs);
  if (shape.length !== 5) {
    throw cannot(
      layer,
      `it reads volumes (steps × depth × height × width × channels), its input is ${show(shape)}`,
    );
  }
  const [steps, ...extents] = shape;
  const counts = ([0, 1, 2] as const).map((axis) =>
    windowsAlong(axis, extents[axis]!, layer).count
  );
  if (counts.every((count) => count >= 1)) return { steps: steps!, extents: counts };
  throw cannot(layer, `its window ${show(layer.kernel)} does not fit into ${show(shape)}`);
}
