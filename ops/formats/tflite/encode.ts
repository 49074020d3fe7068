/** A model as a TensorFlow Lite file; the same bytes for the same model. */
import { given } from "../../../engine/given.ts";
import type { Files } from "../../../engine/kind.ts";
import { hasKernel, kindOf } from "../../model/kinds/mod.ts";
import { heldFormats, keepsFormat } from "../../model/integers/plan.ts";
import { shapesOf } from "../../model/layers.ts";
import { type ActivationFormat, type Layer, type Model, weightName } from "../../model/model.ts";
import type { HeldValue } from "../compare_integers.ts";
import { decodeWeight } from "../../model/weights.ts";
import { inferenceModel } from "../inference_model.ts";
import { foldedModel } from "../../model/fold.ts";
import { encodeFile } from "./flatbuffer.ts";
import { emptyGraph, quantizationOf, type TensorIndex, type TfliteGraph } from "./graph.ts";
import { refusedIntegers } from "./held_integers.ts";
import { coversImage, layerNodes } from "./nodes.ts";
import { FUSED } from "./operators.ts";
import { fusedCode, type TfliteOptions, type TfliteSource } from "./source.ts";
import type { TfliteFile } from "./schema.ts";
import { integerOperands, realOperands, realWeight } from "./weights.ts";

/** The file. */
export const TFLITE_FILE = "model.tflite";

/** A file as a tree, and where in it values of the model stand. */
interface TfliteGraphOf {
  readonly file: TfliteFile;
  /** The names of the tensors of the logits, one for each output. */
  readonly logits: readonly string[];
  /** Values in integers, by the names of inputs and layers. */
  readonly rounded: ReadonlyMap<string, HeldValue>;
}

/**
 * `model.tflite`: reads one sample as the model does, before preprocessing, as float32 [1, …], an input for each of the
 * model's; gives the probabilities where the model has a head, else the logits, as float32. Throws a RangeError for a layer
 * or a number format that the format cannot express.
 */
export function encodeTflite(original: Model, options: TfliteOptions): Files {
  return { [TFLITE_FILE]: encodeFile(tfliteGraph(original, options).file) };
}

/** The same as a tree. */
export function tfliteGraph(original: Model, { form }: TfliteOptions): TfliteGraphOf {
  const model = withoutNorms(inferenceModel(original));
  const formats = form === "int8" ? writableFormats(model) : new Map<string, undefined>();
  const shapes = shapesOf(model);
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const graph = emptyGraph();
  const values = emptyValues(graph, shapes);
  const inputs = model.inputs.map(({ name, shape }, index) => {
    const entering = graph.tensor(name, { shape: [1, ...shape], type: "float32" });
    values.define(
      name,
      index === 0 ? prepared(graph, model, entering) : entering,
      formats.get(name),
    );
    return entering;
  });
  for (const layer of model.layers) {
    const source = sourceOf(model, layer, { graph, form, formats, values, shapes });
    const made = layerNodes(layer, source);
    const held = source.integers?.output;
    if (held === undefined) values.define(layer.name, made, formats.get(layer.name));
    else values.hold(layer.name, made, held);
  }
  const logits = model.outputs.map((name) => values.real(name));
  const outputs = model.outputs.map((name, index) => {
    if (model.head === "none") return logits[index]!;
    const shape = [1, ...shapes[name]!];
    const result = graph.tensor(`${name}.probabilities`, { shape, type: "float32" });
    const [op, settings] = model.head === "softmax"
      ? ["SOFTMAX", { beta: 1 }] as const
      : ["LOGISTIC", {}] as const;
    graph.node(op, [logits[index]!], [result], settings);
    return result;
  });
  return {
    file: graph.file({ name: model.family, inputs, outputs, description: "Decant" }),
    logits: logits.map(graph.nameOf),
    rounded: new Map(
      [...values.integers()].map(([name, value]) => {
        const spare = spareOf(layers.get(name), formats, shapes);
        return [name, { value, layout: "last", held: "integers", spare }];
      }),
    ),
  };
}

