/** The readers of ONNX operators by name. */
import { listed } from "../../../../../engine/quote.ts";
import { DataType } from "../../../../../engine/deps/onnx_buf.ts";
import { constant } from "../constants.ts";
import { folded } from "../fold.ts";
import type { NodeReading } from "../node_reading.ts";
import { type GraphValue, patternOf } from "../values.ts";
import type { LayerView } from "../layer_view.ts";
import { activations, through } from "./activations.ts";
import { arithmetic, power, scaler } from "./arithmetic.ts";
import { scoresShape, sharesOf } from "./attention.ts";
import { batchNormalization, instanceNormalization, layerNormalization } from "./norms.ts";
import { quantized } from "./limits.ts";
import { maskStep, tokenMeanStep } from "./mask_steps.ts";
import { mergedStep } from "./merged_steps.ts";
import { lengthOf, normStep } from "./norm_steps.ts";
import { einsum } from "./einsum.ts";
import { functionStep } from "./function_steps.ts";
import { gemm, linear, matMul } from "./products.ts";
import { meanOf, reduced } from "./reductions.ts";
import { recurrent } from "./recurrent.ts";
import { expand, gather, slice, splitUp, tile } from "./places.ts";
import { blocks, flatten, pad, reshape, squeeze, transpose, unsqueeze } from "./shapes.ts";
import { placesStep } from "./token_places.ts";
import { chosen, concatenation } from "./joins.ts";
import { resize } from "./resize.ts";
import { convolution, globalPooling, pooling, transposedConvolution } from "./windows.ts";

type NodeReader = (reading: NodeReading) => GraphValue | readonly (GraphValue | undefined)[];

/** A step of something that is a layer as a whole. */
function stepped(reading: NodeReading, step?: GraphValue): GraphValue {
  const found = step ?? functionStep(reading);
  if (found !== undefined) return found;
  throw reading.wrong("it is read as a step of a function or of a normalisation alone");
}

/** What passes as it is. */
const passed: NodeReader = (reading) => reading.view(0);

/** Operators on values that depend on samples. */
const readers: Readonly<Record<string, NodeReader>> = {
  ...activations,
  Softmax: (reading) => sharesOf(reading) ?? activations.Softmax!(reading),
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  MaxPool: (reading) => pooling("max-pool", reading),
  AveragePool: (reading) => pooling("average-pool", reading),
  GlobalAveragePool: (reading) => globalPooling("global-average-pool", reading),
  GlobalMaxPool: (reading) => globalPooling("global-max-pool", reading),
  ReduceMean: reduced,
  ReduceMax: reduced,
  ReduceMin: reduced,
  ReduceSum: reduced,
  Gemm: gemm,
  MatMul: matMul,
  Einsum: (reading) => einsum(reading, matMul),
  LinearClassifier: linear,
  LinearRegressor: linear,
  Scaler: scaler,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  Equal(reading) {
    throw reading.wrong("it is read as a part of a mask of tokens alone");
  },
  Add: arithmetic,
  Sum: arithmetic,
  Sub: arithmetic,
  Mul: arithmetic,
  Div: arithmetic,
  Max: arithmetic,
  Min: arithmetic,
  Pow: power,
  Sqrt: (reading) => stepped(reading, normStep(reading)),
  Erf: (reading) => stepped(reading),
  Reciprocal: (reading) => stepped(reading, normStep(reading)),
  Log: (reading) => stepped(reading),
  ReduceL2: lengthOf,
  Concat: concatenation,
  Flatten: flatten,
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Pad: pad,
  Resize: resize,
  Upsample: resize,
  Slice: slice,
  Split: splitUp,
  Gather: gather,
  Expand: expand,
  Tile: tile,
  Where: chosen,
  DepthToSpace: blocks,
  SpaceToDepth: blocks,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
  Identity: passed,
  // Of masks of tokens alone.
  CumSum: ofMasks,
  Not: ofMasks,
  Cast: passed,
  Dropout: passed,
  QuantizeLinear: quantized,
  DequantizeLinear: passed,
  Normalizer(reading) {
    // Shares that a softmax made are of length 1 already.
    if (reading.draft.heads.has("softmax") && reading.text("norm", "MAX") === "L1") {
      return reading.view(0);
    }
    throw reading.wrong("no layer does that");
  },
  Shape(reading) {
    const value = reading.inputs[0];
    const scores = patternOf(value, "scores");
    const whole = scores === undefined
      ? value?.use === "constant" ? value.shape : reading.view(0).dims
      : scoresShape(scores);
    const dims = whole.slice(reading.int("start", 0), reading.int("end", whole.length));
    return constant([dims.length], Float64Array.from(dims));
  },
  Constant(reading) {
    const tensor = reading.tensor("value");
    if (tensor !== undefined) return tensor;
    const [int, float] = [reading.ints("value_ints"), reading.floats("value_floats")];
    if (int !== undefined) return constant([int.length], Float64Array.from(int));
    if (float !== undefined) return constant([float.length], Float32Array.from(float));
    const whole = reading.int("value_int", NaN);
    if (!Number.isNaN(whole)) return constant([], Float64Array.of(whole));
    return constant([], Float32Array.of(reading.float("value_float", NaN)));
  },
};

