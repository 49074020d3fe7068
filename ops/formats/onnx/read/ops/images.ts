/** Images with channels first, or sequences, as images of ours, and windows over them. */
import type { Padding } from "../../../../../engine/tensor/mod.ts";
import { windowExtents } from "../../../../model/kinds/window.ts";
import { arranged, type LayerView, reshaped, shown } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";

/** How a window slides. */
export interface Sliding {
  readonly strides: [number, number];
  readonly dilations: [number, number];
  readonly padding: Padding;
}

/** A layer of images. */
interface ImageLayer {
  readonly layer: string;
  readonly shape: readonly [height: number, width: number, channels: number];
  /** How many of its axes the graph has. */
  readonly axes: 1 | 2;
}

/** A value of the graph, batch and channels first, as a layer of images; a sequence has a single column. */
export function imageOf(reading: NodeReading, view: LayerView): ImageLayer {
  const { draft } = reading;
  const rank = view.dims.length;
  if (view.axes[0] !== 0 || rank < 3 || rank > 4) {
    throw reading.wrong(
      `it reads a value of shape ${shown(view)}; images and sequences can be read`,
    );
  }
  const layer = arranged(draft, view, rank === 4 ? [2, 3, 1] : [2, 1]);
  const [, channels, height, width = 1] = view.dims as [number, number, number, number?];
  const shape = [height, width, channels] as const;
  if (rank === 4) return { layer, shape, axes: 2 };
  const image = reshaped(draft, layer, shape);
  return { layer: image, shape, axes: 1 };
}

/** A layer of images as the graph has it, with as many axes as the value it was made of. */
export function seenAs(reading: NodeReading, layer: string, { dims }: LayerView): LayerView {
  const { draft } = reading;
  const [height, width, channels] = draft.shape(layer) as [number, number, number];
  const [batch] = dims as [number];
  if (dims.length === 4) {
    return {
      use: "view",
      layer,
      sole: true,
      dims: [batch, channels, height, width],
      axes: [0, 3, 1, 2],
    };
  }
  // As a view: the column goes where the next reader wants a sequence.
  return {
    use: "view",
    layer,
    sole: true,
    dims: [batch, channels, height],
    axes: [0, 3, 1],
  };
}

/** Strides, dilations and padding of a node; `numbers`: the zeros in numbers, also where they are those of `same`. */
export function geometry(
  reading: NodeReading,
  { shape, axes }: ImageLayer,
  size: readonly [number, number],
  { ceil = false, numbers = false }: { readonly ceil?: boolean; readonly numbers?: boolean } = {},
): Sliding {
  const pair = (name: string): [number, number] => {
    const [rows = 1, columns = 1] = reading.ints(name) ?? [];
    return [rows, columns];
  };
  const [strides, dilations] = [pair("strides"), pair("dilations")];
  const auto = reading.text("auto_pad", "NOTSET");
  const sides = (axis: 0 | 1): readonly [number, number] => {
    if (axis >= axes) return [0, 0];
    const pads = reading.ints("pads") ?? [];
    return [pads[axis] ?? 0, pads[axes + axis] ?? 0];
  };
  if (auto === "SAME_UPPER" && !numbers) return { strides, dilations, padding: "same" };
  const reach = (axis: 0 | 1) => (size[axis] - 1) * dilations[axis] + 1;
  const explicit = (axis: 0 | 1): readonly [number, number] => {
    const extent = shape[axis];
    if (auto.startsWith("SAME")) {
      const out = Math.ceil(extent / strides[axis]);
      const zeros = Math.max(0, (out - 1) * strides[axis] + reach(axis) - extent);
      const [more, less] = [Math.ceil(zeros / 2), Math.floor(zeros / 2)];
      return auto === "SAME_LOWER" ? [more, less] : [less, more];
    }
    const [before, after] = auto === "VALID" ? [0, 0] : sides(axis);
    if (!ceil) return [before, after];
    let out = Math.ceil((extent + before + after - reach(axis)) / strides[axis]) + 1;
    // A window that would begin behind the image and its zeros is left out.
    if ((out - 1) * strides[axis] >= extent + before) out--;
    return [before, Math.max(after, (out - 1) * strides[axis] + reach(axis) - extent - before)];
  };
  const padding = [explicit(0), explicit(1)] as const;
  if (padding.flat().some((zeros) => zeros < 0)) throw reading.wrong("its pads are below 0");
  if (padding.flat().every((zeros) => zeros === 0)) return { strides, dilations, padding: "valid" };
  if (numbers) return { strides, dilations, padding };
  const image = [shape[0], shape[1]] as const;
  const same = windowExtents(image, size, { strides, dilations, padding: "same" });
  const centred = ([0, 1] as const).every((axis) => {
    const zeros = Math.max(0, (same[axis] - 1) * strides[axis] + reach(axis) - image[axis]);
    const [before, after] = padding[axis];
    return before === Math.floor(zeros / 2) && after === Math.ceil(zeros / 2);
  });
  return { strides, dilations, padding: centred ? "same" : padding };
}
