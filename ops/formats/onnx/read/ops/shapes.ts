/** Readers of operators that arrange what a value has: most of them are a note on it, and no layer. */
import { sizeOf } from "../../../../../engine/shape.ts";
import { soleNumber } from "../constants.ts";
import { permOf, targetShape } from "../extents.ts";
import {
  arranged,
  type LayerView,
  ownOrder,
  reshaped,
  shown,
  transposedTo,
} from "../layer_view.ts";
import { reshapeMerged } from "../merged.ts";
import type { NodeReading } from "../node_reading.ts";
import { reshapeView } from "../reshape_view.ts";
import type { GraphValue } from "../values.ts";
import { imageOf, seenAs } from "./images.ts";
import { taken } from "./places.ts";

/** `Reshape`. */
export function reshape(reading: NodeReading): GraphValue {
  const asked = reading.needed(1, "shape");
  const view = reading.view(0);
  const zero = reading.int("allowzero", 0) === 1;
  return shaped(reading, view, targetShape(view.dims, [...asked.values], zero));
}

/** `Flatten`. */
export function flatten(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const { dims } = view;
  const axis = reading.int("axis", 1);
  const at = axis < 0 ? dims.length + axis : axis;
  return shaped(reading, view, [sizeOf(dims.slice(0, at)), sizeOf(dims.slice(at))]);
}

function shaped(reading: NodeReading, view: LayerView, target: readonly number[]): GraphValue {
  const whole = target.every((extent) => Number.isInteger(extent) && extent >= 1);
  const plain = whole ? reshapeView(reading.draft, view, target) : undefined;
  if (plain !== undefined) return plain;
  return (whole ? reshapeMerged(reading.draft, view, target) : undefined) ??
    as(reading, view, target);
}

function as(reading: NodeReading, view: LayerView, target: readonly number[]): LayerView {
  const whole = target.every((extent) => Number.isInteger(extent) && extent >= 1);
  const found = whole ? reshapeView(reading.draft, view, target) : undefined;
  if (found !== undefined) return found;
  throw reading.wrong(
    whole
      ? `it gives ${shown(view)} a shape of ${target.length} axes that mixes samples of a batch`
      : `it gives ${shown(view)} a shape that it cannot have`,
  );
}

/** `Transpose`: a note. */
export function transpose(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const { dims, axes } = view;
  const order = permOf(reading, dims.length);
  return {
    ...view,
    dims: order.map((axis) => dims[axis]!),
    axes: order.map((axis) => axes[axis]!),
  };
}

/** `Squeeze`: axes of extent 1 go. */
export function squeeze(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const { dims, axes } = view;
  const asked = reading.listed(1, "axes")?.map((axis) => reading.axis(axis, dims.length)) ??
    dims.flatMap((extent, axis) => extent === 1 && axes[axis] !== 0 ? [axis] : []);
  if (asked.some((axis) => dims[axis] !== 1 || axes[axis] === 0)) {
    throw reading.wrong(`it takes an axis away from ${shown(view)} that is not of extent 1`);
  }
  const left = (_: unknown, axis: number) => !asked.includes(axis);
  return { ...view, dims: dims.filter(left), axes: axes.filter(left) };
}

/** `Unsqueeze`: axes of extent 1 come. */
export function unsqueeze(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const asked = reading.listed(1, "axes") ?? [];
  const rank = view.dims.length + asked.length;
  const [dims, axes] = [[...view.dims], [...view.axes]];
  for (const axis of asked.map((axis) => reading.axis(axis, rank)).sort((a, b) => a - b)) {
    dims.splice(axis, 0, 1);
    axes.splice(axis, 0, null);
  }
  return { ...view, dims, axes };
}

/** `Pad`: with zeros around images, or with what an axis itself has. */
export function pad(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const rank = view.dims.length;
  const listed = reading.listed(1, "pads") ?? reading.ints("paddings") ?? [];
  const some = reading.listed(3, "") ?? view.dims.map((_, axis) => axis);
  const mode = reading.text("mode", "constant");
  const sides = view.dims.map(() => [0, 0] as [number, number]);
  some.forEach((axis, at) =>
    sides[reading.axis(axis, rank)] = [listed[at] ?? 0, listed[some.length + at] ?? 0]
  );
  if (sides.flat().every((zeros) => zeros === 0)) return view;
  if (mode !== "constant") return mirrored(reading, view, sides, mode);
  const fill = reading.constant(2);
  if ((fill === undefined ? reading.float("value", 0) : soleNumber(fill)) !== 0) {
    throw reading.wrong("it fills with another number than 0");
  }
  const [batch, channels, rows, columns = [0, 0]] = sides;
  if ([...batch!, ...channels ?? []].some((zeros) => zeros !== 0) || rows === undefined) {
    return sides.reduce(
      (value, [before, after], axis) =>
        before === 0 && after === 0 ? value : bordered(reading, value, axis, [before, after]),
      view,
    );
  }
  const image = imageOf(reading, view);
  const part = (sign: 1 | -1) =>
    [rows, columns].map((each) => each.map((zeros) => Math.max(0, sign * zeros))) as [
      [number, number],
      [number, number],
    ];
  const [more, less] = [part(1), part(-1)];
  const padded = more.flat().some((zeros) => zeros > 0)
    ? reading.add("", { kind: "pad", amounts: more }, [image.layer])
    : image.layer;
  const cut = less.flat().some((lines) => lines > 0)
    ? reading.add("", { kind: "crop", amounts: less }, [padded])
    : padded;
  return seenAs(reading, cut, view);
}

