/** A convolution and the batch normalisation of what it gives, in one pass where nobody records a gradient. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import type { Machine } from "../machine.ts";
import { type Epilogue, RECTIFIERS } from "../products/matrix.ts";
import type { Activation, Norm } from "../types.ts";
import { assertChannels } from "./channels.ts";
import { normLayers } from "./norm.ts";
import { isRectifier } from "./rectified.ts";

/** Added to an activation's code: the table holds normalisations (kernels/epilogue.ts). */
const NORM = 4;

/**
 * `activation(batchNorm(layer + b))` of a layer with `channels` outputs, the same bits either way: `fused` runs it with
 * an epilogue, `plain` as it is.
 */
export function normalized(
  machine: Machine,
  norm: Norm,
  b: Tensor | null,
  channels: number,
  activation: Activation,
  layer: { fused(epilogue: Epilogue): Tensor; plain(): Tensor },
): Tensor {
  const { tf, pointer, kernels } = machine;
  const { mean, variance, gamma, beta, epsilon } = norm;
  if (machine.recording() || !isRectifier(activation)) {
    const { batchNorm } = normLayers(machine);
    return tf.tidy(() =>
      batchNorm(layer.plain(), mean, variance, gamma, beta, epsilon, activation)
    );
  }
  assertChannels(channels, { mean, variance, gamma, beta });
  return machine.scratch(Math.ceil(channels / 4) * 64, (table) => {
    const parameters = [mean, variance, gamma, beta].map(pointer);
    kernels.normTable(b ? pointer(b) : 0, ...parameters, epsilon, table, channels);
    return layer.fused({ table, code: NORM + RECTIFIERS[activation] });
  });
}