/** Operators that are read. */
export const READ: readonly string[] = Object.keys(readers);

/** What the outputs of a node stand for. Throws an UnreadableModelError that names it where it has no form here. */
export function readNode(given: NodeReading): readonly (GraphValue | undefined)[] {
  const reading = { ...given, view: (input: number) => viewOf(given, input) };
  const constant = folded(reading);
  if (constant !== undefined) return [constant];
  const places = placesStep(reading, (of) => readNode(of)[0]!);
  if (places !== undefined) return [places];
  const read = Object.hasOwn(readers, reading.op) ? readers[reading.op] : undefined;
  if (read === undefined) throw reading.wrong("no layer does that", helpFor(reading.op));
  // What passes inside a pattern, or is rounded to integers and back, is a part of that as before.
  const [part] = reading.inputs;
  const passes = ROUNDING.has(reading.op) || reading.op === "Identity" && !reading.leaves;
  if (part?.use === "pattern" && passes) return [part];
  const inner = (of: NodeReading) => one(read(of));
  const known = maskStep(reading, inner) ?? tokenMeanStep(reading) ?? mergedStep(reading, inner);
  const values = known ?? patternStep(reading) ?? read(reading);
  return Array.isArray(values) ? values : [values as GraphValue];
}

function ofMasks(reading: NodeReading): never {
  throw reading.wrong("no layer does that");
}

const ROUNDING: ReadonlySet<string> = new Set(["QuantizeLinear", "DequantizeLinear"]);

const one = (values: ReturnType<NodeReader>): GraphValue =>
  Array.isArray(values) ? values[0] : values as GraphValue;

/** A value that depends on samples; what begins a pattern and is read by another operator is the layer that it is by itself. */
function viewOf(reading: NodeReading, input: number): LayerView {
  const value = reading.inputs[input];
  const mean = patternOf(value, "mean");
  if (mean !== undefined) return meanOf(reading, mean);
  const negative = patternOf(value, "negative-mean");
  return negative === undefined
    ? reading.view(input)
    : through(reading, meanOf(reading, { ...negative, of: "mean" }), "scale", -1, 0);
}

/** Operators that are layers by themselves, of what is no layer yet. */
function patternStep(reading: NodeReading): GraphValue | undefined {
  const [value, ...others] = reading.inputs;
  if (
    value?.use !== "pattern" ||
    others.some((other) => other !== undefined && other.use !== "constant")
  ) return undefined;
  return functionStep(reading) ?? normStep(reading);
}

function helpFor(op: string): string {
  if (QUANTIZED.test(op)) {
    return "export the model before it was quantized; Decant quantizes what it has read";
  }
  return `operators that can be read: ${listed(READ, READ.length)}`;
}

const QUANTIZED = /Quantize|QLinear|Integer$/;

/** Types of numbers that leave a model as its answers. */
export const FLOATING: readonly DataType[] = [
  DataType.FLOAT,
  DataType.DOUBLE,
  DataType.FLOAT16,
  DataType.BFLOAT16,
];
