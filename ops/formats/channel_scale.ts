/** The layer that readers make of a factor for each channel. */
import type { LayerOf } from "../model/model.ts";

/** A depthwise convolution of one pixel, without name and inputs: each channel times its kernel, plus its bias. */
export const channelScale = (
  bias: boolean,
): Omit<LayerOf<"depthwise">, "name" | "inputs" | "tied"> => ({
  kind: "depthwise",
  multiplier: 1,
  kernel: [1, 1],
  strides: [1, 1],
  dilations: [1, 1],
  padding: "valid",
  bias,
  activation: "linear",
});
