/** Convolutions of volumes, and what steps through images by convolutions, as tfjs has them. */
import type { LayerOf } from "../../model/model.ts";
import { kernelRows, permuted } from "../../model/weights.ts";
import { activationWord, type KerasNode, type KerasSource, node } from "./keras_node.ts";
import { storedWeight } from "./stored_weight.ts";

/** The config of a convolution of volumes; tfjs misplaces a window of it that is shorter than its step. */
export function volumeConfig(
  { name, filters, kernel, strides, padding }: LayerOf<"conv3d" | "conv3d-transpose">,
): KerasNode["config"] {
  if (padding === "same" && kernel.some((extent, axis) => extent < strides[axis]!)) {
    throw new RangeError(
      `Cannot write "${name}" for tfjs: there a window shorter than its stride lies elsewhere`,
    );
  }
  return { filters, "kernel_size": kernel, strides, padding };
}

/** `ConvLSTM2D` over images without depth; tfjs has none over volumes. */
export function convLstmNodes(
  layer: LayerOf<"conv-lstm">,
  { inputs: [input], shape, weight, storage }: KerasSource,
): readonly KerasNode[] {
  const { name, filters, sequence } = layer;
  const [steps, depth, ...image] = input as readonly number[];
  const [taps, ...size] = layer.kernel;
  if (depth !== 1 || taps !== 1) {
    throw new RangeError(`Cannot write "${name}" for tfjs: it steps through images, not volumes`);
  }
  const kernel = weight("kernel");
  const rows = kernel.shape[3]!;
  // The channels that enter, then the state's, as rows for as long as they are parted.
  const flat = permuted(kernel, [3, 0, 1, 2, 4]);
  const columns = flat.data.length / rows;
  const part = (from: number, to: number) => {
    const own = kernelRows({ ...flat, shape: [rows, columns] }, from, to);
    const whole = permuted({ ...own, shape: [to - from, ...size, 4 * filters] }, [1, 2, 0, 3]);
    return storedWeight(whole, storage);
  };
  const pair = ([, ...two]: readonly number[]) => two;
  return [
    node(".images", "Reshape", { "target_shape": [steps!, ...image] }),
    {
      ...node(".states", "ConvLSTM2D", {
        filters,
        "kernel_size": size,
        strides: pair(layer.strides),
        padding: layer.padding,
        "dilation_rate": pair(layer.dilations),
        activation: activationWord(layer, layer.nonlinearity),
        "recurrent_activation": activationWord(layer, layer.gates),
        "return_sequences": sequence,
      }),
      weights: {
        kernel: part(0, rows - filters),
        "recurrent_kernel": part(rows - filters, rows),
        bias: storedWeight(weight("bias"), storage),
      },
    },
    node("", "Reshape", { "target_shape": shape }),
  ];
}
