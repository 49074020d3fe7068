/** Readers of convolutions. */
import { given } from "../../../../../engine/given.ts";
import { sizeOf } from "../../../../../engine/shape.ts";
import type { Layer } from "../../../../model/model.ts";
import { floatWeight, permuted } from "../../../../model/weights.ts";
import { floats } from "../constants.ts";
import { arranged, type LayerView, reshaped } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import { geometry, imageOf, seenAs, type Sliding } from "./images.ts";

/** `Conv` of one or two axes: over all channels, over each by itself, or over groups of them. */
export function convolution(reading: NodeReading): LayerView {
  const kernel = reading.needed(1, "kernel");
  const bias = reading.constant(2);
  const view = reading.view(0);
  const image = imageOf(reading, view);
  const size = sizeOfWindow(kernel.shape.slice(2));
  const window = geometry(reading, image, size);
  const [filters, each] = kernel.shape as [number, number];
  const groups = reading.int("group", 1);
  const channels = image.shape[2];
  if (each * groups !== channels || filters % groups !== 0) {
    throw reading.wrong(`its kernel ${kernel.shape.join("×")} is not of ${channels} channels`);
  }
  const values = floats(kernel);
  const ended = {
    ...window,
    kernel: size,
    bias: bias !== undefined,
    activation: "linear" as const,
  };
  const shift = (from: number, count: number) =>
    bias === undefined
      ? {}
      : { bias: { shape: [count], values: floats(bias).slice(from, from + count) } };
  if (groups === 1) {
    const layer = reading.add("", { kind: "conv", filters, ...ended }, [image.layer], {
      kernel: transposed([filters, each, ...size], values, [2, 3, 1, 0]),
      ...shift(0, filters),
    });
    return seenAs(reading, layer, view);
  }
  if (groups === channels) {
    const multiplier = filters / channels;
    const layer = reading.add("", { kind: "depthwise", multiplier, ...ended }, [image.layer], {
      kernel: transposed([channels, multiplier, ...size], values, [2, 3, 0, 1]),
      ...shift(0, filters),
    });
    return seenAs(reading, layer, view);
  }
  const own = filters / groups;
  const step = own * each * sizeOf(size);
  const parts = Array.from({ length: groups }, (_, part) => {
    const share = reading.add(`in${part + 1}`, { kind: "split", parts: groups, part }, [
      image.layer,
    ]);
    const weights = values.slice(part * step, (part + 1) * step);
    return reading.add(`group${part + 1}`, { kind: "conv", filters: own, ...ended }, [share], {
      kernel: transposed([own, each, ...size], weights, [2, 3, 1, 0]),
      ...shift(part * own, own),
    });
  });
  return seenAs(reading, reading.add("", { kind: "concat" }, parts), view);
}

/** `ConvTranspose`, whose border is cut off behind it where that is not what ours does by itself. */
export function transposedConvolution(reading: NodeReading): LayerView {
  const kernel = reading.needed(1, "kernel");
  const bias = reading.constant(2);
  const view = reading.view(0);
  const image = imageOf(reading, view);
  const size = sizeOfWindow(kernel.shape.slice(2));
  const rank = kernel.shape.length - 2;
  const strides = sizeOfWindow(reading.ints("strides") ?? [1, 1].slice(0, rank));
  if (reading.int("group", 1) !== 1) throw reading.wrong("groups of channels cannot be read");
  if ((reading.ints("dilations") ?? []).some((dilation) => dilation !== 1)) {
    throw reading.wrong("its dilations cannot be read");
  }
  if (
    reading.ints("output_shape") !== undefined || reading.text("auto_pad", "NOTSET") !== "NOTSET"
  ) {
    throw reading.wrong("only `pads` and `output_padding` can be read", "export it with those");
  }
  const pads = reading.ints("pads") ?? [];
  const more = sizeOfWindow(reading.ints("output_padding") ?? [0, 0].slice(0, rank), 0);
  const margins = [0, 1].map((axis) => {
    const [before = 0, after = 0] = axis < rank ? [pads[axis], pads[rank + axis]] : [];
    // What ours gives beyond, or lacks of, a full result.
    const missing = Math.max(strides[axis]! - size[axis]!, 0);
    return [before, after - more[axis]! + missing] as [number, number];
  });
  const filters = kernel.shape[1]!;
  const attributes = {
    kind: "conv-transpose" as const,
    filters,
    kernel: size,
    strides,
    padding: "valid" as const,
    bias: bias !== undefined,
    activation: "linear" as const,
  };
  const weights = {
    kernel: transposed([kernel.shape[0]!, filters, ...size], floats(kernel), [2, 3, 0, 1]),
    ...given({ bias: bias && { shape: [filters], values: floats(bias) } }),
  };
  const full = margins.flat().every((cut) => cut === 0);
  const spare = [0, 1].map((axis) => size[axis]! - strides[axis]!);
  const halves = spare.every((each, axis) =>
    each >= 0 && margins[axis]![0] === Math.floor(each / 2) &&
    margins[axis]![0] + margins[axis]![1] === each
  );
  if (!full && halves) {
    const same = { ...attributes, padding: "same" as const };
    return seenAs(reading, reading.add("", same, [image.layer], weights), view);
  }
  const layer = reading.add(full ? "" : "whole", attributes, [image.layer], weights);
  return seenAs(reading, cutOff(reading, layer, margins), view);
}

