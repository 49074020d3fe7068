/**
 * The stock CPU kernels of tfjs that may run in the room: those that move values or use only arithmetic that IEEE
 * 754 fixes (+ − × ÷, square root, rounding, comparison), in a fixed order. Everything else is ours or refused.
 */

/** Names of tfjs kernels. */
export const STOCK: readonly string[] = [
  // Movement of values
  ...[
    "Identity",
    "Reshape",
    "Cast",
    "Transpose",
    "Slice",
    "StridedSlice",
    "Concat",
    "Pack",
    "Unpack",
  ],
  ...[
    "PadV2",
    "MirrorPad",
    "Tile",
    "Reverse",
    "GatherV2",
    "GatherNd",
    "ScatterNd",
    "TensorScatterUpdate",
  ],
  ...["ExpandDims", "SplitV", "BatchToSpaceND", "SpaceToBatchND", "DepthToSpace", "Diag", "Fill"],
  ...[
    "OnesLike",
    "ZerosLike",
    "OneHot",
    "Range",
    "Select",

    "SparseToDense",
    "Unique",
    "TopK",
  ],
  ...["BroadcastArgs"],
  // Comparison and logic
  ...["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"],
  ...["LogicalAnd", "LogicalOr", "LogicalNot", "IsNan", "IsInf", "IsFinite", "BitwiseAnd"],
  // Arithmetic that IEEE 754 fixes
  ...[
    "Add",
    "AddN",
    "Sub",
    "Multiply",
    "RealDiv",
    "FloorDiv",
    "Mod",
    "Maximum",
    "Minimum",
    "Neg",
    "Abs",
  ],
  ...[
    "Sign",
    "Floor",
    "Ceil",
    "Round",
    "Sqrt",
    "Rsqrt",
    "Reciprocal",
    "Square",
    "SquaredDifference",
  ],
  ...["ClipByValue", "Relu", "Relu6", "LeakyRelu", "Prelu", "Step"],
  // Reductions in the order of the elements
  ...["Sum", "Mean", "Prod", "Max", "Min", "ArgMax", "ArgMin", "All", "Any", "Cumsum", "Cumprod"],
  ...["UnsortedSegmentSum", "Bincount", "DenseBincount"],
  // Products and windows
  ...["BatchMatMul", "_FusedMatMul", "Einsum", "MaxPool", "MaxPoolGrad", "AvgPool", "AvgPoolGrad"],
  ...["Conv2D", "DepthwiseConv2dNative", "FusedConv2D", "FusedDepthwiseConv2D", "FusedBatchNorm"],
  ...["ResizeBilinear", "ResizeNearestNeighbor", "ResizeBilinearGrad", "ResizeNearestNeighborGrad"],
];
