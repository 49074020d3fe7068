/**
 * Ranges found while computing (`ranges: dynamic`): each row that a dense layer multiplies, a sample or one position
 * of a sequence, gets the format of its own range (token-wise quantization: Yao et al. 2022, "ZeroQuant", arXiv
 * 2206.01861, §3.2), so no row depends on another. The products are exact integers; what is added and bent is
 * float32. Everything but dense layers computes in floats.
 */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import type { AccumulatingLayer } from "../kinds/mod.ts";
import { type Model, type Quantization, weightName } from "../model.ts";
import { axisIndex, decodeWeight } from "../weights.ts";
import { type ActivationScheme, affineOfRange, allIntegers } from "./activation_format.ts";
import { clamp, RULES } from "./rules.ts";

/** How a row becomes integers. */
export function dynamicScheme({ dynamic, rules }: Quantization): ActivationScheme | undefined {
  return dynamic && { ...dynamic, rules };
}

/** Smallest scale of a row: smaller ones are no normal float32, and quotients by them may overflow. */
export const SMALLEST_SCALE = 1.1754943508222875e-38;

/** What a layer is prepared with; `keep` makes a tensor that lasts as long as the layer. */
interface DynamicWorkshop {
  readonly room: Room;
  readonly model: Model;
  readonly keep: Room["tensor"];
}

/**
 * activation(Σ (q_x − z_x)(q_w − z_w) · s_x · s_w + b) for each row of x, [B, …, inputs]; undefined where the layer's
 * kernel is no integers. The kernel is unpacked once, into a tensor that `keep` makes.
 */
export function dynamicDense(
  { room, model, keep }: DynamicWorkshop,
  layer: AccumulatingLayer,
  scheme: ActivationScheme,
): ((x: Tensor) => Tensor) | undefined {
  const { nn, tf } = room;
  const { shape, encoding, data } = model.weights[weightName(layer.name, "kernel")]!;
  if (encoding.use !== "affine") return undefined;
  const channel = axisIndex(shape, encoding.axis);
  const centred = Int32Array.from(data, (q, i) => q - encoding.zero[channel(i)]!);
  const kernel = keep(centred, shape, "int32");
  const [inputs, units] = shape as [number, number];
  // The first row of a kernel names the scale of each column.
  const columns = Float32Array.from({ length: units }, (_, c) => encoding.scale[channel(c)]!);
  const bias = model.weights[weightName(layer.name, "bias")];
  const shift = bias && decodeWeight(bias);
  return (x) => {
    const { integers, scales } = integerRows(room.values(x), inputs, scheme);
    const rows = room.tensor(integers, [scales.length, inputs], "int32");
    const sums = room.integers(nn.denseInteger(rows, kernel));
    const result = new Float32Array(sums.length);
    for (let row = 0, i = 0; row < scales.length; row++) {
      for (let c = 0; c < units; c++, i++) {
        const product = Math.fround(Math.fround(sums[i]!) * scales[row]!);
        const real = Math.fround(product * columns[c]!);
        result[i] = shift === undefined ? real : real + shift[c]!;
      }
    }
    const values = nn.activate(room.tensor(result, [scales.length, units]), layer.activation);
    return tf.reshape(values, [...x.shape.slice(0, -1), units]);
  };
}

/** Rows as centred integers q − zero, each with its own scale. */
function integerRows(
  values: Float32Array,
  width: number,
  scheme: ActivationScheme,
): { readonly integers: Int32Array; readonly scales: Float32Array } {
  const { low, high } = allIntegers(scheme.bits);
  const { round } = RULES[scheme.rules];
  const integers = new Int32Array(values.length);
  const scales = new Float32Array(values.length / width);
  for (let row = 0, at = 0; row < scales.length; row++, at += width) {
    let [minimum, maximum] = [0, 0];
    for (let i = at; i < at + width; i++) {
      minimum = Math.min(minimum, values[i]!);
      maximum = Math.max(maximum, values[i]!);
    }
    const affine = affineOfRange({ minimum, maximum }, scheme);
    const scale = Math.max(affine.scale, SMALLEST_SCALE);
    scales[row] = scale;
    for (let i = at; i < at + width; i++) {
      const q = round(Math.fround(values[i]! / scale));
      integers[i] = clamp(q, low - affine.zero, high - affine.zero);
    }
  }
  return { integers, scales };
}
