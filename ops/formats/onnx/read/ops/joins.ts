/** Readers of operators that join values along an axis, or choose between two. */
import { floats, type Known } from "../constants.ts";
import { arranged, type LayerView, ownOrder, transposedTo } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import type { GraphValue } from "../values.ts";
import { combined } from "./arithmetic.ts";
import { byConstant } from "./constants_on.ts";

/** `Concat`, along any axis but the batch; of known numbers rows that are the same in all samples. */
export function concatenation(reading: NodeReading): LayerView {
  const { inputs } = reading;
  const views = inputs.flatMap((value, input) =>
    value?.use === "constant" ? [] : [reading.view(input)]
  );
  const [first] = views;
  if (first === undefined) throw reading.wrong("it joins nothing");
  const axis = reading.axis(reading.int("axis", 0), first.dims.length);
  if (first.axes[axis] === 0) throw reading.wrong("it joins batches");
  const whole = joined(reading, views, axis);
  if (views.length === inputs.length) return whole;
  return withKnown(reading, whole, axis);
}

/** Values of one form, one behind another. */
export function joined(
  reading: NodeReading,
  views: readonly LayerView[],
  axis: number,
): LayerView {
  const [first] = views as [LayerView];
  if (views.length === 1) return first;
  const { draft } = reading;
  const batch = first.axes.indexOf(0);
  const rank = first.dims.length;
  if (views.some(({ axes, dims }) => axes.indexOf(0) !== batch || dims.length !== rank)) {
    throw reading.wrong("what it joins is not of one form");
  }
  const order = [...ownOrder(first).filter((each) => each !== axis), axis];
  const layers = views.map((view) => arranged(draft, view, order));
  const layer = reading.add("", { kind: "concat" }, layers);
  const dims = first.dims.map((extent, each) =>
    each === axis ? views.reduce((sum, { dims }) => sum + dims[axis]!, 0) : extent
  );
  const axes = dims.map((_, each) => each === batch ? 0 : order.indexOf(each) + 1);
  const whole: LayerView = { use: "view", layer, dims, axes, sole: true };
  // Images keep their channels last: whoever reads them otherwise moves them once.
  return rank === 4 ? transposedTo(draft, whole, ownOrder(first)) : whole;
}

/** Known numbers before and behind a value: zeros are put there, and the numbers added to them. */
function withKnown(reading: NodeReading, whole: LayerView, axis: number): LayerView {
  const { draft, inputs } = reading;
  const at = inputs.findIndex((value) => value?.use !== "constant");
  const others = inputs.slice(at + 1).findLastIndex((value) => value?.use !== "constant");
  const known = inputs.map((value) => value?.use === "constant" ? value : undefined);
  if (others >= 0 && known.slice(at, at + 2 + others).some((value) => value !== undefined)) {
    throw reading.wrong("it puts known numbers between values");
  }
  const extents = known.map((value) => value?.shape[axis] ?? 0);
  const before = extents.slice(0, at).reduce((sum, each) => sum + each, 0);
  const after = extents.slice(at).reduce((sum, each) => sum + each, 0);
  const order = [axis, ...ownOrder(whole).filter((each) => each !== axis)];
  const layer = arranged(draft, whole, order);
  const [length, ...rest] = draft.shape(layer) as [number, ...number[]];
  const width = rest.reduce((product, extent) => product * extent, 1);
  const image = draft.add(`${layer}.rows`, { kind: "reshape", shape: [length, 1, width] }, [layer]);
  const amounts: [[number, number], [number, number]] = [[before, after], [0, 0]];
  const wide = reading.add("", { kind: "pad", amounts }, [image]);
  const total = before + length + after;
  const shaped = draft.add(`${wide}.shaped`, { kind: "reshape", shape: [total, ...rest] }, [wide]);
  const dims = whole.dims.map((extent, each) => each === axis ? total : extent);
  const axes = dims.map((_, each) => whole.axes[each] === 0 ? 0 : order.indexOf(each) + 1);
  const view: LayerView = { use: "view", layer: shaped, dims, axes, sole: true };
  const batch = whole.axes.indexOf(0);
  const shape = dims.map((extent, each) => each === batch ? 1 : extent);
  const numbers = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
  let from = 0;
  known.forEach((value, input) => {
    if (value !== undefined) {
      put(reading, { numbers, shape }, value, { axis, from, batch });
      from += extents[input]!;
    } else if (input === at) from += length;
  });
  return byConstant(reading, view, { use: "constant", shape, values: numbers }, "offset");
}

/** Numbers of one sample, written at their place along an axis. */
function put(
  reading: NodeReading,
  { numbers, shape }: { readonly numbers: Float32Array; readonly shape: readonly number[] },
  value: Known,
  { axis, from, batch }: { readonly axis: number; readonly from: number; readonly batch: number },
): void {
  const own = value.shape.map((extent, each) => each === batch ? 1 : extent);
  const fits = own.length === shape.length &&
    own.every((extent, each) => each === axis || extent === shape[each]);
  if (!fits) throw reading.wrong(`it joins numbers of shape ${own.join("×")}`);
  const inner = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  const rows = own[axis]! * inner;
  const given = floats(value).subarray(0, own.reduce((product, extent) => product * extent, 1));
  for (let block = 0; block * rows < given.length; block++) {
    numbers.set(
      given.subarray(block * rows, (block + 1) * rows),
      (block * shape[axis]! + from) * inner,
    );
  }
}

/** `Where` by known truth values: each of two values where it is chosen, and 0 elsewhere, together. */
export function chosen(reading: NodeReading): GraphValue {
  const test = reading.needed(0, "condition");
  const share = (whether: boolean): Known => ({
    ...test,
    values: Float32Array.from(test.values, (value) => (value !== 0) === whether ? 1 : 0),
  });
  const [yes, no] = [reading.inputs[1], reading.inputs[2]];
  if (yes?.use !== "constant" && no?.use !== "constant") {
    const parts = [1, 2].map((input) =>
      byConstant(reading, { ...reading.view(input), sole: false }, share(input === 1), "factor")
    );
    return combined(reading, parts, "sum");
  }
  const whether = yes?.use !== "constant";
  const view = reading.view(whether ? 1 : 2);
  const known = (whether ? no : yes) as Known;
  const left = byConstant(reading, { ...view, sole: false }, share(whether), "factor");
  return byConstant(reading, { ...left, sole: false }, masked(share(!whether), known), "offset");
}

/** Numbers where a share of 1 is, else 0; either is as long as the other where it has an extent of 1. */
function masked(share: Known, known: Known): Known {
  const rank = Math.max(share.shape.length, known.shape.length);
  const wide = (
    { shape }: Known,
  ) => [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
  const [a, b] = [wide(share), wide(known)];
  const shape = a.map((extent, axis) => Math.max(extent, b[axis]!));
  const strides = (own: readonly number[]) =>
    own.map((extent, axis) =>
      extent === 1 ? 0 : own.slice(axis + 1).reduce((product, each) => product * each, 1)
    );
  const [left, right] = [strides(a), strides(b)];
  const [shares, numbers] = [floats(share), floats(known)];
  const size = shape.reduce((product, extent) => product * extent, 1);
  const values = Float32Array.from({ length: size }, (_, at) => {
    let [rest, from, to] = [at, 0, 0];
    for (let axis = rank - 1; axis >= 0; axis--) {
      const place = rest % shape[axis]!;
      from += place * left[axis]!;
      to += place * right[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return shares[from] === 0 ? 0 : numbers[to]!;
  });
  return { use: "constant", shape, values };
}
