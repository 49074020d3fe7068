/** The number format of a layer's weights. */
import type { ActivationFormat } from "../model.ts";
import type { IntegerParams } from "../../quantize/fields.ts";
import { BIAS_LIMIT, type StoringLayer } from "./integer_layer.ts";
import type { WeightFormat } from "./weight_format.ts";

/** The axis of a kernel along which each output channel has its own scale. */
const CHANNEL_AXIS = {
  conv: 3,
  "conv-transpose": 3,
  dense: 1,
  depthwise: 2,
  embedding: 1,
  position: 1,
  // Nothing behind the layer can take up the scales of gates: one scale serves the whole kernel.
  recurrent: null,
} as const;

/** The format of a layer's kernel with so many bits. */
export function layerFormat(
  { kind }: StoringLayer,
  bits: number,
  { granularity, symmetry, rules }: IntegerParams,
): WeightFormat {
  const axis = granularity === "tensor" ? null : CHANNEL_AXIS[kind];
  return { bits, axis, symmetry, rules };
}

/**
 * The smallest weight scale of each of `count` with which the bias still fits into its integers: channels whose weights
 * are tiny beside their bias get coarser ones. Undefined where there is no bias, or activations are float.
 */
export function scaleFloor(
  bias: ArrayLike<number> | undefined,
  count: number,
  input: Pick<ActivationFormat, "scale"> | undefined,
): Float64Array | undefined {
  if (bias === undefined || input === undefined) return undefined;
  const floor = new Float64Array(count);
  const shared = bias.length / count;
  for (let channel = 0; channel < bias.length; channel++) {
    const c = Math.floor(channel / shared);
    floor[c] = Math.max(floor[c]!, Math.abs(bias[channel]!) / (input.scale * BIAS_LIMIT));
  }
  return floor;
}
