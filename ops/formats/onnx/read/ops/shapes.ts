/** Readers of operators that arrange, cut and repeat: most of them are a note on a value, and no layer. */
import { sizeOf } from "../../../../../engine/shape.ts";
import { type Known, soleNumber } from "../constants.ts";
import { sliceOf, targetShape } from "../fold.ts";
import {
  arranged,
  type LayerView,
  over,
  ownOrder,
  reshaped,
  sampleAxes,
  shown,
  transposedTo,
} from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import { reshapeView } from "../reshape_view.ts";
import type { GraphValue } from "../values.ts";
import { imageOf, seenAs } from "./images.ts";

/** `Reshape`. */
export function reshape(reading: NodeReading): GraphValue {
  const asked = reading.needed(1, "shape");
  const view = reading.view(0);
  const zero = reading.int("allowzero", 0) === 1;
  return as(reading, view, targetShape(view.dims, [...asked.values], zero));
}

/** `Flatten`. */
export function flatten(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const { dims } = view;
  const axis = reading.int("axis", 1);
  const at = axis < 0 ? dims.length + axis : axis;
  return as(reading, view, [sizeOf(dims.slice(0, at)), sizeOf(dims.slice(at))]);
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
  const order = reading.ints("perm") ?? dims.map((_, axis) => dims.length - 1 - axis);
  if (
    [...order].sort((a, b) => a - b).some((axis, at) => axis !== at) || order.length !== dims.length
  ) {
    throw reading.wrong(`its perm is ${order.join(", ")}`);
  }
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

/** `Pad` with zeros, of space. */
export function pad(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const rank = view.dims.length;
  const listed = reading.listed(1, "pads") ?? reading.ints("paddings") ?? [];
  const some = reading.listed(3, "") ?? view.dims.map((_, axis) => axis);
  if (reading.text("mode", "constant") !== "constant") {
    throw reading.wrong(`its mode is ${reading.text("mode", "")}; zeros can be read`);
  }
  const fill = reading.constant(2);
  if ((fill === undefined ? reading.float("value", 0) : soleNumber(fill)) !== 0) {
    throw reading.wrong("it fills with another number than 0");
  }
  const sides = view.dims.map(() => [0, 0] as [number, number]);
  some.forEach((axis, at) =>
    sides[reading.axis(axis, rank)] = [listed[at] ?? 0, listed[some.length + at] ?? 0]
  );
  if (sides.flat().every((zeros) => zeros === 0)) return view;
  const [batch, channels, rows, columns = [0, 0]] = sides;
  if ([...batch!, ...channels ?? []].some((zeros) => zeros !== 0) || rows === undefined) {
    throw reading.wrong("it adds zeros elsewhere than around images");
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

/** `Resize` and `Upsample` by whole factors, pixels repeated, or in halves between pixels. */
export function resize(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const old = reading.op === "Upsample";
  const scales = reading.constant(old ? 1 : 2);
  const sizes = old ? undefined : reading.constant(3);
  const factors = sizes !== undefined && sizes.values.length > 0
    ? [...sizes.values].map((size, axis) => size / view.dims[axis]!)
    : [...scales?.values ?? reading.floats("scales") ?? []];
  const [batch = 0, channels = 0, rows = 0, columns = 0] = factors;
  if (view.dims.length !== 4 || batch !== 1 || channels !== 1) {
    throw reading.wrong("it resizes something else than images");
  }
  const image = imageOf(reading, view);
  const mode = reading.text("mode", "nearest");
  const centres = reading.text("coordinate_transformation_mode", "half_pixel");
  const size = [Math.floor(image.shape[0] * rows), Math.floor(image.shape[1] * columns)] as [
    number,
    number,
  ];
  if (mode === "nearest" && Number.isInteger(rows) && Number.isInteger(columns)) {
    const layer = reading.add("", { kind: "upsample", size: [rows, columns] }, [image.layer]);
    return seenAs(reading, layer, view);
  }
  const halves = centres === "half_pixel" || centres === "pytorch_half_pixel";
  if (mode === "linear" && halves && rows >= 1 && columns >= 1) {
    const layer = reading.add("", { kind: "resize", size, by: "bilinear" }, [image.layer]);
    return seenAs(reading, layer, view);
  }
  throw reading.wrong(
    `its mode is ${mode} with ${centres}; nearest by whole factors and linear by half_pixel can be read`,
  );
}

/** `Slice` with steps of 1. */
export function slice(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const [starts = [], ends = []] = [reading.listed(1, "starts"), reading.listed(2, "ends")];
  const axes = reading.listed(3, "axes") ?? starts.map((_, at) => at);
  const steps = reading.listed(4, "steps") ?? starts.map(() => 1);
  let result = view;
  for (const [at, asked] of axes.entries()) {
    if (steps[at] !== 1) throw reading.wrong(`its step is ${steps[at]}; 1 can be read`);
    const axis = reading.axis(asked, view.dims.length);
    const [from, count] = sliceOf(view.dims[axis]!, starts[at]!, ends[at]!, 1);
    result = stretch(reading, result, axis, { from, count });
  }
  return result;
}

/** `Split` along one axis. */
export function splitUp(reading: NodeReading): readonly GraphValue[] {
  const view = reading.view(0);
  const axis = reading.axis(reading.int("axis", 0), view.dims.length);
  const parts = reading.int("num_outputs", reading.outputs);
  const extent = view.dims[axis]!;
  const sizes = reading.listed(1, "split") ??
    Array.from(
      { length: parts },
      (_, at) => Math.min(Math.ceil(extent / parts), extent - at * Math.ceil(extent / parts)),
    );
  let from = 0;
  return sizes.map((size) => {
    from += size;
    return stretch(reading, view, axis, { from: from - size, count: size });
  });
}

/** So many places of an axis, from one on: equal parts of an image's channels, or what is left of a cut. */
function stretch(
  reading: NodeReading,
  view: LayerView,
  axis: number,
  { from, count }: { readonly from: number; readonly count: number },
): LayerView {
  const { draft } = reading;
  const extent = view.dims[axis]!;
  if (from === 0 && count === extent) return view;
  if (view.axes[axis] === 0) throw reading.wrong("it takes samples out of a batch");
  if (!(count >= 1 && from >= 0 && from + count <= extent)) {
    throw reading.wrong(`it takes ${count} places from ${from} on, of ${extent}`);
  }
  const order = ownOrder(view);
  const whole = transposedTo(draft, view, order);
  const shape = draft.shape(whole.layer);
  const at = order.indexOf(axis);
  const dims = view.dims.map((each, own) => own === axis ? count : each);
  const parts = extent / count;
  if (shape.length === 3 && at === 2 && Number.isInteger(parts) && from % count === 0) {
    const part = from / count;
    return { ...over(whole, reading.add("", { kind: "split", parts, part }, [whole.layer])), dims };
  }
  const after = shape.slice(at + 1);
  const image = reshaped(draft, whole.layer, [sizeOf(shape.slice(0, at)), extent, sizeOf(after)]);
  const amounts: [[number, number], [number, number]] = [[0, 0], [from, extent - from - count]];
  const cut = reading.add("", { kind: "crop", amounts }, [image]);
  const shaped = reshaped(draft, cut, [...shape.slice(0, at), count, ...after]);
  return { ...over(whole, shaped), dims };
}

/** `Gather`: one place of an axis, or rows of a table by token. */
export function gather(reading: NodeReading): GraphValue {
  const [table, index] = reading.inputs;
  if (table?.use === "constant") return rowsOf(reading, table);
  if (index?.use !== "constant") {
    throw reading.wrong("places that depend on the sample cannot be read");
  }
  const view = reading.view(0);
  const axis = reading.axis(reading.int("axis", 0), view.dims.length);
  const extent = view.dims[axis]!;
  const [asked = 0] = index.values;
  if (index.values.length !== 1) {
    throw reading.wrong("it takes several places in an order of its own");
  }
  const from = asked < 0 ? asked + extent : asked;
  const one = lastOrFirst(reading, view, axis, from) ??
    stretch(reading, view, axis, { from, count: 1 });
  if (index.shape.length > 0) return one;
  const left = (_: unknown, own: number) => own !== axis;
  return { ...one, dims: one.dims.filter(left), axes: one.axes.filter(left) };
}

/** The first row of a sequence, or the last state of a recurrent layer, which then gives no others. */
function lastOrFirst(
  reading: NodeReading,
  view: LayerView,
  axis: number,
  from: number,
): LayerView | undefined {
  const { draft } = reading;
  const [length] = draft.shape(view.layer) as [number];
  const sequence = draft.shape(view.layer).length === 2 && view.axes[axis] === 1;
  if (!sequence) return undefined;
  const axes = view.axes.map((own, at) => at === axis ? null : own === 0 ? 0 : own! - 1);
  const row = { ...view, dims: view.dims.map((extent, at) => at === axis ? 1 : extent), axes };
  const whole = draft.layer(view.layer);
  const steps = whole?.kind === "recurrent" || whole?.kind === "rnn";
  if (steps && view.sole && from === length - 1) {
    const { name, inputs: _inputs, ...attributes } = whole;
    draft.change(name, { ...attributes, sequence: false }, {});
    return row;
  }
  return from === 0 ? over(row, reading.add("", { kind: "first" }, [view.layer])) : undefined;
}

/** An embedding. */
function rowsOf(reading: NodeReading, table: Known): LayerView {
  const { draft } = reading;
  const tokens = reading.view(1);
  const [vocabulary, size] = table.shape as [number, number];
  if (table.shape.length !== 2 || reading.int("axis", 0) !== 0 || tokens.dims.length !== 2) {
    throw reading.wrong("rows of a table by a sequence of tokens are all that can be read");
  }
  const layer = arranged(draft, tokens, sampleAxes(tokens));
  const kernel = { shape: [vocabulary, size], values: Float32Array.from(table.values) };
  const rows = reading.add("", { kind: "embedding", vocabulary, size }, [layer], { kernel });
  const batch = tokens.axes.indexOf(0);
  return {
    ...{ use: "view", layer: rows, sole: true, dims: [...tokens.dims, size] },
    axes: batch === 0 ? [0, 1, 2] : [1, 0, 2],
  };
}
