/** The readers of ONNX operators by name. */
import { listed } from "../../../../../engine/quote.ts";
import { DataType } from "../../../../../engine/deps/onnx_buf.ts";
import { constant } from "../constants.ts";
import { folded } from "../fold.ts";
import type { NodeReading } from "../node_reading.ts";
import type { GraphValue } from "../values.ts";
import { activations } from "./activations.ts";
import { arithmetic, concatenation, power, root, scaler } from "./arithmetic.ts";
import { hiddenStep, sharesOf } from "./attention.ts";
import { batchNormalization, instanceNormalization, layerNormalization, reduced } from "./norms.ts";
import { gemm, linear, matMul } from "./products.ts";
import { recurrent } from "./recurrent.ts";
import {
  flatten,
  gather,
  pad,
  reshape,
  resize,
  slice,
  splitUp,
  squeeze,
  transpose,
  unsqueeze,
} from "./shapes.ts";
import { convolution, globalPooling, pooling, transposedConvolution } from "./windows.ts";

type Read = (reading: NodeReading) => GraphValue | readonly (GraphValue | undefined)[];

/** What passes as it is. */
const passed: Read = (reading) => reading.view(0);

/** Operators on values that depend on samples. */
const readers: Readonly<Record<string, Read>> = {
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
  Gemm: gemm,
  MatMul: matMul,
  LinearClassifier: linear,
  LinearRegressor: linear,
  Scaler: scaler,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  Equal(reading) {
    const hidden = hiddenStep(reading);
    if (hidden !== undefined) return hidden;
    throw reading.wrong("it is read as a part of an attention alone");
  },
  Add: arithmetic,
  Sum: arithmetic,
  Sub: arithmetic,
  Mul: arithmetic,
  Div: arithmetic,
  Max: arithmetic,
  Min: arithmetic,
  Pow: power,
  Sqrt: root,
  Concat: concatenation,
  Flatten: flatten,
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: (reading) => hiddenStep(reading) ?? unsqueeze(reading),
  Pad: pad,
  Resize: resize,
  Upsample: resize,
  Slice: slice,
  Split: splitUp,
  Gather: gather,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
  Identity: passed,
  Cast: (reading) => hiddenStep(reading) ?? reading.view(0),
  Dropout: passed,
  // What is rounded to integers and back is read as it was before.
  QuantizeLinear: passed,
  DequantizeLinear: passed,
  Normalizer(reading) {
    // Shares that a softmax made are of length 1 already.
    if (reading.draft.heads.has("softmax") && reading.text("norm", "MAX") === "L1") {
      return reading.view(0);
    }
    throw reading.wrong("no layer does that");
  },
  Shape({ inputs: [value] }) {
    const dims = value?.use === "view" ? value.dims : value?.use === "constant" ? value.shape : [];
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
export function readNode(reading: NodeReading): readonly (GraphValue | undefined)[] {
  const known = folded(reading);
  if (known !== undefined) return [known];
  const read = Object.hasOwn(readers, reading.op) ? readers[reading.op] : undefined;
  if (read === undefined) throw reading.wrong("no layer does that", helpFor(reading.op));
  const values = read(reading);
  return Array.isArray(values) ? values : [values as GraphValue];
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