/** An image without its borders; where they are below 0, zeros are added. */
function cutOff(
  reading: NodeReading,
  layer: string,
  margins: readonly (readonly [number, number])[],
): string {
  const amounts = (sign: 1 | -1) =>
    margins.map((sides) => sides.map((cut) => Math.max(sign * cut, 0))) as [
      [number, number],
      [number, number],
    ];
  const [cut, zeros] = [amounts(1), amounts(-1)];
  let last = layer;
  if (zeros.flat().some((each) => each > 0)) {
    // Zeros behind a bias would lack it.
    throw reading.wrong("its output_padding is more than its pads, which cannot be read");
  }
  if (cut.flat().some((each) => each > 0)) {
    last = reading.add("", { kind: "crop", amounts: cut }, [layer]);
  }
  return last;
}

/** Weights with their axes in another order. */
function transposed(shape: readonly number[], values: Float32Array, order: readonly number[]) {
  const weight = permuted(floatWeight(shape, values), order);
  return { shape: weight.shape, values: weight.data as Float32Array };
}

/** Two extents; of a sequence the second is 1. */
function sizeOfWindow(extents: readonly number[], otherwise = 1): [number, number] {
  return [extents[0] ?? otherwise, extents[1] ?? otherwise];
}

/** `MaxPool` and `AveragePool`. */
export function pooling(kind: "max-pool" | "average-pool", reading: NodeReading): LayerView {
  const view = reading.view(0);
  const asked = reading.ints("kernel_shape");
  if (asked === undefined) throw reading.wrong("it has no kernel_shape");
  if (kind === "max-pool" && reading.used(1)) throw reading.wrong("its indices cannot be read");
  const image = imageOf(reading, view);
  const size = sizeOfWindow(asked);
  const counted = kind === "average-pool" && reading.int("count_include_pad", 0) === 1;
  const ceil = reading.int("ceil_mode", 0) === 1;
  const window = geometry(reading, image, size, { ceil, numbers: counted });
  if (counted && typeof window.padding !== "string") {
    return padded(reading, view, { image: image.layer, size, window });
  }
  const layer = reading.add("", { kind, size, ...window } as PoolAttributes, [image.layer]);
  return seenAs(reading, layer, view);
}

type PoolAttributes = Omit<Extract<Layer, { kind: "max-pool" }>, "name" | "inputs">;

/** Means in which the zeros at the border count. */
function padded(
  reading: NodeReading,
  view: LayerView,
  { image, size, window }: {
    readonly image: string;
    readonly size: [number, number];
    readonly window: Sliding;
  },
): LayerView {
  if (reading.int("ceil_mode", 0) === 1) {
    throw reading.wrong("count_include_pad with ceil_mode cannot be read");
  }
  const [rows, columns] = window.padding as readonly [
    readonly [number, number],
    readonly [number, number],
  ];
  const amounts = [[...rows], [...columns]] as [[number, number], [number, number]];
  const zeros = reading.add("zeros", { kind: "pad", amounts }, [image]);
  const pool = { kind: "average-pool" as const, size, ...window, padding: "valid" as const };
  return seenAs(reading, reading.add("", pool, [zeros]), view);
}

/** `GlobalAveragePool` and `GlobalMaxPool`: one pixel is left. */
export function globalPooling(
  kind: "global-average-pool" | "global-max-pool",
  reading: NodeReading,
): LayerView {
  const view = reading.view(0);
  const order = [...view.dims.keys()].filter((axis) => axis > 1);
  return pooledOver(reading, view, kind, { axes: order, kept: true });
}

/** The mean or the maximum over axes of space. */
export function pooledOver(
  reading: NodeReading,
  view: LayerView,
  kind: "global-average-pool" | "global-max-pool",
  { axes, kept }: { readonly axes: readonly number[]; readonly kept: boolean },
): LayerView {
  const { draft } = reading;
  const rest = [...view.dims.keys()].filter((axis) =>
    !axes.includes(axis) && view.axes[axis] !== 0 && view.dims[axis] !== 1
  );
  if (axes.some((axis) => view.axes[axis] === 0)) throw reading.wrong("it goes over the batch");
  const space = axes.map((axis) => view.dims[axis]!);
  const channels = sizeOf(rest.map((axis) => view.dims[axis]!));
  // Axes that stand for an image as they are need no layer of another shape.
  const own = [...axes].sort((a, b) => (view.axes[a] ?? 0) - (view.axes[b] ?? 0));
  const units = [...view.dims.keys()].filter((axis) =>
    !axes.includes(axis) && view.axes[axis] !== 0 && view.dims[axis] === 1
  );
  const layer = arranged(draft, view, [...units, ...own, ...rest]);
  const [height, width] = space.length === 2
    ? own.map((axis) => view.dims[axis]!)
    : [sizeOf(space), 1];
  const image = reshaped(draft, layer, [height!, width!, channels]);
  const pooled = reading.add("", { kind }, [image]);
  const shape = rest.map((axis) => view.dims[axis]!);
  const shaped = shape.length < 2 ? pooled : reshaped(draft, pooled, shape);
  const whole: LayerView = {
    use: "view",
    layer: shaped,
    sole: true,
    dims: view.dims.map((extent, axis) => axes.includes(axis) ? 1 : extent),
    axes: view.axes.map((own, axis) =>
      own === 0 ? 0 : rest.includes(axis) ? rest.indexOf(axis) + 1 : null
    ),
  };
  if (kept) return whole;
  const left = (_: unknown, axis: number) => !axes.includes(axis);
  return { ...whole, dims: whole.dims.filter(left), axes: whole.axes.filter(left) };
}