/** Zeros before and behind what is along an axis; where they are less than none, it is cut. */
function bordered(
  reading: NodeReading,
  view: LayerView,
  axis: number,
  [before, after]: readonly [number, number],
): LayerView {
  if (view.axes[axis] === 0) throw reading.wrong("it adds samples of zeros");
  const { draft } = reading;
  const order = ownOrder(view);
  const shape = order.map((each) => view.dims[each]!);
  const at = order.indexOf(axis);
  const [outer, inner] = [shape.slice(0, at), shape.slice(at + 1)];
  const extent = shape[at]! + before + after;
  if (extent < 1) throw reading.wrong("it leaves nothing of an axis");
  const image = reshaped(draft, arranged(draft, view, order), [
    ...[sizeOf(outer), shape[at]!, sizeOf(inner)],
  ]);
  const sides = (sign: 1 | -1): [[number, number], [number, number]] => [
    [0, 0],
    [Math.max(0, sign * before), Math.max(0, sign * after)],
  ];
  const [more, less] = [sides(1), sides(-1)];
  const padded = more[1].some((zeros) => zeros > 0)
    ? reading.add("", { kind: "pad", amounts: more }, [image])
    : image;
  const cut = less[1].some((lines) => lines > 0)
    ? reading.add("", { kind: "crop", amounts: less }, [padded])
    : padded;
  return {
    use: "view",
    layer: reshaped(draft, cut, [...outer, extent, ...inner]),
    sole: true,
    dims: view.dims.map((each, own) => own === axis ? extent : each),
    axes: view.axes.map((own, each) => own === 0 ? 0 : order.indexOf(each) + 1),
  };
}

/** Borders out of the value: mirrored at its edges (`reflect`), or the edges again (`edge`). */
function mirrored(
  reading: NodeReading,
  view: LayerView,
  sides: readonly (readonly [number, number])[],
  mode: string,
): LayerView {
  if (mode !== "reflect" && mode !== "edge") {
    throw reading.wrong(`its mode is ${mode}; constant, reflect and edge can be read`);
  }
  return sides.reduce((value, [before, after], axis) => {
    const extent = view.dims[axis]!;
    const inside = (place: number) =>
      mode === "edge"
        ? Math.min(extent - 1, Math.max(0, place))
        : extent - 1 - Math.abs(extent - 1 - Math.abs(place));
    if (before === 0 && after === 0) return value;
    const places = Array.from({ length: before + extent + after }, (_, at) => inside(at - before));
    return taken(reading, value, axis, places);
  }, view);
}

/** `DepthToSpace` and `SpaceToDepth`: blocks of channels as blocks of pixels, and back. */
export function blocks(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const [batch, channels, height, width] = view.dims as [number, number, number, number];
  const block = reading.int("blocksize", 0);
  if (view.dims.length !== 4 || !(block >= 1)) throw reading.wrong("it reads images, in blocks");
  const moved = (value: LayerView, order: readonly number[]): LayerView => ({
    ...value,
    dims: order.map((axis) => value.dims[axis]!),
    axes: order.map((axis) => value.axes[axis]!),
  });
  const image = (value: LayerView, dims: readonly number[]) =>
    transposedTo(reading.draft, as(reading, value, dims), [2, 3, 1]);
  if (reading.op === "SpaceToDepth") {
    const parts = [batch, channels, height / block, block, width / block, block];
    const order = [0, 3, 5, 1, 2, 4];
    return image(moved(as(reading, view, parts), order), [
      ...[batch, channels * block * block, height / block, width / block],
    ]);
  }
  const own = channels / (block * block);
  const [parts, order] = reading.text("mode", "DCR") === "CRD"
    ? [[batch, own, block, block, height, width], [0, 1, 4, 2, 5, 3]]
    : [[batch, block, block, own, height, width], [0, 3, 4, 1, 5, 2]];
  return image(moved(as(reading, view, parts), order), [
    ...[batch, own, height * block, width * block],
  ]);
}
