/**
 * Values whose batch is one axis with others, as in attention that goes head by head: nothing is moved for that, as long
 * as the batch comes apart again.
 */
import { sizeOf } from "../../../../engine/shape.ts";
import type { OnnxDraft } from "./draft.ts";
import type { LayerView } from "./layer_view.ts";
import { reshapeView } from "./reshape_view.ts";

/** Axes of the graph, each made of some of a view's. */
export interface Merged {
  readonly use: "pattern";
  readonly of: "merged";
  readonly x: LayerView;
  /** For each axis of the graph those of x that it is made of, in order. */
  readonly groups: readonly (readonly number[])[];
}

/** The shape in the graph. */
export const mergedDims = ({ x, groups }: Merged): readonly number[] =>
  groups.map((group) => sizeOf(group.map((axis) => x.dims[axis]!)));

/** The axes of the graph in another order. */
export const transposedMerged = (value: Merged, order: readonly number[]): Merged => ({
  ...value,
  groups: order.map((axis) => value.groups[axis]!),
});

/** In another shape: a view where the batch is by itself. undefined where axes would be cut across one another. */
export function reshapeMerged(
  draft: OnnxDraft,
  value: LayerView | Merged,
  target: readonly number[],
): LayerView | Merged | undefined {
  const view = value.use === "view" ? value : straight(value);
  const parts = refined(view, target);
  const x = parts && reshapeView(draft, view, parts.extents);
  if (parts === undefined || x === undefined) return undefined;
  const { groups } = parts;
  if (groups.every((group) => group.length === 1)) return x;
  return { use: "pattern", of: "merged", x, groups };
}

/** The view behind a value, its axes in the graph's order. */
export function straight({ x, groups }: Merged): LayerView {
  const order = groups.flat();
  return {
    ...x,
    dims: order.map((axis) => x.dims[axis]!),
    axes: order.map((axis) => x.axes[axis]!),
  };
}

/** The extents of a view that each axis of the graph is made of: those of the batch and of what stands around it. */
function refined({ dims, axes }: LayerView, to: readonly number[]) {
  if (sizeOf(dims) !== sizeOf(to)) return undefined;
  const at = axes.indexOf(0);
  const before = sizeOf(dims.slice(0, at));
  const batch = dims[at]!;
  const extents: number[] = [];
  const groups: number[][] = [];
  let start = 1;
  for (const extent of to) {
    const end = start * extent;
    // The batch lies within this axis, with as much before it as is left.
    const inside = start <= before && before * batch <= end && (start < before || extent >= batch);
    const parts = inside && (before * batch > start)
      ? [before / start, batch, end / (before * batch)]
      : [extent];
    if (!parts.every(Number.isInteger)) return undefined;
    const kept = parts.filter((part, each) => parts.length === 1 || each === 1 || part !== 1);
    groups.push(kept.map((_, each) => extents.length + each));
    extents.push(...kept);
    start = end;
  }
  return { extents, groups };
}
