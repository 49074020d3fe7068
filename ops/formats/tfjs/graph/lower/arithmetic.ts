/** Arithmetic and products of TensorFlow. */
import { floatWeight, permuted } from "../../../../model/weights.ts";
import { constant, floats } from "../../../onnx/read/constants.ts";
import type { Lower, Lowering } from "../lowering.ts";
import { activated, biasOf } from "./fused.ts";

/** An operator that ONNX has under this name. */
const as = (op: string): Lower => ({ end, inputs }) => end(op, inputs);

/** Over axes that are an input, which stay as extents of 1 where the node says so. */
const reduced = (op: string): Lower => (lowering) => {
  const { node, inputs: [input = ""] } = lowering;
  const keepdims = node.flag("keep_dims") || node.flag("keepdims") ? 1 : 0;
  const rank = lowering.shape(input).length;
  const axes = lowering.whole(lowering.list(1, "axes").map((axis) => lowering.axis(axis, rank)));
  lowering.end(op, [input, axes], { keepdims });
};

/** The last two axes of a value the other way round. */
function transposed(lowering: Lowering, input: string): string {
  const known = lowering.known(input);
  const rank = lowering.shape(input).length;
  const perm = [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2];
  if (known === undefined) return lowering.put("Transpose", [input], { perm });
  const { shape, data } = permuted(floatWeight(known.shape, floats(known)), perm);
  return lowering.numbers(constant(shape, data as Float32Array));
}

/** A product of matrices; attributes say which is transposed. */
const product = (left: string, right: string): Lower => (lowering) => {
  const { node, inputs: [a = "", b = ""] } = lowering;
  const factors = [
    node.flag(left) ? transposed(lowering, a) : a,
    node.flag(right) ? transposed(lowering, b) : b,
  ];
  const result = lowering.put("MatMul", factors);
  const [bias] = biasOf(lowering);
  activated(lowering, bias === undefined ? result : lowering.put("Add", [result, bias]));
};

/** `BiasAdd`, along the last axis or along that behind the batch. */
const biasAdd: Lower = (lowering) => {
  const { node, inputs: [input = "", bias = ""] } = lowering;
  if (!node.text("data_format", "NHWC").startsWith("NC")) return lowering.end("Add", [input, bias]);
  const rank = lowering.shape(input).length;
  const shape = Array.from({ length: rank - 1 }, (_, axis) => axis === 0 ? -1 : 1);
  lowering.end("Add", [input, lowering.put("Reshape", [bias, lowering.whole(shape)])]);
};

/** `FloorDiv`: of whole numbers that are known it is a quotient without its remainder. */
const floorDivision: Lower = ({ put, end, inputs }) => end("Floor", [put("Div", inputs)]);

/** Operators by name. */
export const arithmetic: Readonly<Record<string, Lower>> = {
  Add: as("Add"),
  AddV2: as("Add"),
  AddN: as("Sum"),
  Sub: as("Sub"),
  Mul: as("Mul"),
  RealDiv: as("Div"),
  Div: as("Div"),
  DivNoNan: as("Div"),
  Pow: as("Pow"),
  Maximum: as("Max"),
  Minimum: as("Min"),
  FloorMod: as("Mod"),
  Mod: as("Mod"),
  FloorDiv: floorDivision,
  BiasAdd: biasAdd,
  BiasAddV1: biasAdd,
  SquaredDifference: ({ put, end, inputs, numbers }) =>
    end("Pow", [put("Sub", inputs), numbers(constant([], Float32Array.of(2)))]),
  Mean: reduced("ReduceMean"),
  Max: reduced("ReduceMax"),
  Min: reduced("ReduceMin"),
  Sum: reduced("ReduceSum"),
  Prod: reduced("ReduceProd"),
  MatMul: product("transpose_a", "transpose_b"),
  _FusedMatMul: product("transpose_a", "transpose_b"),
  BatchMatMul: product("adj_x", "adj_y"),
  BatchMatMulV2: product("adj_x", "adj_y"),
  Einsum: ({ node, end, inputs }) => end("Einsum", inputs, { equation: node.text("equation", "") }),
  Equal: as("Equal"),
  Greater: as("Greater"),
  Less: as("Less"),
  LogicalNot: as("Not"),
  Select: as("Where"),
  SelectV2: as("Where"),
};
