/** Values times or plus known numbers: preprocessing, a bias, a scale, or positions. */
import { channelScale } from "../../../channel_scale.ts";
import { given } from "../../../../../engine/given.ts";
import { sizeOf } from "../../../../../engine/shape.ts";
import type { Layer } from "../../../../model/model.ts";
import { floats, type Known } from "../constants.ts";
import type { LayerAttributes } from "../draft.ts";
import {
  type LayerView,
  over,
  plain,
  reshaped,
  rowOrder,
  sampleAxes,
  shown,
  transposedTo,
  withLast,
} from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import { reshapeView } from "../reshape_view.ts";

/** So many numbers are stretched over a value at most. */
const LARGEST = 1 << 20;

/** What known numbers do to a value. */
type By = "factor" | "offset";

/** The value times numbers, or plus them. */
export function byConstant(reading: NodeReading, view: LayerView, known: Known, by: By): LayerView {
  const { dims, axes } = view;
  const shape = known.shape.slice();
  while (shape.length > dims.length && shape[0] === 1) shape.shift();
  const padded = [...dims.slice(shape.length).map(() => 1), ...shape];
  const fits = padded.length === dims.length &&
    padded.every((extent, axis) => extent === 1 || extent === dims[axis] && axes[axis] !== 0);
  if (!fits) {
    throw reading.wrong(
      `it cannot combine a value of shape ${shown(view)} with numbers of ${shape.join("×")}`,
    );
  }
  const along = padded.flatMap((extent, axis) => extent === 1 ? [] : [axis]);
  const values = floats(known);
  const [axis] = along;
  if (axis === undefined) return alike(reading, view, values[0] ?? 0, by);
  if (along.length === 1) return alongAxis(reading, view, { axis, constant: values }, by);
  const { draft } = reading;
  const order = sampleAxes(view);
  const whole = order.every((each) => padded[each] === dims[each]);
  if (by === "offset" && whole && along.length === 2 && order.length === 2) {
    const transposed = transposedTo(draft, view, order);
    const kernel = { shape: order.map((each) => dims[each]!), values };
    return over(transposed, reading.add("", { kind: "position" }, [transposed.layer], { kernel }));
  }
  return eachNumber(reading, view, { padded, values }, by);
}

/** Numbers along several axes: those of a row. */
function eachNumber(
  reading: NodeReading,
  view: LayerView,
  { padded, values }: { readonly padded: readonly number[]; readonly values: Float32Array },
  by: By,
): LayerView {
  const { draft } = reading;
  const order = sampleAxes(view);
  const extents = order.map((axis) => view.dims[axis]!);
  const strides = order.map((axis) => padded[axis] === 1 ? 0 : sizeOf(padded.slice(axis + 1)));
  if (sizeOf(extents) > LARGEST) throw reading.wrong(`it would combine ${sizeOf(extents)} numbers`);
  const wide = Float32Array.from({ length: sizeOf(extents) }, (_, at) => {
    let place = 0;
    for (let axis = extents.length - 1, rest = at; axis >= 0; axis--) {
      place += (rest % extents[axis]!) * strides[axis]!;
      rest = Math.floor(rest / extents[axis]!);
    }
    return values[place]!;
  });
  const batch = view.dims[view.axes.indexOf(0)]!;
  const transposed = transposedTo(draft, view, order);
  const row = draft.shape(transposed.layer).length === 1
    ? transposed.layer
    : draft.add(`${transposed.layer}.row`, { kind: "flatten" }, [transposed.layer]);
  const flat: LayerView = { ...plain(draft, row, batch), sole: transposed.sole };
  const done = alongAxis(reading, flat, { axis: 1, constant: wide }, by);
  // Behind the batch the axes stand as they did.
  const back = reshapeView(draft, done, [batch, ...extents])!;
  const places = view.dims.map((_, axis) => view.axes[axis] === 0 ? 0 : 1 + order.indexOf(axis));
  return {
    ...back,
    dims: view.dims,
    axes: places.map((place) => back.axes[place]!),
  };
}

/** One number for all. */
function alike(reading: NodeReading, view: LayerView, value: number, by: By): LayerView {
  if (value === (by === "factor" ? 1 : 0)) return view;
  const { draft } = reading;
  if (prepares(reading, view)) return prepared(reading, view, [value], by);
  const channels = draft.shape(view.layer).at(-1)!;
  const before = draft.layer(view.layer);
  if (view.sole && before !== undefined && "bias" in before && by === "offset") {
    // Its units or filters are what it gives: their number is bounded by the file.
    joins(reading, view.layer, new Float32Array(channels).fill(value), by);
    return view;
  }
  if (view.sole && before?.kind === "function" && before.function === "scale") {
    const [factor, offset] = before.parameters as [number, number];
    const parameters = by === "factor"
      ? [factor * value, offset * value]
      : [factor, offset + value];
    draft.change(view.layer, { ...attributesOf(before), parameters } as LayerAttributes, {});
    return view;
  }
  const parameters = by === "factor" ? [value, 0] : [1, value];
  const added = reading.add("", { kind: "function", function: "scale", parameters }, [view.layer]);
  return over(view, added);
}

