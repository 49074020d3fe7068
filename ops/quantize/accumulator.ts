/** Sums of integer products have 32 bits: whether those of a model always fit. */
import type { Model, Quantization } from "../model/model.ts";
import { hasKernel } from "../model/selection.ts";
import { integerLayer } from "./integer_layer.ts";

const LIMIT = 2147483647;

/**
 * Throws an Error that names a layer whose sums could leave 32 bits for some input: its largest centred input times the
 * sum of its weights' magnitudes, and its bias, per output channel.
 */
export function assertSumsFit(model: Model, quantization: Quantization): void {
  for (const layer of model.layers) {
    const input = quantization.activations[layer.inputs[0]!];
    if (!hasKernel(layer) || input === undefined) continue;
    const constants = integerLayer(model, layer, input, quantization.rules);
    if (constants === undefined) continue;
    const largest = Math.max(input.maximum - input.zero, input.zero - input.minimum);
    const { weights, bias } = constants;
    const sums = Float64Array.from(bias, Math.abs);
    for (let i = 0; i < weights.length; i++) {
      // Output channels are the last axes of every kernel.
      sums[i % sums.length]! += largest * Math.abs(weights[i]!);
    }
    if (sums.some((sum) => sum > LIMIT)) {
      throw new Error(
        `Cannot compute "${layer.name}" in integers: its sums of ${weights.length / sums.length} ` +
          "products may need more than 32 bits; exclude it, or give it fewer bits with per_layer",
      );
    }
  }
}