/** Batch normalisation folded where all are floats: what is quantized keeps its numbers. */
function withoutNorms(model: Model): Model {
  const floats = model.quantization === null &&
    Object.values(model.weights).every(({ encoding }) => encoding.use === "f32");
  return floats ? foldedModel(model) : model;
}

/**
 * Where integers of one format become those of another, XNNPACK's factor has 8 bits behind the point: of 255 steps that is
 * up to half a step more. Other kernels are exact.
 */
const CONVERTED = 0.5;

/**
 * How many steps more a value may be off: parts of a whole are converted to its format, and a mean over windows, which was
 * rounded to half a step of what it is of.
 */
function spareOf(
  layer: Layer | undefined,
  formats: Formats,
  shapes: Readonly<Record<string, readonly number[]>>,
): number {
  const to = layer && formats.get(layer.name);
  if (to === undefined || layer === undefined) return 0;
  if (layer.kind === "concat") return CONVERTED;
  const from = formats.get(layer.inputs[0]!);
  if (layer.kind !== "average-pool" || from === undefined) return 0;
  if (coversImage(layer, shapes[layer.inputs[0]!]!)) return 0;
  return CONVERTED + 0.5 * from.scale / to.scale;
}

type Formats = ReadonlyMap<string, ActivationFormat | undefined>;

/** The formats of values between layers. Throws a RangeError for those that are not the format's own. */
function writableFormats(model: Model): Formats {
  const { quantization } = model;
  if (quantization === null) return new Map();
  const { dynamic } = quantization;
  const refused = dynamic && refusedIntegers({ bits: dynamic.bits, ranges: "dynamic" });
  if (refused !== undefined) throw new RangeError(`${refused.message}: ${refused.help}`);
  const formats = heldFormats(model, quantization);
  for (const [name, format] of formats) {
    if (format === undefined || format.minimum === -128 && format.maximum === 127) continue;
    throw new RangeError(
      `Cannot write "${name}" for TensorFlow Lite: its integers reach from ${format.minimum} to ` +
        `${format.maximum}, and the format has those of 8 bits, -128 to 127: quantize activations ` +
        "with 8 bits; `form: float` writes decoded weights",
    );
  }
  return formats;
}

/** The values of inputs and layers: as reals, as integers, or both where both are read. */
interface TfliteValues {
  /** Takes reals, which become integers of a format where there is one. */
  define(name: string, real: TensorIndex, format: ActivationFormat | undefined): void;
  /** Takes integers. */
  hold(name: string, integers: TensorIndex, format: ActivationFormat): void;
  real(name: string): TensorIndex;
  held(name: string): TensorIndex;
  integers(): ReadonlyMap<string, string>;
}

function emptyValues(
  graph: TfliteGraph,
  shapes: Readonly<Record<string, readonly number[]>>,
): TfliteValues {
  const reals = new Map<string, TensorIndex>();
  const held = new Map<string, TensorIndex>();
  const converted = (
    wish: string,
    op: "QUANTIZE" | "DEQUANTIZE",
    from: TensorIndex,
    { shape, format }: { shape: readonly number[]; format?: ActivationFormat },
  ): TensorIndex => {
    const result = graph.tensor(wish, {
      shape: [1, ...shape],
      type: format === undefined ? "float32" : "int8",
      ...given({ quantization: format && quantizationOf(format) }),
    });
    graph.node(op, [from], [result]);
    return result;
  };
  return {
    define(name, real, format) {
      if (format === undefined) reals.set(name, real);
      else {
        const shape = shapes[name]!;
        held.set(name, converted(`${name}.integers`, "QUANTIZE", real, { shape, format }));
      }
    },
    hold: (name, integers) => void held.set(name, integers),
    real(name) {
      const found = reals.get(name) ??
        converted(`${name}.real`, "DEQUANTIZE", held.get(name)!, { shape: shapes[name]! });
      reals.set(name, found);
      return found;
    },
    held: (name) => held.get(name)!,
    integers: () => new Map([...held].map(([name, tensor]) => [name, graph.nameOf(tensor)])),
  };
}

