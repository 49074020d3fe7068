/** Readers of products of two values: attention, head by head, and plain products. */
import { soleNumber } from "../constants.ts";
import { arranged, type LayerView, plain, reshaped, sampleAxes, shown } from "../layer_view.ts";
import { straight } from "../merged.ts";
import type { NodeReading } from "../node_reading.ts";
import { type GraphValue, type PatternOf, patternOf } from "../values.ts";

/** `MatMul` of two values. */
export function products(reading: NodeReading): GraphValue {
  const shares = patternOf(reading.inputs[0], "shares");
  if (shares !== undefined) {
    const merged = patternOf(reading.inputs[1], "merged");
    return attended(reading, shares, merged === undefined ? reading.view(1) : straight(merged));
  }
  const [left, right] = [reading.view(0), reading.view(1)];
  const { draft } = reading;
  if (left.dims.length === 4) {
    return { use: "pattern", of: "scores", queries: left, keys: right, factor: 1 };
  }
  if (left.dims.length !== 3 || left.axes[0] !== 0 || right.axes[0] !== 0) {
    throw reading.wrong(
      `a product of values of ${shown(left)} and ${shown(right)} cannot be read`,
    );
  }
  const layers = [left, right].map((view) => arranged(draft, view, sampleAxes(view)));
  return plain(draft, reading.add("", { kind: "dot", axes: [1, 0] }, layers), left.dims[0]!);
}

/** Scores times a number, or divided by one; undefined where they are none. */
export function scaledScores(reading: NodeReading): GraphValue | undefined {
  const { op, inputs } = reading;
  const at = inputs.findIndex((value) => patternOf(value, "scores") !== undefined);
  const scores = patternOf(inputs[at], "scores");
  const other = inputs[1 - at];
  if (scores === undefined || other?.use !== "constant") return undefined;
  const number = soleNumber(other);
  if (number === undefined) {
    throw reading.wrong(
      "an attention that looks at some places alone cannot be read",
      "export the model without a mask",
    );
  }
  if (op === "Mul") return { ...scores, factor: scores.factor * number };
  if (op === "Div" && at === 0) return { ...scores, factor: scores.factor / number };
  return op === "Add" && number === 0 ? scores : undefined;
}

/** The shape of scores in the graph. */
export function scoresShape({ queries, keys, merged }: PatternOf<"scores">): readonly number[] {
  const [batch, heads, length] = queries.dims as [number, number, number];
  return [...merged ? [batch * heads] : [batch, heads], length, keys.dims[3]!];
}

/** The softmax of scores along the keys; undefined of anything else. */
export function sharesOf(reading: NodeReading): GraphValue | undefined {
  const scores = patternOf(reading.inputs[0], "scores");
  if (scores === undefined) return undefined;
  const rank = scores.merged ? 3 : 4;
  if (reading.axis(reading.int("axis", -1), rank) !== rank - 1) {
    throw reading.wrong("it does not go along the keys");
  }
  return { ...scores, of: "shares" };
}

/** What the shares take of the values: [batch, heads, places, depth] each, keys transposed. */
function attended(
  reading: NodeReading,
  { queries, keys, factor, tokens, merged }: PatternOf<"shares">,
  values: LayerView,
): GraphValue {
  const { draft } = reading;
  const [batch, heads, length, depth] = queries.dims as [number, number, number, number];
  const headed = [queries, keys, values].every((view) =>
    view.dims.length === 4 && view.axes[0] === 0 && view.dims[1] === heads
  );
  if (!headed || keys.dims[2] !== depth || keys.dims[3] !== values.dims[2]) {
    throw reading.wrong("queries, keys and values are not of one number of heads");
  }
  const [q, qFactor] = unscaled(reading, queries);
  const [k, kFactor] = unscaled(reading, keys);
  const wanted = factor * qFactor * kFactor * Math.sqrt(depth);
  const [placeQ, placeK, placeV] = [
    rows(reading, q, [2, 1, 3]),
    rows(reading, k, [3, 1, 2]),
    rows(reading, values, [2, 1, 3]),
  ];
  const asked = Math.abs(wanted - 1) < 1e-5 ? placeQ : reading.add(
    "scaled",
    { kind: "function", function: "scale", parameters: [wanted, 0] },
    [placeQ],
  );
  const seen = tokens === undefined ? [] : [arranged(draft, tokens, sampleAxes(tokens))];
  const layer = reading.add("", { kind: "attention", heads }, [asked, placeK, placeV, ...seen]);
  const width = values.dims[3]!;
  const parts = reshaped(draft, layer, [length, heads, width]);
  const whole: LayerView = {
    use: "view",
    layer: parts,
    sole: true,
    dims: [batch, heads, length, width],
    axes: [0, 2, 1, 3],
  };
  return merged ? { use: "pattern", of: "merged", x: whole, groups: [[0, 1], [2], [3]] } : whole;
}

/** A value and the number that it is multiplied by: exporters scale queries and keys by √factor each. */
function unscaled({ draft }: NodeReading, view: LayerView): readonly [LayerView, number] {
  const scaled = draft.layer(view.layer);
  const plainly = scaled?.kind === "function" && scaled.function === "scale" &&
    scaled.parameters[1] === 0;
  return plainly ? [{ ...view, layer: scaled.inputs[0]! }, scaled.parameters[0]!] : [view, 1];
}

/** Places of all heads in a row: [length, heads · depth]. */
function rows({ draft }: NodeReading, view: LayerView, order: readonly number[]): string {
  const layer = arranged(draft, view, order);
  const [length, heads, depth] = draft.shape(layer) as [number, number, number];
  return reshaped(draft, layer, [length, heads * depth]);
}
