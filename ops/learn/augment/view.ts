/**
 * A view of a sample: where each pixel comes from, then what is done to the values, one after another. Places compose;
 * nothing is interpolated but by what says so.
 */
import { rearrange } from "./arrange.ts";

/** A square of zeros, in the view's own coordinates; it may reach over the edge. */
export interface Hole {
  readonly top: number;
  readonly left: number;
  readonly side: number;
}

/** Along an axis, pixel i of the view is pixel sign · i + offset of the image, 0 where there is none. */
export interface Axis {
  readonly sign: 1 | -1;
  readonly offset: number;
}

/** What is done to the values of a sample, in place, as they are stored. */
export type Change = (values: Float32Array) => void;

/** A view of an image of `size` [height, width]; what is no image is one pixel. */
export interface View {
  readonly size: readonly [number, number];
  readonly vertical: Axis;
  readonly horizontal: Axis;
  readonly holes: readonly Hole[];
  readonly changes: readonly Change[];
}

/** The image as it is. */
export function plainView(height: number, width: number): View {
  const axis = { sign: 1, offset: 0 } as const;
  return { size: [height, width], vertical: axis, horizontal: axis, holes: [], changes: [] };
}

/** The view moved down and to the right. */
export function shifted(view: View, down: number, right: number): View {
  const move = ({ sign, offset }: Axis, by: number): Axis => ({ sign, offset: offset - sign * by });
  return placed(view, (seen) => ({
    ...seen,
    vertical: move(seen.vertical, down),
    horizontal: move(seen.horizontal, right),
  }));
}

/** The view mirrored. */
export function flipped(view: View, axis: "horizontal" | "vertical"): View {
  return placed(view, (seen) => {
    const extent = seen.size[axis === "vertical" ? 0 : 1];
    const { sign, offset } = seen[axis];
    const mirrored: Axis = { sign: sign === 1 ? -1 : 1, offset: offset + sign * (extent - 1) };
    return { ...seen, [axis]: mirrored };
  });
}

/** The view with one more square of zeros. */
export function holed(view: View, hole: Hole): View {
  return placed(view, (seen) => ({ ...seen, holes: [...seen.holes, hole] }));
}

/** The view with its values changed. */
export function changed(view: View, change: Change): View {
  return { ...view, changes: [...view.changes, change] };
}

/** Places are found before values change; behind such a change they are another one. */
function placed(view: View, move: (view: View) => View): View {
  if (view.changes.length === 0) return move(view);
  const again = move(plainView(...view.size));
  return changed(view, (values) => rearrange(values, again));
}