/** value · scale + offset, where that does anything. */
function prepared(graph: TfliteGraph, { preprocess, inputs }: Model, entering: TensorIndex) {
  const { name, shape } = inputs[0]!;
  const { scale, offset } = preprocess ?? { scale: [1], offset: [0] };
  const step = (op: "MUL" | "ADD", role: string, x: TensorIndex, by: readonly number[]) => {
    const result = graph.tensor(`${name}.${role}`, { shape: [1, ...shape], type: "float32" });
    const constant = graph.constant(`${name}.${role}.by`, Float32Array.from(by), [by.length]);
    graph.node(op, [x, constant], [result], { activation: FUSED.linear });
    return result;
  };
  const scaled = scale.every((each) => each === 1)
    ? entering
    : step("MUL", "scaled", entering, scale);
  return offset.every((each) => each === 0) ? scaled : step("ADD", "prepared", scaled, offset);
}

/** Kinds that compute in integers beside those that only move them, and when. */
const INTEGER: Partial<Record<Layer["kind"], (layer: never) => boolean>> = {
  conv: () => true,
  depthwise: () => true,
  dense: () => true,
  add: ({ inputs, activation }: Layer & { kind: "add" }) =>
    inputs.length === 2 && fusedCode(activation) !== undefined,
  activation: ({ activation }: Layer & { kind: "activation" }) =>
    activation === "relu" || activation === "relu6",
  combine: ({ by, inputs }: Layer & { kind: "combine" }) =>
    inputs.length === 2 && by !== "maximum" && by !== "minimum",
  "average-pool": () => true,
  "global-average-pool": () => true,
  concat: () => true,
};

/** Whether a layer whose inputs and output have formats computes in integers. */
function inIntegers(model: Model, layer: Layer): boolean {
  if (INTEGER[layer.kind]?.(layer as never) !== true) return false;
  if (!hasKernel(layer)) return true;
  const { encoding } = model.weights[weightName(layer, "kernel")]!;
  return encoding.use === "affine" && encoding.zero.every((zero) => zero === 0) &&
    fusedCode(layer.activation) !== undefined;
}

function sourceOf(
  model: Model,
  layer: Layer,
  { graph, form, formats, values, shapes }: {
    readonly graph: TfliteGraph;
    readonly form: TfliteOptions["form"];
    readonly formats: Formats;
    readonly values: TfliteValues;
    readonly shapes: Readonly<Record<string, readonly number[]>>;
  },
): TfliteSource {
  const read = layer.inputs.map((name) => formats.get(name));
  const output = keepsFormat(layer) ? read[0] : formats.get(layer.name);
  const inputs = read.filter((format) => format !== undefined);
  const integral = output !== undefined && inputs.length === read.length &&
    (kindOf(layer).integers.values === "keeps" || inIntegers(model, layer));
  return {
    graph,
    name: layer.name,
    inputs: layer.inputs.map((name) => shapes[name]!),
    shape: shapes[layer.name]!,
    read: (index) => {
      const name = layer.inputs[index]!;
      return integral ? values.held(name) : values.real(name);
    },
    weight: (role, arrange) => realWeight(graph, model, { layer, role, form }, arrange),
    decoded: (role) => decodeWeight(model.weights[weightName(layer, role)]!),
    operands: (arrange) =>
      integral && hasKernel(layer)
        ? integerOperands(graph, model, { layer, input: inputs[0]! }, arrange)
        : realOperands(graph, model, { layer, form }, arrange),
    ...given({ integers: integral ? { inputs, output } : undefined }),
  };
}
