/** Operators of TensorFlow Lite as layers: the way back of `nodes.ts`, by the same table of operators. */
import { excerpt } from "../../../engine/quote.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import { sameShape, show, sizeOf } from "../../../engine/shape.ts";
import { LEAKY_SLOPE } from "../../model/kinds/attributes.ts";
import type { FunctionName } from "../../model/kinds/functions.ts";
import type { Layer } from "../../model/model.ts";
import { floatWeight, permuted } from "../../model/weights.ts";
import type { FileConstant } from "./constants.ts";
import type { OperatorReading } from "./operator_reading.ts";
import { activation, arithmetic, fusedOf, two } from "./arithmetic_readers.ts";
import { depthwiseIntegers } from "./kept_integers.ts";
import { type OperatorName, PADDINGS } from "./operators.ts";

/** Operators that change the form of numbers, or nothing: what they read stands for what they make. */
export const PASSING: ReadonlySet<OperatorName> = new Set(["QUANTIZE", "DEQUANTIZE", "CAST"]);

type OperatorReader = (of: OperatorReading) => void;

/** The readers by operator. */
export const READERS: { readonly [O in OperatorName]?: OperatorReader } = {
  CONV_2D(of) {
    const { shape: [filters, height, width], roles } = kernelOf(of, [1, 2, 3, 0]);
    ended(of, {
      name: of.name,
      kind: "conv",
      inputs: [of.value(0)],
      filters: filters!,
      kernel: [height!, width!],
      ...windowOf(of),
      bias: "bias" in roles,
    }, roles);
  },
  DEPTHWISE_CONV_2D(of) {
    const { shape, values, stored } = of.constant(1);
    const [one, height, width, outputs] = shape as [number, number, number, number];
    const channels = of.shape(0).at(-1)!;
    const multiplier = outputs / channels;
    if (shape.length !== 4 || one !== 1 || !Number.isInteger(multiplier)) {
      throw of.wrong(`its kernel is ${show(shape)}, and it reads ${channels} channels`);
    }
    const arranged = [height, width, channels, multiplier];
    const kernel = { shape: arranged, values, stored: depthwiseIntegers(stored, arranged) };
    const bias = biasOf(of);
    ended(of, {
      name: of.name,
      kind: "depthwise",
      inputs: [of.value(0)],
      multiplier,
      kernel: [height, width],
      ...windowOf(of),
      bias: bias !== undefined,
    }, bias === undefined ? { kernel } : { kernel, bias });
  },
  FULLY_CONNECTED(of) {
    const { shape: [units, width], roles } = kernelOf(of, [1, 0]);
    const entering = of.shape(0);
    const flat = entering.length === 1 ||
      of.options.keepsAxes === true && entering.at(-1) === width;
    const input = flat
      ? of.value(0)
      : of.add({ name: `${of.name}.flat`, kind: "flatten", inputs: [of.value(0)] });
    ended(of, {
      name: of.name,
      kind: "dense",
      inputs: [input],
      units: units!,
      bias: "bias" in roles,
    }, roles);
  },
  TRANSPOSE_CONV(of) {
    const { shape: [filters, height, width] } = of.constant(1);
    const kernel = moved(of, of.constant(1), [1, 2, 3, 0]);
    const { padding, strides } = windowOf(of);
    of.add({
      name: of.name,
      kind: "conv-transpose",
      inputs: [of.value(2)],
      filters: filters!,
      kernel: [height!, width!],
      strides,
      padding: padding as "same",
      bias: of.count > 3,
      activation: "linear",
    }, of.count > 3 ? { kernel, bias: of.constant(3) } : { kernel });
  },
  MAX_POOL_2D: (of) => pooled(of, "max-pool"),
  AVERAGE_POOL_2D: (of) => pooled(of, "average-pool"),
  MEAN: (of) => reduced(of, "global-average-pool"),
  REDUCE_MAX: (of) => reduced(of, "global-max-pool"),
  ADD: (of) => arithmetic(of, "sum"),
  SUB: (of) => arithmetic(of, "difference"),
  MUL: (of) => arithmetic(of, "product"),
  MAXIMUM: (of) => two(of, "maximum"),
  MINIMUM: (of) => two(of, "minimum"),
  CONCATENATION(of) {
    const { axis = 0 } = of.options as { readonly axis?: number };
    const rank = of.shape(0).length;
    if (axis !== rank && axis !== -1) throw of.wrong(`it joins along axis ${axis}, not the last`);
    const inputs = Array.from({ length: of.count }, (_, index) => of.value(index));
    of.add({ name: of.name, kind: "concat", inputs });
    activation(of);
  },
  PAD(of) {
    const amounts = of.whole(1);
    const [top, bottom, left, right] = amounts.slice(2, 6) as [number, number, number, number];
    const others = [amounts[0], amounts[1], amounts[6], amounts[7]];
    if (amounts.length !== 8 || others.some((each) => each !== 0)) {
      throw of.wrong("it adds borders to more than height and width");
    }
    of.add({
      name: of.name,
      kind: "pad",
      inputs: [of.value(0)],
      amounts: [[top, bottom], [left, right]],
    });
  },
  RESHAPE: arranged,
  SQUEEZE: arranged,
  TRANSPOSE(of) {
    const [batch, ...order] = of.whole(1);
    if (batch !== 0) throw of.wrong("it moves the batch");
    const axes = order.map((axis) => axis - 1);
    of.add({ name: of.name, kind: "permute", inputs: [of.value(0)], order: axes });
  },
  SLICE(of) {
    const [entering, leaving, from] = [of.shape(0), of.output, of.whole(1).slice(1)];
    const base = { name: of.name, inputs: [of.value(0)] };
    const [height, width, channels] = entering as [number, number, number];
    if (entering.length !== 3 || leaving.length !== 3) throw of.wrong("it cuts more than an image");
    const parts = channels / leaving[2]!;
    if (sameShape(entering.slice(0, 2), leaving.slice(0, 2)) && parts !== 1) {
      of.add({ ...base, kind: "split", parts, part: from[2]! / leaving[2]! });
    } else if (parts === 1) {
      const [top, left] = from as [number, number];
      const [bottom, right] = [height - top - leaving[0]!, width - left - leaving[1]!];
      const amounts = [[top, bottom], [left, right]] as const;
      of.add({ ...base, kind: "crop", amounts });
    } else throw of.wrong("it cuts channels and borders at once");
  },
  SOFTMAX(of) {
    if (of.leaves) return of.head("softmax");
    if (of.options.beta !== 1) throw of.wrong(`its beta is ${of.options.beta ?? 0}, not 1`);
    of.add({ name: of.name, kind: "softmax", inputs: [of.value(0)], log: false });
  },
  LOG_SOFTMAX: (of) => of.add({ name: of.name, kind: "softmax", inputs: [of.value(0)], log: true }),
  LOGISTIC: (of) => of.leaves ? of.head("sigmoid") : activated(of, "sigmoid"),
  RELU: (of) => activated(of, "relu"),
  RELU6: (of) => activated(of, "relu6"),
  TANH: (of) => activated(of, "tanh"),
  ELU: (of) => activated(of, "elu"),
  GELU: (of) => of.options.approximate === true ? computed(of, "gelu-tanh") : activated(of, "gelu"),
  LEAKY_RELU(of) {
    const { slope = 0 } = of.options as { readonly slope?: number };
    if (slope === Math.fround(LEAKY_SLOPE)) activated(of, "leaky-relu");
    else computed(of, "leaky-relu", [slope]);
  },
  HARD_SWISH: (of) => computed(of, "hard-swish"),
  EXP: (of) => computed(of, "exponential"),
  PRELU(of) {
    const { shape, values } = of.constant(1);
    if (sizeOf(shape) !== shape.at(-1)) throw of.wrong("its slopes are not one for each channel");
    of.add({ name: of.name, kind: "prelu", inputs: [of.value(0)] }, {
      gamma: { shape: [values.length], values },
    });
  },
  RESIZE_NEAREST_NEIGHBOR: (of) => resized(of, "nearest"),
  RESIZE_BILINEAR: (of) => resized(of, "bilinear"),
  REVERSE_V2(of) {
    if (of.whole(1).join() !== "1") throw of.wrong("it reverses another axis than the rows");
    of.add({ name: of.name, kind: "reverse", inputs: [of.value(0)] });
  },
  GATHER(of) {
    const kernel = of.constant(0);
    const [vocabulary, size] = kernel.shape as [number, number];
    if (kernel.shape.length !== 2) throw of.wrong("what it looks up is no table");
    of.add({ name: of.name, kind: "embedding", inputs: [of.value(1)], vocabulary, size }, {
      kernel,
    });
  },
};

