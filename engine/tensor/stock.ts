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

/** Of no use to training, but part of tfjs: arithmetic and movement alone. */
const RARE = `
  Complex Real Imag EluGrad LinSpace SearchSorted AvgPool3D AvgPool3DGrad MaxPool3D MaxPool3DGrad MaxPoolWithArgmax
  Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2 Dilation2D Dilation2DBackpropFilter Dilation2DBackpropInput
  CropAndResize Transform FlipLeftRight NonMaxSuppressionV3 NonMaxSuppressionV4 RaggedGather RaggedRange
  RaggedTensorToTensor SparseFillEmptyRows SparseReshape SparseSegmentMean SparseSegmentSum StringNGrams StringSplit
  StringToHashBucketFast StaticRegexReplace`;

/** Names of tfjs kernels. */
export const STOCK: readonly string[] = [
  ...[MOVEMENT, COMPARISON, ARITHMETIC, REDUCTION, WINDOWS, RARE],
]
  .flatMap((names) => names.trim().split(/\s+/));
