/** A view of an image: where each of its pixels comes from. Views compose; nothing is interpolated. */

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

/** A view of an image of `size` [height, width]. */
export interface View {
  readonly size: readonly [number, number];
  readonly vertical: Axis;
  readonly horizontal: Axis;
  readonly holes: readonly Hole[];
}

/** The image as it is. */
export function plainView(height: number, width: number): View {
  const axis = { sign: 1, offset: 0 } as const;
  return { size: [height, width], vertical: axis, horizontal: axis, holes: [] };
}

/** The view moved down and to the right. */
export function shifted(view: View, down: number, right: number): View {
  const move = ({ sign, offset }: Axis, by: number): Axis => ({ sign, offset: offset - sign * by });
  return { ...view, vertical: move(view.vertical, down), horizontal: move(view.horizontal, right) };
}

/** The view mirrored. */
export function flipped(view: View, axis: "horizontal" | "vertical"): View {
  const extent = view.size[axis === "vertical" ? 0 : 1];
  const { sign, offset } = view[axis];
  const mirrored: Axis = { sign: sign === 1 ? -1 : 1, offset: offset + sign * (extent - 1) };
  return { ...view, [axis]: mirrored };
}

/** The view with one more square of zeros. */
export function holed(view: View, hole: Hole): View {
  return { ...view, holes: [...view.holes, hole] };
}