/** One number for each index of an axis. */
function alongAxis(
  reading: NodeReading,
  view: LayerView,
  { axis, constant }: { readonly axis: number; readonly constant: Float32Array },
  by: By,
): LayerView {
  const { draft } = reading;
  const rank = draft.shape(view.layer).length;
  const last = view.axes[axis] === rank ? view : transposedTo(draft, view, withLast(view, axis));
  let values = constant;
  if (last.flat !== undefined) {
    values = new Float32Array(constant.length);
    rowOrder(last.flat).forEach((place, at) => values[place] = constant[at]!);
  }
  if (prepares(reading, last)) return prepared(reading, last, [...values], by);
  if (last.sole && joins(reading, last.layer, values, by)) return last;
  return perChannel(reading, last, values, by);
}

/** Whether the value is the model's first input, which only this reads. */
const prepares = ({ draft }: NodeReading, { layer, sole, flat }: LayerView): boolean =>
  sole && flat === undefined && draft.inputs[0]?.name === layer;

function prepared(
  { draft }: NodeReading,
  view: LayerView,
  values: readonly number[],
  by: By,
): LayerView {
  const { scale, offset } = draft.preprocess ?? { scale: [1], offset: [0] };
  const width = Math.max(values.length, scale.length, offset.length);
  const at = (of: readonly number[], channel: number) => of[of.length === 1 ? 0 : channel]!;
  const each = (compute: (channel: number) => number) =>
    Array.from({ length: width }, (_, channel) => compute(channel));
  draft.preprocess = by === "factor"
    ? {
      scale: each((c) => at(scale, c) * at(values, c)),
      offset: each((c) => at(offset, c) * at(values, c)),
    }
    : { scale, offset: each((c) => at(offset, c) + at(values, c)) };
  return view;
}

/** A layer without its name and what it reads. */
function attributesOf({ name: _name, inputs: _inputs, ...attributes }: Layer): LayerAttributes {
  return attributes as LayerAttributes;
}

/** Puts the numbers into the layer before, where that can take them. */
function joins({ draft }: NodeReading, name: string, values: Float32Array, by: By): boolean {
  const layer = draft.layer(name);
  if (layer === undefined) return false;
  const shape = [values.length];
  if (layer.kind === "standardize" && layer.by === "deviation" && by === "factor") {
    const beta = { shape, values: new Float32Array(values.length) };
    const { epsilon } = layer;
    draft.change(name, { kind: "layer-norm", epsilon }, { gamma: { shape, values }, beta });
    return true;
  }
  if (layer.kind === "layer-norm" && by === "offset") {
    const beta = draft.weight(name, "beta");
    if (beta.some((value) => value !== 0)) return false;
    draft.change(name, attributesOf(layer), { beta: { shape, values } });
    return true;
  }
  if (layer.kind === "dense" && !layer.bias && layer.activation === "linear" && by === "factor") {
    const kernel = draft.weight(name, "kernel").map((value, at) =>
      value * values[at % values.length]!
    );
    const rows = kernel.length / values.length;
    draft.change(name, attributesOf(layer), {
      kernel: { shape: [rows, values.length], values: kernel },
    });
    return true;
  }
  const weighted = ["dense", "conv", "depthwise", "conv-transpose"].includes(layer.kind);
  if (!weighted || by === "factor" || !("bias" in layer)) return false;
  const bias = layer.bias
    ? draft.weight(name, "bias").map((value, at) => value + values[at]!)
    : values;
  draft.change(name, { ...attributesOf(layer), bias: true } as LayerAttributes, {
    bias: { shape, values: bias },
  });
  return true;
}

/** A convolution of one pixel that keeps channels apart. */
function perChannel(
  reading: NodeReading,
  view: LayerView,
  values: Float32Array,
  by: By,
): LayerView {
  const { draft } = reading;
  const shape = draft.shape(view.layer);
  const channels = values.length;
  const image = shape.length === 3 ? shape : [sizeOf(shape) / channels, 1, channels];
  const input = reshaped(draft, view.layer, image);
  const kernel = by === "factor" ? values : new Float32Array(channels).fill(1);
  const scaled = reading.add(
    "",
    channelScale(by === "offset"),
    [input],
    {
      kernel: { shape: [1, 1, channels, 1], values: kernel },
      ...given({ bias: by === "offset" ? { shape: [channels], values } : undefined }),
    },
  );
  return over(view, reshaped(draft, scaled, shape));
}
