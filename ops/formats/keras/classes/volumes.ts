/** Readers of the Keras layers that convolve volumes, and of those that step through images by convolutions. */
import { given } from "../../../../engine/given.ts";
import { excerpt } from "../../../../engine/quote.ts";
import { floatWeight, permuted } from "../../../model/weights.ts";
import type { FileWeight, Reading } from "../assembly.ts";
import { KERAS_TRANSPOSED_3D } from "../words.ts";
import { endingBehind } from "./activations.ts";
import { type Chain, chainOf } from "./chain.ts";
import { activationOf, cellWeights } from "./cells.ts";
import { needed } from "./weighted.ts";
import { channelsLast, extents } from "./windows.ts";

type VolumeExtents = [number, number, number];

/** The window of a layer over so many axes as that of a volume; axes that it does not have are 1 long. */
function windowOf(reading: Reading, axes: 1 | 2 | 3) {
  const { config } = reading;
  channelsLast(config);
  // Rows lie along the height; an image has no depth.
  const three = (field: string, preset: number): VolumeExtents => {
    const [a, b, c] = extents(config, field, axes, preset) as VolumeExtents;
    return axes === 3 ? [a, b, c] : axes === 2 ? [1, a, b] : [1, a, 1];
  };
  const padding = config.text("padding", "valid");
  if (padding !== "same" && padding !== "valid") {
    throw config.wrong(`its padding is ${excerpt(padding)}`);
  }
  const kernel = three("kernel_size", Number.NaN);
  if (kernel.some(Number.isNaN)) throw config.wrong("`kernel_size` is not given");
  return {
    kernel,
    strides: three("strides", 1),
    dilations: three("dilation_rate", 1),
    padding: padding as "same" | "valid",
  };
}

/** `Conv3D`; of groups each reads its part of the channels, and they are joined. */
export function conv3d(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  const window = windowOf(reading, 3);
  const [filters, groups] = [config.number("filters"), config.number("groups", 1)];
  const bias = config.flag("use_bias", true);
  const kernel = needed(reading, "kernel");
  const shift = bias ? needed(reading, "bias") : undefined;
  const ending = endingBehind(reading);
  const attributes = { kind: "conv3d", ...window, bias, activation: ending.fused } as const;
  const chain = chainOf(reading);
  if (groups === 1) {
    return ending.add(
      chain.then("", { ...attributes, filters }, { weights: { kernel, ...given({ bias: shift }) } })
        .last,
    );
  }
  const [depth, height, width, channels] = shape as readonly [number, number, number, number];
  const each = filters / groups;
  if (!(groups > 1 && Number.isInteger(each) && Number.isInteger(channels / groups))) {
    throw config.wrong(`its ${groups} groups do not divide its channels`);
  }
  const image = chain.as("image", [depth, height * width, channels]);
  const parts = Array.from(
    { length: groups },
    (_, part) =>
      image.then(`part${part + 1}`, { kind: "split", parts: groups, part })
        .as(`volume${part + 1}`, [depth, height, width, channels / groups])
        .then(`group${part + 1}`, { ...attributes, filters: each }, {
          weights: {
            kernel: columns(kernel, part * each, each),
            ...given({ bias: shift && columns(shift, part * each, each) }),
          },
        }).last,
  );
  const joined = chainOf(reading, parts[0]).then("", { kind: "concat" }, {
    others: parts.slice(1),
  });
  return ending.add(joined.last);
}

/** So many of a weight's last axis, from one on. */
function columns({ shape, values }: FileWeight, first: number, count: number): FileWeight {
  const width = shape.at(-1)!;
  const own = values.filter((_, at) => at % width >= first && at % width < first + count);
  return { shape: [...shape.slice(0, -1), count], values: own };
}

