/** Readers of `Einsum`: products with a known matrix, and those of attention. */
import type { Known } from "../constants.ts";
import type { LayerView } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import { type GraphValue, patternOf } from "../values.ts";

/** The product that an equation says, as a `MatMul` of values whose axes stand for that. */
export function einsum(
  reading: NodeReading,
  matMul: (reading: NodeReading) => GraphValue,
): GraphValue {
  const equation = reading.text("equation", "").replaceAll(" ", "");
  const [, left, right, out] = /^([a-z]+),([a-z]+)->([a-z]+)$/i.exec(equation) ?? [];
  const [a, b] = reading.inputs;
  const other = () => reading.wrong(`the product ${equation.slice(0, 40)} cannot be read`);
  if (left === undefined || right === undefined || out === undefined) throw other();
  const summed = [...left].filter((letter) => right.includes(letter) && !out.includes(letter));
  const [along] = summed as [string];
  if (summed.length !== 1) throw other();
  const shares = patternOf(a, "shares");
  if (b?.use === "constant") {
    const [rows, columns] = [along, [...right].find((letter) => letter !== along) ?? ""];
    if (right.length !== 2 || left.includes(columns)) throw other();
    const view = ordered(reading.view(0), left, left.replace(along, "") + along);
    const matrix = right === rows + columns ? b : transposed(b);
    const found = matMul({ ...reading, inputs: [view, matrix], view: () => view });
    if (found.use !== "view") throw other();
    return ordered(found, left.replace(along, "") + columns, out);
  }
  // Scores of queries and keys, and what their shares take: axes before the last two are alike.
  const [head, last] = [left.slice(0, 2), left.at(-1)];
  const alike = left.length === 4 && right.length === 4 && right.startsWith(head) && last === along;
  const free = [...right].find((letter) => !left.includes(letter)) ?? "";
  if (!alike || free === "" || out !== left.slice(0, 3) + free) throw other();
  const values = ordered(reading.view(1), right, head + along + free);
  if (shares !== undefined) {
    return matMul({ ...reading, inputs: [shares, values], view: () => values });
  }
  const queries = reading.view(0);
  return matMul({
    ...reading,
    inputs: [queries, values],
    view: (input) => input === 0 ? queries : values,
  });
}

/** Axes called `from` in the order `to`. */
function ordered(view: LayerView, from: string, to: string): LayerView {
  const order = [...to].map((letter) => from.indexOf(letter));
  return {
    ...view,
    dims: order.map((axis) => view.dims[axis]!),
    axes: order.map((axis) => view.axes[axis]!),
  };
}

function transposed({ shape, values }: Known): Known {
  const [rows, columns] = shape as [number, number];
  const moved = Float32Array.from(
    values,
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!,
  );
  return { use: "constant", shape: [columns, rows], values: moved };
}
