/** Convolutions: a window that slides over an image, over all its channels or over each by itself. */
import { Type } from "../../../engine/field.ts";
import { sizeOf } from "../../../engine/shape.ts";
import { ending, Extent, Pair, sliding } from "./attributes.ts";
import type { Channels } from "./channels.ts";
import { defineLayer } from "./define.ts";
import { withBias } from "./weights.ts";
import { windowShape } from "./window.ts";

/** Every filter sums over the window in all channels. */
export const conv = defineLayer({
  kind: "conv",
  attributes: Type.Object({ filters: Extent, kernel: Pair, ...sliding, ...ending }),
  selects: ({ kernel: [height, width] }) => height === 1 && width === 1 ? "pointwise" : "conv",
  shape: (layer, inputs) => windowShape(layer, inputs, layer.kernel, () => layer.filters),
  weights: ({ kernel, filters, bias }, [input]) =>
    withBias([...kernel, input!.at(-1)!, filters], bias, filters),
  macs: ({ kernel }, [input], output) => sizeOf(kernel) * input!.at(-1)! * sizeOf(output),
  kernel: { layout: "HWIO", multiplies: "integers" },
  channels: { writes: "filters", weights: { kernel: [null, null, "in", "out"], bias: ["out"] } },
  integers: {
    values: "makes",
    product: (layer, { room: { nn }, x, kernel, end }) => nn.conv2dInteger(x, kernel, layer, end),
  },
  fusesNorm: true,
  run: ({ bias, activation, ...window }, run) =>
    run.room.nn.conv2d(
      run.inputs[0]!,
      run.weight("kernel"),
      bias ? run.weight("bias") : null,
      window,
      run.norm?.activation ?? activation,
      run.norm,
    ),
});

/** `multiplier` filters for each channel: output channel c · multiplier + m reads input channel c alone. */
export const depthwise = defineLayer({
  kind: "depthwise",
  attributes: Type.Object({ multiplier: Extent, kernel: Pair, ...sliding, ...ending }),
  shape: (layer, inputs) =>
    windowShape(layer, inputs, layer.kernel, (channels) => channels * layer.multiplier),
  weights: ({ kernel, multiplier, bias }, [input]) => {
    const channels = input!.at(-1)!;
    return withBias([...kernel, channels, multiplier], bias, channels * multiplier);
  },
  macs: ({ kernel }, _inputs, output) => sizeOf(kernel) * sizeOf(output),
  fanIn: (_layer, shape) => sizeOf(shape.slice(0, -2)),
  kernel: { layout: "HWCM", multiplies: "integers" },
  channels: {
    carries: true,
    pass: ({ layer, inputs: [channels] }) => repeatEach(channels!, layer.multiplier),
    weights: { kernel: [null, null, "in", null], bias: ["out"] },
  },
  integers: {
    values: "makes",
    product: (layer, { room: { nn }, x, kernel, end }) =>
      nn.depthwise2dInteger(x, kernel, layer, end),
  },
  fusesNorm: true,
  run: ({ bias, activation, ...window }, run) =>
    run.room.nn.depthwise2d(
      run.inputs[0]!,
      run.weight("kernel"),
      bias ? run.weight("bias") : null,
      window,
      run.norm?.activation ?? activation,
      run.norm,
    ),
});

function repeatEach(channels: Channels, times: number): Channels {
  return Int32Array.from(
    { length: channels.length * times },
    (_, i) => channels[Math.floor(i / times)]!,
  );
}