/** `Conv3DTranspose`. */
export function conv3dTranspose(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  const { dilations, ...window } = windowOf(reading, 3);
  if (dilations.some((dilation) => dilation !== 1)) throw config.wrong("it is dilated");
  if (config.raw("output_padding") != null) throw config.wrong("its output_padding is given");
  const filters = config.number("filters");
  const { values } = needed(reading, "kernel");
  const extents = [...window.kernel, filters, shape!.at(-1)!];
  if (values.length !== extents.reduce((product, extent) => product * extent, 1)) {
    throw config.wrong("its kernel is of another size");
  }
  const turned = permuted(floatWeight(extents, values), KERAS_TRANSPOSED_3D);
  const bias = config.flag("use_bias", true);
  const weights = {
    kernel: { shape: turned.shape, values: turned.data as Float32Array },
    ...given({ bias: bias ? needed(reading, "bias") : undefined }),
  };
  const ending = endingBehind(reading);
  const attributes = { kind: "conv3d-transpose", filters, ...window, bias } as const;
  return ending.add(
    chainOf(reading).then("", { ...attributes, activation: ending.fused }, { weights }).last,
  );
}

/** `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D`. What only concerns training is left behind. */
export function convLstm(axes: 1 | 2 | 3, reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  for (const field of ["stateful", "return_state"]) {
    if (config.flag(field, false)) throw config.wrong(`\`${field}\` cannot be read`);
  }
  const window = windowOf(reading, axes);
  const filters = config.number("filters");
  const sequence = config.flag("return_sequences", false);
  const usual = reading.keras === 2 ? "hard_sigmoid" : "sigmoid";
  const { own, back, bias } = cellWeights(reading, config, ["", "conv_lstm_cell/", "cell/"]);
  const kernel = kernelOf(own, back, window.kernel);
  if (kernel === undefined) throw config.wrong("its kernels are not of its window");
  const size = 4 * filters;
  const weights = {
    kernel,
    bias: bias ?? { shape: [size], values: new Float32Array(size) },
  };
  const [steps, ...rest] = shape!;
  const volume = axes === 3 ? rest : axes === 2 ? [1, ...rest] : [1, rest[0]!, 1, rest[1]!];
  const chain = ahead(chainOf(reading), config.flag("go_backwards", false))
    .as("volumes", [steps!, ...volume]);
  const states = chain.then("", {
    kind: "conv-lstm",
    filters,
    ...window,
    sequence,
    nonlinearity: activationOf(reading, config, "activation", "tanh"),
    gates: activationOf(reading, config, "recurrent_activation", usual),
  }, { weights });
  const extents = states.shape.slice(sequence ? 1 : 0, -1);
  const shown = axes === 3 ? extents : axes === 2 ? extents.slice(1) : [extents[1]!];
  return states.as("states", [...sequence ? [steps!] : [], ...shown, filters]).last;
}

/** Backwards through the steps: rows for as long as it takes. */
function ahead(chain: Chain, backwards: boolean): Chain {
  if (!backwards) return chain;
  const { shape } = chain;
  const size = shape.slice(1).reduce((product, extent) => product * extent, 1);
  return chain.as("steps", [shape[0]!, size]).then("reversed", { kind: "reverse" })
    .as("ahead", shape);
}

/** Both kernels [window …, inputs, gates] as one, the rows of the state's below those of what enters; undefined where they fit neither. */
function kernelOf(
  own: FileWeight,
  back: FileWeight,
  window: VolumeExtents,
): FileWeight | undefined {
  const [columns = 0, rows = 0, below = 0] = [
    own.shape.at(-1),
    own.shape.at(-2),
    back.shape.at(-2),
  ];
  const taps = window.reduce((product, extent) => product * extent, 1);
  const fits = own.values.length === taps * rows * columns &&
    back.values.length === taps * below * columns;
  if (!fits) return undefined;
  const values = new Float32Array(own.values.length + back.values.length);
  for (let tap = 0; tap < taps; tap++) {
    const at = tap * (rows + below) * columns;
    values.set(own.values.subarray(tap * rows * columns, (tap + 1) * rows * columns), at);
    values.set(
      back.values.subarray(tap * below * columns, (tap + 1) * below * columns),
      at + rows * columns,
    );
  }
  return { shape: [...window, rows + below, columns], values };
}
