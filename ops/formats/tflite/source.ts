/** What a layer's operators are made of, and the steps that many rows share. */
import { windowGeometry } from "../../../engine/tensor/products/geometry.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import { LEAKY_SLOPE } from "../../model/kinds/attributes.ts";
import type { Shape } from "../../model/layers.ts";
import type { ActivationFormat, Role, Weight, WindowAttributes } from "../../model/model.ts";
import { quantizationOf, type TensorIndex, type TfliteGraph } from "./graph.ts";
import { FUSED, type OperatorName, PADDINGS } from "./operators.ts";
import type { Options, TensorType } from "./schema.ts";

/** How a model is written. */
export interface TfliteOptions {
  /**
   * `int8`: weights keep their number format, and values between layers are integers where they have a format; `float`:
   * weights decoded, values between layers float32.
   */
  readonly form: "int8" | "float";
}

/** What a layer's operators are made of. */
export interface TfliteSource {
  readonly graph: TfliteGraph;
  readonly name: string;
  /** Shapes of what it reads, and its own, without the batch. */
  readonly inputs: readonly Shape[];
  readonly shape: Shape;
  /** There where it reads and makes integers: their formats. */
  readonly integers?: {
    readonly inputs: readonly ActivationFormat[];
    readonly output: ActivationFormat;
  };
  /** The value it reads, by position: integers where it computes with them, else reals. */
  read(index: number): TensorIndex;
  /** Its weight of a role as reals, rearranged. */
  weight(role: Role, arrange?: (weight: Weight) => Weight): TensorIndex;
  /** The numbers of its weight of a role. */
  decoded(role: Role): Float32Array;
  /** Its kernel and its bias as the layer multiplies them, the kernel rearranged; zeros where it has no bias. */
  operands(arrange: (kernel: Weight) => Weight): readonly [TensorIndex, TensorIndex];
}

/** What an operator makes; absent: the layer's own value. */
interface OperatorResult {
  /** Without the batch. */
  readonly shape?: Shape;
  readonly options?: Options | undefined;
  /** A step on the way, held as the first input is. */
  readonly role?: string | undefined;
  /** In which format, where integers are made. */
  readonly format?: ActivationFormat | undefined;
  /** Where they are not. */
  readonly type?: TensorType;
}

/** An operator with one output, of this shape without the batch; under the layer's name, or that of a step of it. */
export function operator(
  source: TfliteSource,
  op: OperatorName,
  inputs: readonly TensorIndex[],
  { shape = source.shape, options, role, format, type = "float32" }: OperatorResult = {},
): TensorIndex {
  const { graph, name, integers } = source;
  const held = integers && (format ?? (role === undefined ? integers.output : integers.inputs[0]!));
  const result = graph.tensor(role === undefined ? name : `${name}.${role}`, {
    shape: [1, ...shape],
    type: held === undefined ? type : "int8",
    quantization: held && quantizationOf(held),
  });
  graph.node(op, inputs, [result], options);
  return result;
}

/** One number that all layers share. */
export const number = ({ graph }: TfliteSource, value: number): TensorIndex =>
  graph.shared(`${value}`, Float32Array.of(value), [1]);

/** Whole numbers that an operator reads: axes, extents. */
export function whole(
  { graph }: TfliteSource,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): TensorIndex {
  return graph.shared(`[${values}]${shape}`, Int32Array.from(values), shape);
}

/** The number of an activation that operators end in; undefined for one that is an operator itself. */
export const fusedCode = (activation: Activation): number | undefined =>
  activation === "linear" || activation === "relu" || activation === "relu6"
    ? FUSED[activation]
    : undefined;

/** What `build` computes, activated: by the operator itself where it can, else by one behind it. */
export function withActivation(
  source: TfliteSource,
  activation: Activation,
  build: (fused: { readonly activation: number }, role?: string) => TensorIndex,
): TensorIndex {
  const fused = fusedCode(activation);
  if (fused !== undefined) return build({ activation: fused });
  return activated(source, activation, build({ activation: FUSED.linear }, "linear"));
}

/** An activation as an operator. */
export function activated(
  source: TfliteSource,
  activation: Activation,
  x: TensorIndex,
  role?: string,
): TensorIndex {
  const { op, options } = ACTIVATIONS[activation];
  const { shape } = source;
  return op === undefined ? x : operator(source, op, [x], { shape, options, role });
}

const ACTIVATIONS: {
  readonly [A in Activation]: { readonly op?: OperatorName; readonly options?: Options };
} = {
  linear: {},
  relu: { op: "RELU" },
  relu6: { op: "RELU6" },
  sigmoid: { op: "LOGISTIC" },
  tanh: { op: "TANH" },
  gelu: { op: "GELU", options: { approximate: false } },
  elu: { op: "ELU" },
  "leaky-relu": { op: "LEAKY_RELU", options: { slope: LEAKY_SLOPE } },
};

type Pads = readonly [readonly [number, number], readonly [number, number]];

/** The padding of a window as the format names it, or the amounts that have to be added first. */
export function paddingOf(
  window: WindowAttributes,
  size: readonly [number, number],
  input: Shape,
): { readonly padding: number; readonly pads?: Pads } {
  const { padding } = window;
  const named = (name: typeof PADDINGS[number]) => ({ padding: PADDINGS.indexOf(name) });
  if (padding === "same") return named("SAME");
  const pads = padding === "valid" ? [[0, 0], [0, 0]] as const : padding;
  if (pads.flat().every((amount) => amount === 0)) return named("VALID");
  const own = windowGeometry([1, ...input], size, window);
  const same = windowGeometry([1, ...input], size, { ...window, padding: "same" });
  const alike = (["top", "left", "outHeight", "outWidth"] as const).every((key) =>
    own[key] === same[key]
  );
  return alike ? named("SAME") : { ...named("VALID"), pads };
}

/** An image with zeros around it. */
export function padded(
  source: TfliteSource,
  x: TensorIndex,
  [[top, bottom], [left, right]]: Pads,
  role?: string,
): TensorIndex {
  const [height, width, channels] = source.inputs[0] as [number, number, number];
  const amounts = whole(source, [0, 0, top, bottom, left, right, 0, 0], [4, 2]);
  return operator(source, "PAD", [x, amounts], {
    shape: [height + top + bottom, width + left + right, channels],
    role,
  });
}

/** A part of a value: from where on, and of which shape. */
export function sliced(
  source: TfliteSource,
  x: TensorIndex,
  { from, shape, role }: {
    readonly from: readonly number[];
    readonly shape: Shape;
    readonly role?: string;
  },
): TensorIndex {
  const [begin, size] = [whole(source, [0, ...from]), whole(source, [-1, ...shape])];
  return operator(source, "SLICE", [x, begin, size], { shape, role });
}

/** The same values in another shape. */
export function reshaped(
  source: TfliteSource,
  x: TensorIndex,
  shape: Shape,
  { role, format }: { readonly role?: string; readonly format?: ActivationFormat } = {},
): TensorIndex {
  const target = [-1, ...shape];
  return operator(source, "RESHAPE", [x, whole(source, target)], {
    shape,
    options: { shape: target },
    role,
    format,
  });
}

/** The axes in another order, the batch first. */
export function transposed(
  source: TfliteSource,
  x: TensorIndex,
  { shape, order, role }: {
    readonly shape: Shape;
    readonly order: readonly number[];
    readonly role?: string;
  },
): TensorIndex {
  return operator(source, "TRANSPOSE", [x, whole(source, order)], { shape, role });
}
