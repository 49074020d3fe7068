/** Optimizer updates: one kernel call per parameter. */
import type { Tensor } from "../deps/tfjs_core.ts";
import type { Machine } from "./machine.ts";
import type { Room, Update } from "./types.ts";

/** How many slots each optimizer keeps per parameter: sgd and nesterov 1 (momentum), adam 2 (m, v), rmsprop 1. */
export const SLOTS = { sgd: 1, nesterov: 1, adam: 2, rmsprop: 1 } as const;

/** Elements of one unit of work, as the kernels have it. */
const UNIT = 4096;

/** See `Room.update`. */
export const createUpdate =
  (machine: Machine): Room["update"] => (parameter, gradient, slots, settings, mask) => {
    assertFits(settings.use, parameter, slots, [gradient, ...(mask ? [mask] : [])]);
    const { launch, pointer, packed } = machine;
    for (const tensor of [parameter, ...slots]) packed.changed(pointer(tensor));
    const units = Math.ceil(parameter.size / UNIT);
    const state = [parameter, gradient, ...slots].map((tensor) => pointer(tensor));
    const common = [...state, mask ? pointer(mask) : 0, parameter.size, settings.learningRate];
    switch (settings.use) {
      case "sgd":
      case "nesterov": {
        const { momentum, weightDecay } = settings;
        const nesterov = settings.use === "nesterov" ? 1 : 0;
        launch("updateMomentum", units, ...common, momentum, weightDecay, nesterov);
        break;
      }
      case "adam": {
        const { beta1, beta2, epsilon, weightDecay, decoupled, step, learningRate } = settings;
        launch(
          "updateAdam",
          units,
          ...[...common, beta1, 1 - beta1, beta2, 1 - beta2],
          ...[1 - power(beta1, step), 1 - power(beta2, step), epsilon],
          ...(decoupled ? [0, 1 - learningRate * weightDecay] : [weightDecay, 1]),
        );
        break;
      }
      case "rmsprop": {
        const { decay, epsilon, weightDecay } = settings;
        launch("updateRmsprop", units, ...common, decay, 1 - decay, epsilon, weightDecay);
        break;
      }
    }
  };

/** x to the n by repeated multiplication: fixed bits, unlike `**`. */
function power(x: number, n: number): number {
  let result = 1;
  for (let base = x, left = n; left > 0; left = Math.floor(left / 2), base *= base) {
    if (left % 2 === 1) result *= base;
  }
  return result;
}

function assertFits(
  use: Update["use"],
  parameter: Tensor,
  slots: readonly Tensor[],
  others: readonly Tensor[],
): void {
  const wanted = SLOTS[use];
  if (slots.length !== wanted) {
    throw new Error(
      `Cannot update with "${use}" and ${slots.length} slots: it keeps ${wanted}`,
    );
  }
  for (const tensor of [...others, ...slots]) {
    if (tensor.size !== parameter.size || tensor.dtype !== "float32") {
      throw new Error(
        `Cannot update a parameter of shape [${parameter.shape}] with a ${tensor.dtype} tensor of shape ` +
          `[${tensor.shape}]: expected float32 of the same size`,
      );
    }
  }
}
