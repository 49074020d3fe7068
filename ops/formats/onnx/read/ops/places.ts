/** Readers of operators that take places of an axis, or repeat them: parts, slices, rows of tables. */
import { sizeOf } from "../../../../../engine/shape.ts";
import type { Known } from "../constants.ts";
import { sliceOf } from "../extents.ts";
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
import { joined } from "./joins.ts";

/** `Slice`. */
export function slice(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const [starts = [], ends = []] = [reading.listed(1, "starts"), reading.listed(2, "ends")];
  const axes = reading.listed(3, "axes") ?? starts.map((_, at) => at);
  const steps = reading.listed(4, "steps") ?? starts.map(() => 1);
  let result = view;
  for (const [at, asked] of axes.entries()) {
    const axis = reading.axis(asked, view.dims.length);
    const step = steps[at]!;
    const [from, count] = sliceOf(view.dims[axis]!, starts[at]!, ends[at]!, step);
    result = step === 1
      ? stretch(reading, result, axis, { from, count })
      : taken(reading, result, axis, Array.from({ length: count }, (_, i) => from + i * step));
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

/** So many layers put an axis together at most. */
const MOST_RUNS = 256;

/** Places of an axis, in any order and as often as they are named. */
export function taken(
  reading: NodeReading,
  view: LayerView,
  axis: number,
  places: readonly number[],
): LayerView {
  const extent = view.dims[axis]!;
  if (places.every((place) => place === 0) && extent === 1) {
    return repeated(reading, view, axis, places.length);
  }
  const step = places.length > 1 ? places[1]! - places[0]! : 1;
  const regular = step > 1 && places.every((place, at) => place === places[0]! + at * step);
  if (regular && places.length > 2 && view.axes[axis] !== 0) {
    const each = everyOther(reading, view, axis, { from: places[0]!, step, count: places.length });
    if (each !== undefined) return each;
  }
  const runs: { readonly from: number; count: number }[] = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last !== undefined && place === last.from + last.count) last.count++;
    else runs.push({ from: place, count: 1 });
  }
  if (runs.length > MOST_RUNS || runs.length === 0) {
    throw reading.wrong(`it takes places of an axis in ${runs.length} pieces`);
  }
  return joined(reading, runs.map((run) => stretch(reading, view, axis, run)), axis);
}

/** Every so many places: those at the beginning of each stretch, where the axis is long enough. */
function everyOther(
  reading: NodeReading,
  view: LayerView,
  axis: number,
  { from, step, count }: { readonly from: number; readonly step: number; readonly count: number },
): LayerView | undefined {
  if (from + count * step > view.dims[axis]!) return undefined;
  const cut = stretch(reading, view, axis, { from, count: count * step });
  const wide = [...cut.dims.slice(0, axis), count, step, ...cut.dims.slice(axis + 1)];
  const parts = reshapeView(reading.draft, cut, wide);
  if (parts === undefined) return undefined;
  const one = stretch(reading, parts, axis + 1, { from: 0, count: 1 });
  const left = (_: unknown, own: number) => own !== axis + 1;
  return { ...one, dims: one.dims.filter(left), axes: one.axes.filter(left) };
}

/** `Expand`: axes of extent 1 are as long as asked. */
export function expand(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const asked = [...reading.needed(1, "shape").values];
  const rank = Math.max(asked.length, view.dims.length);
  const missing = rank - view.dims.length;
  const wide: LayerView = {
    ...view,
    dims: [...Array.from({ length: missing }, () => 1), ...view.dims],
    axes: [...Array.from({ length: missing }, () => null), ...view.axes],
  };
  return asked.reduce((value, extent, at) => {
    const axis = rank - asked.length + at;
    const own = value.dims[axis]!;
    return extent === own || extent === 1 ? value : repeated(reading, value, axis, extent / own);
  }, wide);
}

/** `Tile`: an axis so many times. */
export function tile(reading: NodeReading): GraphValue {
  const times = [...reading.needed(1, "repeats").values];
  return times.reduce(
    (value, count, axis) => count === 1 ? value : repeated(reading, value, axis, count),
    reading.view(0),
  );
}

/** What is along an axis, so many times: pixels of an image whose one axis that is. */
function repeated(reading: NodeReading, view: LayerView, axis: number, times: number): LayerView {
  const { draft } = reading;
  if (view.axes[axis] === 0) throw reading.wrong("it repeats samples of a batch");
  if (!(Number.isInteger(times) && times >= 1)) {
    throw reading.wrong(`it cannot stretch an axis of ${shown(view)} by ${times}`);
  }
  const order = ownOrder(view);
  const layer = arranged(draft, view, order);
  const shape = order.map((each) => view.dims[each]!);
  const at = order.indexOf(axis);
  const [before, after] = [shape.slice(0, at), shape.slice(at + 1)];
  const image = reshaped(draft, layer, [sizeOf(before), 1, shape[at]! * sizeOf(after)]);
  const wide = reading.add("", { kind: "upsample", size: [1, times] }, [image]);
  const extent = shape[at]! * times;
  const whole = reshaped(draft, wide, [...before, extent, ...after]);
  return {
    use: "view",
    layer: whole,
    sole: true,
    dims: view.dims.map((each, own) => own === axis ? extent : each),
    axes: view.axes.map((own, each) => own === 0 ? 0 : order.indexOf(each) + 1),
  };
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
  const places = [...index.values].map((asked) => asked < 0 ? asked + extent : asked);
  if (places.length !== 1) {
    if (index.shape.length === 1) return taken(reading, view, axis, places);
    throw reading.wrong(`it takes places by a table of shape ${index.shape.join("×")}`);
  }
  const [from] = places as [number];
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
    use: "view",
    layer: rows,
    sole: true,
    dims: [...tokens.dims, size],
    axes: batch === 0 ? [0, 1, 2] : [1, 0, 2],
  };
}
