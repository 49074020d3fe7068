/** Long short-term memory (Hochreiter & Schmidhuber 1997; Gers et al. 2000) in Keras's form. */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import type { LayerOf, Role } from "../model.ts";

/** What a recurrent layer computes with. */
export interface RecurrentRun {
  readonly room: Room;
  readonly inputs: readonly Tensor[];
  weight(role: Role): Tensor;
}

/**
 * [i f g o] = x W + h R + b of a step, i, f, o through the gates' activation, g through tanh; c' = f c + i g,
 * h' = o tanh(c'); h and c begin at 0. The kernel is W over R. x [B, T, I] → h of every step [B, T, U], or of the last
 * [B, U]. Gradients go through all T steps.
 */
export function recurrent(
  { units, sequence, gates }: LayerOf<"recurrent">,
  { room, inputs, weight }: RecurrentRun,
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
