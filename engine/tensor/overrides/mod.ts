/**
 * What tfjs runs in the room: kernels of ours, `(machine) => { [name of tfjs]: kernel }`, one table per topic; stock
 * kernels of its CPU backend whose bits IEEE 754 fixes; and for every other name a sentence that refuses.
 */
import { BACKEND } from "../backend.ts";
import type { Machine, Overrides } from "../machine.ts";
import { castOverrides } from "./cast.ts";
import { choiceOverrides } from "./choice.ts";
import { complexOverrides } from "./complex.ts";
import { convOverrides } from "./conv.ts";
import { elementwiseOverrides } from "./elementwise.ts";
import { gatherOverrides } from "./gather.ts";
import { matmulOverrides } from "./matmul.ts";
import { movementOverrides } from "./movement.ts";
import { reduceOverrides } from "./reduce.ts";
import { resizeOverrides } from "./resize.ts";
import { responseNormalizationOverrides } from "./response_normalization.ts";
import { scalarOverrides } from "./scalar.ts";

/** Every kernel of ours on one machine. */
const createOverrides = (machine: Machine): Overrides => ({
  ...matmulOverrides(machine),
  ...convOverrides(machine),
  ...castOverrides(machine),
  ...movementOverrides(machine),
  ...elementwiseOverrides(machine),
  ...reduceOverrides(machine),
  ...choiceOverrides(machine),
  ...gatherOverrides(machine),
  ...resizeOverrides(machine),
  ...scalarOverrides(machine),
  ...complexOverrides(machine),
  ...responseNormalizationOverrides(machine),
});

/** Registers one kernel for the room's backend under every name that the CPU backend has. */
export function registerKernels(machine: Machine): void {
  const { tf } = machine;
  const overrides = createOverrides(machine);
  const allowed = new Set(STOCK);
  const known = new Set<string>();
  for (const stock of tf.getKernelsForBackend("cpu")) {
    const name = stock.kernelName;
    known.add(name);
    const override = overrides[name];
    if (override) {
      tf.registerKernel({ kernelName: name, backendName: BACKEND, kernelFunc: override });
    } else if (allowed.has(name)) tf.registerKernel({ ...stock, backendName: BACKEND });
    else tf.registerKernel({ kernelName: name, backendName: BACKEND, kernelFunc: refuse(name) });
  }
  const stray = [...Object.keys(overrides), ...STOCK].filter((name) => !known.has(name));
  if (stray.length > 0) throw new Error(`internal: tfjs has no kernels named ${stray.join(", ")}`);
}

const refuse = (name: string) => (): never => {
  throw new Error(
    `Cannot run tfjs's "${name}" in the tensor room: its result may differ between machines; use a layer of ` +
      "the room or another operation",
  );
};

// Stock kernels that may run: those that move values or use only arithmetic that IEEE 754 fixes (+ − × ÷, square
// root, rounding, comparison), in a fixed order.

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
const STOCK: readonly string[] = [MOVEMENT, COMPARISON, ARITHMETIC, REDUCTION, WINDOWS, RARE]
  .flatMap((names) => names.trim().split(/\s+/));