/** Reads an operator into the model. */
export function readOperator(op: OperatorName, of: OperatorReading): void {
  READERS[op]!(of);
}

/** A kernel with its axes in our order, its shape as the file has it, and a bias where there is one. */
function kernelOf(of: OperatorReading, order: readonly number[]) {
  const kernel = moved(of, of.constant(1), order);
  const bias = biasOf(of);
  const { shape } = of.constant(1);
  return { shape, roles: bias === undefined ? { kernel } : { kernel, bias } };
}

function moved(
  of: OperatorReading,
  { shape, values, stored }: FileConstant,
  order: readonly number[],
): FileConstant {
  if (shape.length !== order.length) throw of.wrong(`its kernel is ${show(shape)}`);
  const weight = permuted(floatWeight(shape, values), order);
  return {
    shape: weight.shape,
    values: weight.data as Float32Array,
    stored: stored && permuted(stored, order),
  };
}

const biasOf = (of: OperatorReading): FileConstant | undefined =>
  of.count > 2 ? of.constant(2) : undefined;

function windowOf(of: OperatorReading) {
  const options = of.options as Record<string, number>;
  const { padding = -1, strideX = 0, strideY = 0, dilationX = 1, dilationY = 1 } = options;
  const named = PADDINGS[padding];
  if (named === undefined) throw of.wrong(`its padding ${padding} is unknown`);
  return {
    strides: [strideY, strideX] as [number, number],
    padding: named.toLowerCase() as "same" | "valid",
    dilations: [dilationY, dilationX] as [number, number],
  };
}

