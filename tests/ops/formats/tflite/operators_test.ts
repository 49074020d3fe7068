import assert from "node:assert/strict";
import {
  operatorCoded,
  operatorNamed,
  OPERATORS,
  OPTION_TABLES,
} from "../../../../ops/formats/tflite/operators.ts";
import type { TableSchema } from "../../../../ops/formats/tflite/schema.ts";

Deno.test("operators have numbers of their own, and options one table for each number", () => {
  const codes = Object.values(OPERATORS).map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
  for (const { optionsType, options } of Object.values(OPERATORS)) {
    assert.deepEqual(OPTION_TABLES.get(optionsType), options);
  }
});

Deno.test("an operator is found by its number, as the schema counts them", () => {
  assert.deepEqual([3, 114, 150, 200].map(operatorCoded), [
    "CONV_2D",
    "QUANTIZE",
    "GELU",
    undefined,
  ]);
  assert.equal(operatorNamed("DEPTHWISE_CONV_2D").int8, 3);
});

/** The enumerations of TensorFlow's `schema.fbs` in their order: `BuiltinOperator`, then the union `BuiltinOptions`. */
const operators = (
  "ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE " +
  "EMBEDDING_LOOKUP FLOOR FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D " +
  "LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 " +
  "RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS SKIP_GRAM " +
  "CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND " +
  "SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE " +
  "BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM " +
  "CAST PRELU MAXIMUM ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE " +
  "SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW " +
  "ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK " +
  "REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR " +
  "LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND COS " +
  "WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE " +
  "NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL"
).split(" ");
const unions = (
  "NONE Conv2D DepthwiseConv2D ConcatEmbeddings LSHProjection Pool2D SVDF RNN FullyConnected Softmax " +
  "Concatenation Add L2Norm LocalResponseNormalization LSTM ResizeBilinear Call Reshape SkipGram " +
  "SpaceToDepth EmbeddingLookupSparse Mul Pad Gather BatchToSpaceND SpaceToBatchND Transpose Reducer " +
  "Sub Div Squeeze SequenceRNN StridedSlice Exp TopKV2 Split LogSoftmax Cast Dequantize " +
  "MaximumMinimum ArgMax Less Neg PadV2 Greater GreaterEqual LessEqual Select Slice TransposeConv " +
  "SparseToDense Tile ExpandDims Equal NotEqual Shape Pow ArgMin FakeQuant Pack LogicalOr OneHot " +
  "LogicalAnd LogicalNot Unpack FloorDiv Square ZerosLike Fill BidirectionalSequenceLSTM " +
  "BidirectionalSequenceRNN UnidirectionalSequenceLSTM FloorMod Range ResizeNearestNeighbor LeakyRelu " +
  "SquaredDifference MirrorPad Abs SplitV Unique ReverseV2 AddN GatherNd Cos Where Rank " +
  "ReverseSequence MatrixDiag Quantize MatrixSetDiag HardSwish If While DepthToSpace " +
  "NonMaxSuppressionV4 NonMaxSuppressionV5 ScatterNd SelectV2 Densify SegmentSum BatchMatMul"
).split(" ");

/** Operators whose options are not called like them. */
const called: Readonly<Record<string, string>> = {
  ...{ AVERAGE_POOL_2D: "Pool2D", MAX_POOL_2D: "Pool2D" },
  ...{ MEAN: "Reducer", REDUCE_MAX: "Reducer" },
  ...{ MAXIMUM: "MaximumMinimum", MINIMUM: "MaximumMinimum" },
  ...Object.fromEntries(
    "LOGISTIC RELU RELU6 TANH PRELU LOG SQRT RSQRT ELU".split(" ").map((op) => [op, "NONE"]),
  ),
};

Deno.test("numbers are those of the schema's enumerations", () => {
  const plain = (name: string) => name.replaceAll("_", "").toUpperCase();
  for (const [op, { code, optionsType }] of Object.entries(OPERATORS)) {
    // What lies between was never written by a converter.
    if (op === "GELU") {
      assert.deepEqual([code, optionsType], [150, 116]);
      continue;
    }
    assert.equal(operators[code], op);
    assert.equal(plain(unions[optionsType]!), plain(called[op] ?? op), op);
  }
});

Deno.test("options have the places, types and usual values of the schema", () => {
  const pool = "padding 0 int8, strideX 1 int32, strideY 2 int32, ";
  const fused = "activation 0 int8";
  const scaled = "alignCorners 0 bool, halfPixel 1 bool";
  const expected: Readonly<Record<string, string>> = {
    ...{ ADD: fused, SUB: fused, MUL: fused, DIV: fused },
    AVERAGE_POOL_2D: `${pool}width 3 int32, height 4 int32, activation 5 int8`,
    MAX_POOL_2D: `${pool}width 3 int32, height 4 int32, activation 5 int8`,
    CONCATENATION: "axis 0 int32, activation 1 int8",
    CONV_2D: `${pool}activation 3 int8, dilationX 4 int32 1, dilationY 5 int32 1`,
    DEPTHWISE_CONV_2D:
      `${pool}multiplier 3 int32, activation 4 int8, dilationX 5 int32 1, dilationY 6 int32 1`,
    FULLY_CONNECTED: "activation 0 int8, weightsFormat 1 int8, keepsAxes 2 bool",
    RESHAPE: "shape 0 [int32]",
    // The first two are the extents that older files name here.
    RESIZE_BILINEAR: "alignCorners 2 bool, halfPixel 3 bool",
    RESIZE_NEAREST_NEIGHBOR: scaled,
    SOFTMAX: "beta 0 float32",
    GATHER: "axis 0 int32",
    ...{ MEAN: "keepsAxes 0 bool", REDUCE_MAX: "keepsAxes 0 bool" },
    SQUEEZE: "axes 0 [int32]",
    TRANSPOSE_CONV: pool.slice(0, -2),
    LEAKY_RELU: "slope 0 float32",
    BATCH_MATMUL: "turnsFirst 0 bool, turnsSecond 1 bool",
    GELU: "approximate 0 bool",
  };
  for (const [op, { options }] of Object.entries(OPERATORS)) {
    const said = Object.entries(options as TableSchema).map(([name, [slot, type, absent]]) => {
      const kind = typeof type === "object" && "vector" in type ? `[${type.vector}]` : type;
      return [name, slot, kind, ...absent === undefined ? [] : [absent]].join(" ");
    });
    assert.equal(said.join(", "), expected[op] ?? "", op);
  }
});

Deno.test("an operator of int8 has the version in which kernels know them", () => {
  const versions = Object.entries(OPERATORS).map(([op, of]) => {
    const { version = 1, int8 } = of as { readonly version?: number; readonly int8?: number };
    return `${op} ${version} ${int8 ?? "-"}`;
  });
  const other = versions.filter((line) => !/ 1 (2|-)$/.test(line));
  assert.deepEqual(other, [
    ...["CONV_2D 1 3", "DEPTHWISE_CONV_2D 2 3", "FULLY_CONNECTED 1 4"],
    ...["RESIZE_BILINEAR 3 3", "RESIZE_NEAREST_NEIGHBOR 3 3"],
  ]);
  const inFloats = versions.filter((line) => line.endsWith("-")).map((line) => line.split(" ")[0]);
  assert.deepEqual(
    inFloats.join(" "),
    "RESHAPE DIV EXP LOG_SOFTMAX CAST PRELU NEG EQUAL LOG SQRT RSQRT SQUARED_DIFFERENCE ABS REVERSE_V2 ELU " +
      "HARD_SWISH BATCH_MATMUL GELU",
  );
});
