/**
 * The operators of TensorFlow Lite that are written and read: their number, and the table of their options with its number
 * in the union (`BuiltinOperator` and `BuiltinOptions` of the schema). One table serves both directions.
 */
import type { TableSchema } from "./schema.ts";

/** Where a window lies at the borders. */
export const PADDINGS = ["SAME", "VALID"] as const;

/** The activations that operators end in, by number. */
export const FUSED = { linear: 0, relu: 1, relu6: 3, tanh: 4 } as const;

const window: TableSchema = { padding: [0, "int8"], strideX: [1, "int32"], strideY: [2, "int32"] };
const fused: TableSchema = { activation: [0, "int8"] };
const none: TableSchema = {};

/** An operator. */
interface TfliteOperator {
  readonly code: number;
  /** The version in which the kernels know what is written here. */
  readonly version?: number;
  /** The same for int8. */
  readonly int8?: number;
  readonly optionsType: number;
  readonly options: TableSchema;
}

/** Every operator by name. */
export const OPERATORS = {
  ADD: { code: 0, int8: 2, optionsType: 11, options: fused },
  AVERAGE_POOL_2D: {
    code: 1,
    int8: 2,
    optionsType: 5,
    options: {
      ...window,
      width: [3, "int32"],
      height: [4, "int32"],
      activation: [5, "int8"],
    },
  },
  CONCATENATION: {
    code: 2,
    int8: 2,
    optionsType: 10,
    options: { axis: [0, "int32"], activation: [1, "int8"] },
  },
  CONV_2D: {
    code: 3,
    int8: 3,
    optionsType: 1,
    options: {
      ...window,
      activation: [3, "int8"],
      dilationX: [4, "int32", 1],
      dilationY: [5, "int32", 1],
    },
  },
  DEPTHWISE_CONV_2D: {
    code: 4,
    version: 2,
    int8: 3,
    optionsType: 2,
    options: {
      ...window,
      multiplier: [3, "int32"],
      activation: [4, "int8"],
      dilationX: [5, "int32", 1],
      dilationY: [6, "int32", 1],
    },
  },
  DEQUANTIZE: { code: 6, int8: 2, optionsType: 38, options: none },
  FULLY_CONNECTED: {
    code: 9,
    int8: 4,
    optionsType: 8,
    options: { activation: [0, "int8"], weightsFormat: [1, "int8"], keepsAxes: [2, "bool"] },
  },
  LOGISTIC: { code: 14, int8: 2, optionsType: 0, options: none },
  MAX_POOL_2D: {
    code: 17,
    int8: 2,
    optionsType: 5,
    options: {
      ...window,
      width: [3, "int32"],
      height: [4, "int32"],
      activation: [5, "int8"],
    },
  },
  MUL: { code: 18, int8: 2, optionsType: 21, options: fused },
  RELU: { code: 19, int8: 2, optionsType: 0, options: none },
  RELU6: { code: 21, int8: 2, optionsType: 0, options: none },
  RESHAPE: { code: 22, optionsType: 17, options: { shape: [0, { vector: "int32" }] } },
  RESIZE_BILINEAR: {
    code: 23,
    version: 3,
    int8: 3,
    optionsType: 15,
    options: { alignCorners: [2, "bool"], halfPixel: [3, "bool"] },
  },
  SOFTMAX: { code: 25, int8: 2, optionsType: 9, options: { beta: [0, "float32"] } },
  TANH: { code: 28, int8: 2, optionsType: 0, options: none },
  PAD: { code: 34, int8: 2, optionsType: 22, options: none },
  GATHER: { code: 36, int8: 2, optionsType: 23, options: { axis: [0, "int32"] } },
  TRANSPOSE: { code: 39, int8: 2, optionsType: 26, options: none },
  MEAN: { code: 40, int8: 2, optionsType: 27, options: { keepsAxes: [0, "bool"] } },
  SUB: { code: 41, int8: 2, optionsType: 28, options: fused },
  DIV: { code: 42, optionsType: 29, options: fused },
  SQUEEZE: { code: 43, int8: 2, optionsType: 30, options: { axes: [0, { vector: "int32" }] } },
  EXP: { code: 47, optionsType: 33, options: none },
  LOG_SOFTMAX: { code: 50, optionsType: 36, options: none },
  CAST: { code: 53, optionsType: 37, options: none },
  PRELU: { code: 54, optionsType: 0, options: none },
  MAXIMUM: { code: 55, int8: 2, optionsType: 39, options: none },
  MINIMUM: { code: 57, int8: 2, optionsType: 39, options: none },
  NEG: { code: 59, optionsType: 42, options: none },
  SLICE: { code: 65, int8: 2, optionsType: 48, options: none },
  TRANSPOSE_CONV: { code: 67, int8: 2, optionsType: 49, options: window },
  EQUAL: { code: 71, optionsType: 53, options: none },
  LOG: { code: 73, optionsType: 0, options: none },
  SQRT: { code: 75, optionsType: 0, options: none },
  RSQRT: { code: 76, optionsType: 0, options: none },
  REDUCE_MAX: { code: 82, int8: 2, optionsType: 27, options: { keepsAxes: [0, "bool"] } },
  RESIZE_NEAREST_NEIGHBOR: {
    code: 97,
    version: 3,
    int8: 3,
    optionsType: 74,
    options: { alignCorners: [0, "bool"], halfPixel: [1, "bool"] },
  },
  LEAKY_RELU: { code: 98, int8: 2, optionsType: 75, options: { slope: [0, "float32"] } },
  SQUARED_DIFFERENCE: { code: 99, optionsType: 76, options: none },
  ABS: { code: 101, optionsType: 78, options: none },
  REVERSE_V2: { code: 105, optionsType: 81, options: none },
  ELU: { code: 111, optionsType: 0, options: none },
  QUANTIZE: { code: 114, int8: 2, optionsType: 89, options: none },
  HARD_SWISH: { code: 117, optionsType: 91, options: none },
  BATCH_MATMUL: {
    code: 126,
    optionsType: 101,
    options: { turnsFirst: [0, "bool"], turnsSecond: [1, "bool"] },
  },
  GELU: { code: 150, optionsType: 116, options: { approximate: [0, "bool"] } },
} as const satisfies Readonly<Record<string, TfliteOperator>>;

/** The name of an operator. */
export type OperatorName = keyof typeof OPERATORS;

/** An operator by its name. */
export const operatorNamed = (name: OperatorName): TfliteOperator => OPERATORS[name];

const byCode = new Map(
  Object.entries(OPERATORS).map(([name, { code }]) => [code as number, name as OperatorName]),
);

/** The operator of a number; undefined for one that is not in the table. */
export const operatorCoded = (code: number): OperatorName | undefined => byCode.get(code);

/** Tables of options by their number in the union. */
export const OPTION_TABLES: ReadonlyMap<number, TableSchema> = new Map(
  Object.values(OPERATORS).map(({ optionsType, options }) => [optionsType, options]),
);
