/** Another shape of a value: axes split and joined where they are, so that as little as possible is moved. */
import { given } from "../../../../engine/given.ts";
import { sizeOf } from "../../../../engine/shape.ts";
import type { OnnxDraft } from "./draft.ts";
import { type LayerView, ownOrder, reshaped, transposedTo, unrolled } from "./layer_view.ts";

/** Axes of the graph that become others: of the same size together. Extents of 1 are left out. */
interface ReshapedAxes {
  readonly from: number[];
  readonly to: number[];
}

/**
 * The value in the shape `target` of the graph, the batch among it. undefined where the batch would be joined with other
 * axes, or the sizes differ.
 */
export function reshapeView(
  draft: OnnxDraft,
  original: LayerView,
  target: readonly number[],
): LayerView | undefined {
  const at = original.axes.indexOf(0);
  const batch = original.dims[at]!;
  const before = sizeOf(original.dims.slice(0, at));
  const place = target.findIndex((extent, axis) =>
    extent === batch && sizeOf(target.slice(0, axis)) === before
  );
  if (place < 0 || sizeOf(target) !== sizeOf(original.dims)) return undefined;
  const groups = [
    ...grouped(original.dims, target, [0, at], [0, place]),
    ...grouped(original.dims, target, [at + 1, original.dims.length], [place + 1, target.length]),
  ];
  const same = groups.every(({ from, to }) => from.length === 1 && to.length === 1);
  if (same) {
    const axes: (number | null)[] = target.map((_, axis) => axis === place ? 0 : null);
    for (const { from: [from], to: [to] } of groups) axes[to!] = original.axes[from!]!;
    return { ...original, dims: target, axes };
  }
  const view = unrolled(draft, original);
  const row = rowOf(draft, view, groups, { target, place });
  if (row !== undefined) return row;
  return split(draft, joinable(draft, view, groups), groups, { target, place });
}

/** A shape of the graph and where the batch stands in it. */
interface Target {
  readonly target: readonly number[];
  readonly place: number;
}

/** Runs of axes of the same size on both sides, between two places each. */
function grouped(
  dims: readonly number[],
  target: readonly number[],
  [a, aEnd]: readonly [number, number],
  [b, bEnd]: readonly [number, number],
): ReshapedAxes[] {
  const wide = (extents: readonly number[], from: number, to: number) =>
    extents.flatMap((extent, axis) => axis >= from && axis < to && extent !== 1 ? [axis] : []);
  const [left, right] = [wide(dims, a, aEnd), wide(target, b, bEnd)];
  const groups: ReshapedAxes[] = [];
  while (left.length > 0 && right.length > 0) {
    const group: ReshapedAxes = { from: [left.shift()!], to: [right.shift()!] };
    let [from, to] = [dims[group.from[0]!]!, target[group.to[0]!]!];
    while (from !== to) {
      if (from < to ? left.length === 0 : right.length === 0) return groups;
      if (from < to) {
        from *= dims[left[0]!]!;
        group.from.push(left.shift()!);
      } else {
        to *= target[right[0]!]!;
        group.to.push(right.shift()!);
      }
    }
    groups.push(group);
  }
  return groups;
}

/** All of a sample in a row: whoever reads the row turns it into the graph's order, a dense layer its kernel. */
function rowOf(
  draft: OnnxDraft,
  view: LayerView,
  groups: readonly ReshapedAxes[],
  { target, place }: Target,
): LayerView | undefined {
  const [group] = groups;
  const shape = draft.shape(view.layer);
  if (groups.length !== 1 || group!.to.length !== 1) return undefined;
  const wide = shape.flatMap((extent, axis) => extent === 1 ? [] : [axis]);
  const order = group!.from.map((axis) => view.axes[axis]! - 1);
  const moved = order.some((axis, at) => axis !== wide[at]);
  const layer = reshaped(draft, view.layer, [sizeOf(shape)]);
  const axes = target.map((extent, axis) => axis === place ? 0 : extent === 1 ? null : 1);
  const flat = moved
    ? {
      shape: wide.map((axis) => shape[axis]!),
      order: order.map((axis) => wide.indexOf(axis)),
    }
    : undefined;
  return { use: "view", layer, dims: target, axes, sole: view.sole, ...given({ flat }) };
}

/** The value with the axes of each group beside one another, in the graph's order. */
function joinable(draft: OnnxDraft, view: LayerView, groups: readonly ReshapedAxes[]): LayerView {
  const order = ownOrder(view).filter((axis) => view.dims[axis] !== 1);
  const wanted = groups.map(({ from }) => ({
    from,
    last: Math.max(...from.map((axis) => order.indexOf(axis))),
  })).sort((a, b) => a.last - b.last).flatMap(({ from }) => from);
  if (wanted.join() === order.join()) return view;
  const units = ownOrder(view).filter((axis) => view.dims[axis] === 1);
  return transposedTo(draft, view, [...units, ...wanted]);
}

function split(
  draft: OnnxDraft,
  view: LayerView,
  groups: readonly ReshapedAxes[],
  { target, place }: Target,
): LayerView {
  const sorted = [...groups].sort((a, b) => view.axes[a.from[0]!]! - view.axes[b.from[0]!]!);
  const own = sorted.flatMap(({ to }) => to);
  const shape = own.map((axis) => target[axis]!);
  const layer = reshaped(draft, view.layer, shape.length === 0 ? [1] : shape);
  const axes = target.map((_, axis) =>
    axis === place ? 0 : own.includes(axis) ? own.indexOf(axis) + 1 : null
  );
  return { use: "view", layer, dims: target, axes, sole: view.sole };
}
