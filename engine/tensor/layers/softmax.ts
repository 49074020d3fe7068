/** Softmax, its logarithm and cross-entropy along the last axis. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../types.ts";

/** See `LayerKernels`. */
export const softmaxLayers = (
  machine: Machine,
): Pick<LayerKernels, "softmax" | "logSoftmax" | "crossEntropy"> => {
  const { pointer, output, launch, operation } = machine;

  /** softmax and logSoftmax: a kernel over rows, whose gradient reads the output. */
  const along = (kernel: "softmax" | "logSoftmax") => (z: Tensor, temperature: number): Tensor => {
    const { rows, width } = rowsOf(z, temperature);
    const [y] = operation(kernel, { z }, (save) => {
      const y = output(z.shape);
      launch(kernel, rows, pointer(z), pointer(y), width, temperature);
      save(y);
      return [y];
    }, ([dy], [y]) => ({
      z: () => {
        const dz = output(z.shape);
        const pointers = [pointer(y!), pointer(dy!), pointer(dz)];
        launch(`${kernel}Gradient`, rows, ...pointers, width, temperature);
        return dz;
      },
    }));
    return y!;
  };

  return {
    softmax: along("softmax"),
    logSoftmax: along("logSoftmax"),
    crossEntropy(z, targets, temperature) {
      const { rows, width } = rowsOf(z, temperature);
      if (z.rank !== 2 || z.shape.join() !== targets.shape.join()) {
        throw new Error(
          `Cannot compare logits [${z.shape}] with targets [${targets.shape}]: both must be [B, K]`,
        );
      }
      const [y] = operation("crossEntropy", { z }, (save) => {
        const y = output([rows]);
        const pointers = [pointer(z), pointer(targets), pointer(y)];
        launch("crossEntropy", rows, ...pointers, width, temperature);
        save(z, targets);
        return [y];
      }, ([dy], [z, targets]) => ({
        z: () => {
          const dz = output(z!.shape);
          const pointers = [pointer(z!), pointer(targets!), pointer(dy!), pointer(dz)];
          launch("crossEntropyGradient", rows, ...pointers, width, temperature);
          return dz;
        },
      }));
      return y!;
    },
  };
};

function rowsOf(z: Tensor, temperature: number): { rows: number; width: number } {
  if (!(temperature > 0)) {
    throw new RangeError(`Cannot divide logits by temperature ${temperature}: it must be above 0`);
  }
  const width = z.shape.at(-1);
  if (width === undefined) throw new Error("Cannot take the softmax of a scalar: it needs an axis");
  return { rows: width === 0 ? 0 : z.size / width, width };
}
