/**
 * Values of an ONNX graph as views of our layers. ONNX has images with channels first, we have them last; which axis of
 * the graph is which of ours is noted, and an axis is moved only where an operator needs another order: transpositions
 * of the graph are notes alone, and none are left between convolutions.
 */
import { sizeOf } from "../../../../engine/shape.ts";
import type { OnnxDraft } from "./draft.ts";

/** A batch that a file leaves open: no extent of a model is so large and prime, so that it is known again in shapes. */
export const BATCH = 1_000_003;

/** A value that depends on samples. */
export interface LayerView {
  readonly use: "view";
  /** The layer or input of ours. */
  readonly layer: string;
  /** The shape in the graph, the batch among it. */
  readonly dims: readonly number[];
  /** For each axis of the graph ours: 0 the batch, from 1 on those of the layer; null for an extent of 1 that is none. */
  readonly axes: readonly (number | null)[];
  /** Nothing else reads it, nor what it is a view of. */
  readonly sole: boolean;
  /**
   * Its one axis is an image in a row, in our order of values: the shape before, and which axis of that the graph has
   * first, second …, counted from 0.
   */
  readonly flat?: { readonly shape: readonly number[]; readonly order: readonly number[] };
}

/** The shape of a value in the graph, for sentences. */
export const shown = ({ dims, axes }: LayerView): string =>
  dims.map((extent, axis) => axes[axis] === 0 ? "batch" : extent).join("×");

/** A layer's value whose axes stand as in the graph, the batch first. */
export function plain(draft: OnnxDraft, layer: string, batch: number, at = 0): LayerView {
  const shape = draft.shape(layer);
  const dims: number[] = [...shape];
  const axes: number[] = shape.map((_, axis) => axis + 1);
  dims.splice(at, 0, batch);
  axes.splice(at, 0, 0);
  return { use: "view", layer, dims, axes, sole: true };
}

/** The same view of another layer of that shape. */
export const over = (view: LayerView, layer: string): LayerView => ({ ...view, layer, sole: true });

/** Axes of the graph besides the batch, in its order. */
export const sampleAxes = ({ axes }: LayerView): readonly number[] =>
  axes.flatMap((own, axis) => own === 0 ? [] : [axis]);

/** Those axes with one of them last. */
export const withLast = (view: LayerView, axis: number): readonly number[] => [
  ...sampleAxes(view).filter((each) => each !== axis),
  axis,
];

/** The axes of the graph in the order in which the layer has them; extents of 1 that it has not come first. */
export function ownOrder(view: LayerView): readonly number[] {
  return [...sampleAxes(view)].sort((a, b) => (view.axes[a] ?? 0) - (view.axes[b] ?? 0));
}

/** The value as a layer whose axes are those of the graph in this order: what is moved is moved here. */
export function arranged(draft: OnnxDraft, given: LayerView, order: readonly number[]): string {
  const view = unrolled(draft, given);
  const shape = draft.shape(view.layer);
  const target = order.map((axis) => view.dims[axis]!);
  const wide = order.map((axis) => view.axes[axis]!)
    .filter((own) => own !== null && shape[own - 1]! > 1);
  if (wide.every((own, at) => at === 0 || own > wide[at - 1]!)) {
    return reshaped(draft, view.layer, target);
  }
  const narrow = shape.flatMap((_, axis) => wide.includes(axis + 1) ? [] : [axis]);
  const whole = order.map((axis) => view.axes[axis]);
  const complete = whole.every((own) => own !== null) && whole.length === shape.length;
  const moves = complete
    ? whole.map((own) => own! - 1)
    : [...narrow, ...wide.map((own) => own - 1)];
  return reshaped(draft, permuted(draft, view.layer, moves), target);
}

/** Arranged as `order`, and seen so. */
export function transposedTo(
  draft: OnnxDraft,
  view: LayerView,
  order: readonly number[],
): LayerView {
  const layer = arranged(draft, view, order);
  const axes = view.axes.map((own, axis) => own === 0 ? 0 : order.indexOf(axis) + 1);
  return { use: "view", layer, dims: view.dims, axes, sole: view.sole };
}

/** The same values in another shape; what was shaped before is read where it was. */
export function reshaped(draft: OnnxDraft, layer: string, shape: readonly number[]): string {
  if (draft.shape(layer).join() === shape.join()) return layer;
  const before = draft.layer(layer);
  if (before?.kind === "reshape" || before?.kind === "flatten") {
    return reshaped(draft, before.inputs[0]!, shape);
  }
  if (shape.length === 1) return draft.add(`${layer}.flat`, { kind: "flatten" }, [layer]);
  return shuffled(draft, layer, shape) ??
    draft.add(`${layer}.shaped`, { kind: "reshape", shape: [...shape] }, [layer]);
}

/** Of groups of channels that were made, transposed and joined again: one layer. */
function shuffled(draft: OnnxDraft, layer: string, shape: readonly number[]): string | undefined {
  const transposed = draft.layer(layer);
  if (transposed?.kind !== "permute") return undefined;
  const { order } = transposed;
  const rank = order.length;
  const swapped = [...order.keys()].slice(0, -2).concat([rank - 1, rank - 2]);
  const split = draft.layer(transposed.inputs[0]!);
  if (rank < 3 || order.join() !== swapped.join() || split?.kind !== "reshape") return undefined;
  const [image] = split.inputs as [string];
  const [groups, each] = draft.shape(split.name).slice(-2) as [number, number];
  const joins = shape.length === 3 && shape[2] === groups * each &&
    draft.shape(image).join() === shape.join();
  return joins ? draft.add(`${image}.shuffled`, { kind: "shuffle", groups }, [image]) : undefined;
}

/** Our axes in another order. */
function permuted(draft: OnnxDraft, layer: string, order: readonly number[]): string {
  const before = draft.layer(layer);
  if (before?.kind === "permute") {
    const whole = order.map((axis) => before.order[axis]!);
    const [input] = before.inputs as [string];
    return whole.every((axis, at) => axis === at) ? input : permuted(draft, input, whole);
  }
  return draft.add(`${layer}.turned`, { kind: "permute", order: [...order] }, [layer]);
}

/** Without a row in another order than the graph's. */
export function unrolled(draft: OnnxDraft, view: LayerView): LayerView {
  const { flat, ...rest } = view;
  if (flat === undefined) return view;
  const image = reshaped(draft, view.layer, flat.shape);
  const transposed = permuted(draft, image, flat.order);
  return { ...rest, layer: reshaped(draft, transposed, [sizeOf(flat.shape)]) };
}

/** Where each number of a row in the graph's order stands in ours. */
export function rowOrder({ shape, order }: NonNullable<LayerView["flat"]>): Int32Array {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const extents = order.map((axis) => shape[axis]!);
  return Int32Array.from({ length: sizeOf(shape) }, (_, index) => {
    let [rest, place] = [index, 0];
    for (let at = extents.length - 1; at >= 0; at--) {
      place += (rest % extents[at]!) * strides[order[at]!]!;
      rest = Math.floor(rest / extents[at]!);
    }
    return place;
  });
}
