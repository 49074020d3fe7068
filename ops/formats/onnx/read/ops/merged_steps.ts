/** Readers of operators on values whose batch is one axis with others. */
import { sizeOf } from "../../../../../engine/shape.ts";
import { constant } from "../constants.ts";
import { permOf, targetShape } from "../extents.ts";
import { type Merged, mergedDims, reshapeMerged, straight, transposedMerged } from "../merged.ts";
import type { NodeReading } from "../node_reading.ts";
import { type GraphValue, patternOf } from "../values.ts";

/** Operators that treat each place, or each row along the last axis, by itself. */
const BY_ROW: ReadonlySet<string> = new Set([
  ...["Add", "Sub", "Mul", "Div", "Relu", "Gelu", "Sigmoid", "Tanh", "Erf", "Clip", "Cast"],
  ...["MatMul", "Gemm", "Softmax", "LayerNormalization", "Identity", "Dropout"],
]);

/** What an operator makes of such values; undefined where it reads none. */
export function mergedStep(
  reading: NodeReading,
  read: (reading: NodeReading) => GraphValue,
): GraphValue | undefined {
  const { op, inputs, draft } = reading;
  const merged = inputs.map((value) => patternOf(value, "merged"));
  const first = merged.find((value) => value !== undefined);
  if (first === undefined || patternOf(inputs[0], "shares") !== undefined) return undefined;
  const dims = mergedDims(first);
  const shaped = (target: readonly number[]): GraphValue => {
    const found = reshapeMerged(draft, first, target);
    if (found !== undefined) return found;
    throw reading.wrong("it takes samples of a batch apart and puts them together otherwise");
  };
  switch (op) {
    case "Shape":
      return constant([dims.length], Float64Array.from(dims));
    case "Transpose":
      return transposedMerged(first, permOf(reading, dims.length));
    case "Reshape": {
      const asked = [...reading.needed(1, "shape").values];
      return shaped(targetShape(dims, asked, reading.int("allowzero", 0) === 1));
    }
    case "Flatten": {
      const axis = reading.axis(reading.int("axis", 1), dims.length);
      return shaped([sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))]);
    }
    case "Unsqueeze": {
      const asked = reading.listed(1, "axes") ?? [];
      const target = [...dims];
      for (const axis of asked.map((each) => reading.axis(each, dims.length + asked.length))) {
        target.splice(axis, 0, 1);
      }
      return shaped(target);
    }
    case "Squeeze": {
      const asked = reading.listed(1, "axes")?.map((axis) => reading.axis(axis, dims.length));
      return shaped(
        dims.filter((extent, axis) => asked === undefined ? extent !== 1 : !asked.includes(axis)),
      );
    }
    default:
      return byRow(reading, read, first);
  }
}

/** The operator on the views behind, which stand alike. */
function byRow(
  reading: NodeReading,
  read: (reading: NodeReading) => GraphValue,
  first: Merged,
): GraphValue {
  const { op, inputs } = reading;
  const wrong = () => reading.wrong("it reads a value whose batch is one axis with others");
  const likeFirst = ({ x, groups }: Merged) =>
    x.dims.join() === first.x.dims.join() && groups.join("|") === first.groups.join("|");
  const views = inputs.map((value) => patternOf(value, "merged"));
  const product = op === "MatMul" && views[0] !== undefined && views[1] !== undefined;
  const fits = inputs.every((value, at) =>
    value === undefined || value.use === "constant" && sizeOf(value.shape) === value.shape.at(-1) ||
    value.use === "constant" && value.shape.length < 3 && (op === "MatMul" || op === "Gemm") ||
    views[at] !== undefined && (product || likeFirst(views[at]))
  );
  const order = first.groups.flat();
  const ordered = order.every((axis, at) => axis === at);
  if (!BY_ROW.has(op) || !fits || first.groups.at(-1)!.length !== 1) throw wrong();
  if (
    product && views.some((value) => value!.groups.map((each) => each.length).join() !== "2,1,1")
  ) {
    throw wrong();
  }
  if (!ordered && !product) throw wrong();
  const inner = inputs.map((value, at) => views[at] === undefined ? value : straight(views[at]));
  const result = read({
    ...reading,
    inputs: inner,
    leaves: false,
    view(input) {
      const value = inner[input];
      return value?.use === "view" ? { ...value, sole: false } : reading.view(input);
    },
  });
  if (result.use === "view") {
    const groups = product ? [[0, 1], [2], [3]] : first.groups;
    return { use: "pattern", of: "merged", x: result, groups };
  }
  const scores = patternOf(result, "scores");
  if (scores !== undefined) return { ...scores, merged: true };
  throw wrong();
}
