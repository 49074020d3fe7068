/**
 * The stock CPU kernels of tfjs that may run in the room: those that move values or use only arithmetic that IEEE
 * 754 fixes (+ − × ÷, square root, rounding, comparison), in a fixed order. Everything else is ours or refused.
 */

const MOVEMENT = `
  Identity Reshape Cast Transpose Slice StridedSlice Concat Pack Unpack PadV2 MirrorPad Tile Reverse GatherV2
  GatherNd ScatterNd TensorScatterUpdate ExpandDims SplitV BatchToSpaceND SpaceToBatchND DepthToSpace Diag Fill
  OnesLike ZerosLike OneHot Range Select SparseToDense Unique TopK BroadcastArgs`;

const COMPARISON = `
  Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr LogicalNot IsNan IsInf IsFinite
  BitwiseAnd`;

const ARITHMETIC = `
  Add AddN Sub Multiply RealDiv FloorDiv Mod Maximum Minimum Neg Abs Sign Floor Ceil Round Sqrt Rsqrt Reciprocal
  Square SquaredDifference ClipByValue Relu Relu6 LeakyRelu Prelu Step`;

/** In the order of the elements. */
const REDUCTION = `
  Sum Mean Prod Max Min ArgMax ArgMin All Any Cumsum Cumprod UnsortedSegmentSum Bincount DenseBincount Einsum`;

const WINDOWS = `
  MaxPool MaxPoolGrad AvgPool AvgPoolGrad FusedBatchNorm ResizeBilinear ResizeNearestNeighbor ResizeBilinearGrad
  ResizeNearestNeighborGrad`;

/** Names of tfjs kernels. */
export const STOCK: readonly string[] = [MOVEMENT, COMPARISON, ARITHMETIC, REDUCTION, WINDOWS]
  .flatMap((names) => names.trim().split(/\s+/));
