/**
 * Ranges found while computing (`ranges: dynamic`). Each row that a dense layer multiplies, a sample or one position of
 * a sequence, gets the format of its own range, so no row depends on another (token-wise quantization: Yao et al. 2022,
 * "ZeroQuant", arXiv 2206.01861, §3.2). The products are exact integers; biases and activation
 * functions are in float32. Everything but dense layers computes in floats.
 */
import type { Room, ShortTensor, Tensor } from "../../../engine/tensor/mod.ts";
import type { AccumulatingLayer } from "../kinds/mod.ts";
import { type Model, type Quantization, weightName } from "../model.ts";
import { axisIndex, decodeWeight } from "../weights.ts";
import { type ActivationScheme, affineOfRange, allIntegers } from "./activation_format.ts";
import { RULES } from "./rules.ts";

/** How a row becomes integers. */
export function dynamicScheme({ dynamic, rules }: Quantization): ActivationScheme | undefined {
  return dynamic && { ...dynamic, rules };
}

/** Smallest scale of a row: smaller ones are no normal float32, and quotients by them may overflow. */
export const SMALLEST_SCALE = 1.1754943508222875e-38;

/** What a layer is prepared with; `keep` takes a tensor that lasts as long as the layer. */
interface DynamicWorkshop {
  readonly room: Room;
  readonly model: Model;
  readonly keep: (tensor: Tensor) => Tensor;
}

/**
 * activation(Σ (q_x − z_x)(q_w − z_w) · s_x · s_w + b) for each row of x, [B, …, inputs]; undefined where the layer's
 * kernel is no integers. The kernel is unpacked once, into a tensor that `keep` takes.
 */
export function dynamicDense(
  { room, model, keep }: DynamicWorkshop,
  layer: AccumulatingLayer,
  scheme: ActivationScheme,
): ((x: Tensor) => Tensor) | undefined {
  const { nn } = room;
  const { shape, encoding, data } = model.weights[weightName(layer, "kernel")]!;
  if (encoding.use !== "affine") return undefined;
  const channel = axisIndex(shape, encoding.axis);
  const centred = Int32Array.from(data, (q, i) => q - encoding.zero[channel(i)]!);
  const kernel = keep(room.tensor(centred, shape, "int32"));
  const units = shape[1]!;
  // The first row of a kernel names the scale of each column.
  const scales = Float32Array.from({ length: units }, (_, c) => encoding.scale[channel(c)]!);
  const stored = model.weights[weightName(layer, "bias")];
  const end = nn.integerEnd({ use: "rows", bias: stored && decodeWeight(stored), scales });
  keep(end.table);
  return (x) => {
    const { integers, scales } = integerRows(room, x, scheme);
    const rows = room.tensor(scales, [scales.length]);
    const y = nn.denseInteger(integers, kernel, { ...end, rows });
    return nn.activate(y, layer.activation);
  };
}

/** Rows along the last axis as centred integers q − zero, each with its own scale. */
function integerRows(
  { nn, tensor, values }: Room,
  x: Tensor,
  scheme: ActivationScheme,
): { readonly integers: ShortTensor; readonly scales: Float32Array } {
  const { low, high } = allIntegers(scheme.bits);
  const ranges = values(nn.rowRanges(x));
  const scales = new Float32Array(ranges.length / 2);
  const formats = new Float32Array(scales.length * 3);
  for (let row = 0; row < scales.length; row++) {
    const [minimum, maximum] = [ranges[2 * row]!, ranges[2 * row + 1]!];
    const affine = affineOfRange({ minimum, maximum }, scheme);
    const scale = Math.max(affine.scale, SMALLEST_SCALE);
    scales[row] = scale;
    formats.set([scale, low - affine.zero, high - affine.zero], row * 3);
  }
  const { ties } = RULES[scheme.rules];
  return { integers: nn.quantizeRows(x, tensor(formats, [scales.length, 3]), ties), scales };
}
