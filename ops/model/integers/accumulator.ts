/** Sums of integer products have 32 bits: whether those of a model always fit. */
import type { ActivationFormat, Model, Quantization } from "../model.ts";
import { hasKernel, kindOf } from "../kinds/mod.ts";
import { allIntegers } from "./activation_format.ts";
import { integerLayer } from "./integer_layer.ts";
import { heldFormats } from "./plan.ts";

const LIMIT = 2147483647;

/**
 * Throws an Error that names a layer whose sums could leave 32 bits for some input: its largest centred input times
 * the sum of its weights' magnitudes, and its bias, per output channel.
 */
export function assertSumsFit(model: Model, quantization: Quantization): void {
  const { dynamic, rules } = quantization;
  const formats = heldFormats(model, quantization);
  for (const layer of model.layers) {
    const input = formats.get(layer.inputs[0]!) ??
      (kindOf(layer).integers.dynamic && dynamic ? widest(dynamic.bits) : undefined);
    if (!hasKernel(layer) || input === undefined) continue;
    const constants = integerLayer(model, layer, input, rules);
    if (constants === undefined) continue;
    const largest = Math.max(input.maximum - input.zero, input.zero - input.minimum);
    const { weights, bias } = constants;
    // Of rows that find their ranges the bias is added in floats.
    const sums = Float64Array.from(bias, dynamic ? () => 0 : Math.abs);
    for (let i = 0; i < weights.length; i++) {
      // Output channels are the last axes of every kernel.
      sums[i % sums.length]! += largest * Math.abs(weights[i]!);
    }
    if (sums.some((sum) => sum > LIMIT)) {
      throw new Error(
        `Cannot compute "${layer.name}" in integers: its sums of ${weights.length / sums.length} ` +
          "products may need more than 32 bits; quantize the model without it, or with fewer bits for it " +
          "(exclude, per_layer)",
      );
    }
  }
}

/** A row whose centred integers are as large as can be. */
function widest(bits: number): ActivationFormat {
  const { low, high } = allIntegers(bits);
  return { bits, scale: 1, zero: low, minimum: low, maximum: high };
}
