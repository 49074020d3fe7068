/** Readers of matrix products. */
import { floatWeight, permuted } from "../../../../model/weights.ts";
import { floats, type Known } from "../constants.ts";
import { type LayerView, over, rowOrder, shown, transposedTo, withLast } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import type { GraphValue } from "../values.ts";
import { products } from "./attention.ts";
import { byConstant } from "./constants_on.ts";

/** `MatMul`: a dense layer, a product of two values, or the scores of an attention and what they take. */
export function matMul(reading: NodeReading): GraphValue {
  const [left, right] = reading.inputs;
  if (left?.use === "constant") {
    throw reading.wrong("numbers that stand before a value cannot be read");
  }
  if (right?.use !== "constant") return products(reading);
  if (right.shape.length !== 2) {
    throw reading.wrong(
      `it multiplies by numbers of shape ${right.shape.join("×")}, not by a matrix`,
    );
  }
  return dense(reading, reading.view(0), right);
}

/** The last axis times a matrix [inputs, units]. */
function dense(reading: NodeReading, view: LayerView, matrix: Known): LayerView {
  const { draft } = reading;
  const [rows, units] = matrix.shape as [number, number];
  const last = view.dims.length - 1;
  if (view.dims[last] !== rows || view.axes[last] === 0) {
    throw reading.wrong(`it multiplies ${shown(view)} by ${rows}×${units}`);
  }
  const inRow = view.flat !== undefined && view.axes[last] === draft.shape(view.layer).length;
  const read = inRow ? view : transposedTo(draft, view, withLast(view, last));
  let values = floats(matrix);
  if (read.flat !== undefined) {
    // The rows of the kernel stand as the image in a row does here.
    const order = rowOrder(read.flat);
    const moved = new Float32Array(values.length);
    order.forEach((to, from) =>
      moved.set(values.subarray(from * units, (from + 1) * units), to * units)
    );
    values = moved;
  }
  const { flat: _flat, ...rest } = read;
  const layer = reading.add(
    "",
    { kind: "dense", units, bias: false, activation: "linear" },
    [read.layer],
    { kernel: { shape: [rows, units], values } },
  );
  return over({ ...rest, dims: [...view.dims.slice(0, -1), units] }, layer);
}

/** `Gemm`: α A B + β C. */
export function gemm(reading: NodeReading): LayerView {
  const matrix = reading.needed(1, "matrix B");
  if (matrix.shape.length !== 2) throw reading.wrong("its B is no matrix");
  if (reading.int("transA", 0) !== 0) throw reading.wrong("its A is transposed, over the batch");
  const [alpha, beta] = [reading.float("alpha", 1), reading.float("beta", 1)];
  const plain = floats(matrix);
  const values = alpha === 1 ? plain : plain.map((value) => value * alpha);
  const { shape, data } = reading.int("transB", 0) === 1
    ? permuted(floatWeight(matrix.shape, values), [1, 0])
    : { shape: matrix.shape, data: values };
  const product = dense(reading, reading.view(0), {
    use: "constant",
    shape,
    values: data as Float32Array,
  });
  const shift = reading.constant(2);
  if (shift === undefined) return product;
  const scaled = { ...shift, values: floats(shift).map((value) => value * beta) };
  const units = shape[1]!;
  const wide = scaled.values.length === 1
    ? { ...scaled, shape: [units], values: new Float32Array(units).fill(scaled.values[0]!) }
    : scaled;
  return byConstant(reading, product, wide, "offset");
}

/** `LinearClassifier` and `LinearRegressor` of scikit-learn: a dense layer, and the head of the model. */
export function linear(reading: NodeReading): readonly GraphValue[] {
  const classifies = reading.op === "LinearClassifier";
  const coefficients = reading.floats("coefficients") ?? [];
  const intercepts = reading.floats("intercepts") ?? [];
  const view = reading.view(0);
  const rows = view.dims.at(-1)!;
  const units = coefficients.length / rows;
  if (!Number.isInteger(units)) throw reading.wrong(`its coefficients are not of ${rows} features`);
  const { data } = permuted(floatWeight([units, rows], Float32Array.from(coefficients)), [1, 0]);
  const matrix = { use: "constant" as const, shape: [rows, units], values: data as Float32Array };
  let product = dense(reading, view, matrix);
  if (intercepts.length > 0) {
    const shift = { ...matrix, shape: [units], values: Float32Array.from(intercepts) };
    product = byConstant(reading, product, shift, "offset");
  }
  const transform = reading.text("post_transform", "NONE");
  if (transform === "SOFTMAX" || transform === "LOGISTIC") {
    reading.draft.heads.add(transform === "SOFTMAX" ? "softmax" : "sigmoid");
  } else if (transform !== "NONE") throw reading.wrong(`its post_transform is ${transform}`);
  // A classifier gives the label first, then the scores.
  return classifies ? [product, product] : [product];
}