/** Adds a layer with the operator's activation. */
function ended(
  of: OperatorReading,
  layer: object,
  weights: Parameters<OperatorReading["add"]>[1],
): void {
  of.add({ ...layer, activation: fusedOf(of) } as unknown as Layer, weights);
}

function activated(of: OperatorReading, activation: Activation): void {
  if (of.fuse(activation)) return;
  of.add({ name: of.name, kind: "activation", inputs: [of.value(0)], activation });
}

function computed(
  of: OperatorReading,
  name: FunctionName,
  parameters: readonly number[] = [],
): void {
  of.add({
    name: of.name,
    kind: "function",
    inputs: [of.value(0)],
    function: name,
    parameters: [...parameters],
  });
}

function pooled(of: OperatorReading, kind: "max-pool" | "average-pool"): void {
  const { width = 0, height = 0 } = of.options as Record<string, number>;
  const layer = { name: of.name, kind, inputs: [of.value(0)], size: [height, width] as const };
  of.add({ ...layer, ...windowOf(of) } as unknown as Layer);
  activation(of);
}

function reduced(of: OperatorReading, kind: "global-average-pool" | "global-max-pool"): void {
  const axes = of.whole(1).map((axis) => axis < 0 ? axis + of.shape(0).length + 1 : axis);
  if (of.shape(0).length !== 3 || axes.sort().join() !== "1,2") {
    throw of.wrong(
      `it reduces axes ${excerpt(axes.join(", "))}; those of an image's height and width are read`,
    );
  }
  const keeps = of.options.keepsAxes === true;
  const pool = of.add({ name: keeps ? `${of.name}.pool` : of.name, kind, inputs: [of.value(0)] });
  if (!keeps) return;
  of.add({ name: of.name, kind: "reshape", inputs: [pool], shape: [1, 1, of.shape(0)[2]!] });
}

/** The same values in another shape. */
function arranged(of: OperatorReading): void {
  const [entering, leaving] = [of.shape(0), of.output];
  if (sizeOf(entering) !== sizeOf(leaving)) {
    throw of.wrong(`${show(entering)} cannot become ${show(leaving)}`);
  }
  const base = { name: of.name, inputs: [of.value(0)] };
  if (leaving.length === 1) of.add({ ...base, kind: "flatten" });
  else of.add({ ...base, kind: "reshape", shape: [...leaving] });
}

function resized(of: OperatorReading, by: "nearest" | "bilinear"): void {
  const { alignCorners, halfPixel } = of.options;
  const [size, [height, width]] = [of.whole(1), of.shape(0)];
  const base = { name: of.name, inputs: [of.value(0)] };
  const factors = [size[0]! / height!, size[1]! / width!] as [number, number];
  if (alignCorners !== true && by === "nearest" && factors.every(Number.isInteger)) {
    of.add({ ...base, kind: "upsample", size: factors });
  } else if (alignCorners !== true && halfPixel === true) {
    of.add({ ...base, kind: "resize", size: [size[0]!, size[1]!], by });
  } else throw of.wrong("its pixels lie otherwise than by half-pixel centres");
}
