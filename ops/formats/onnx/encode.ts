/** A model as an ONNX file; the same bytes for the same model. */
import type { Files } from "../../../engine/kind.ts";
import { DataType } from "../../../engine/deps/onnx_buf.ts";
import { given } from "../../../engine/given.ts";
import { type Shape, shapesOf } from "../../model/layers.ts";
import {
  type Layer,
  type Model,
  type Preprocess,
  type Role,
  weightName,
} from "../../model/model.ts";
import { hasKernel } from "../../model/kinds/mod.ts";
import { integerLayer } from "../../model/integers/integer_layer.ts";
import { inferenceModel } from "../inference_model.ts";
import { emptyGraph, type OnnxGraph } from "./graph.ts";
import { type Edge, modelProto, ONNX_FILE, outputNames } from "./model_proto.ts";
import { layerNodes } from "./nodes.ts";
import {
  assertReadsTokens,
  maskedTokens,
  openValues,
  paddingOf,
  TOKEN_INPUTS,
} from "./token_inputs.ts";
import { type Computed, emptyValues, type IntegerValue, type OnnxSource } from "./values.ts";
import { dequantized, weightValue } from "./weights.ts";

/** How a model is written. */
export interface OnnxOptions {
  /**
   * `qdq`: weights keep their number format, and values between layers pass through QuantizeLinear and DequantizeLinear
   * where they have one; `float`: weights decoded, values between layers float32.
   */
  readonly form: "qdq" | "float";
  /** Version of the operator set, 13 to 22. */
  readonly opset: number;
  /** `int64`: `input_ids` and `attention_mask` in place of the samples (`token_inputs.ts`). */
  readonly tokens?: "float32" | "int64";
  /** The graph's name; default: the model's family. */
  readonly name?: string;
}

/**
 * `model.onnx`: reads samples as the model does, channels last and before preprocessing, any number at once, under the
 * names of the model's inputs, or token numbers and a mask; gives `logits` and, where the model has a head, `probabilities` (with several outputs
 * `logits.<layer>`, `probabilities.<layer>`). Class names are a JSON list under `classes` in the metadata. Throws a
 * RangeError for a layer or a number format that the operator set cannot express.
 */
export function encodeOnnx(whole: Model, options: OnnxOptions): Files {
  const model = inferenceModel(whole);
  const { opset, name = model.family } = options;
  const { graph, inputs, edges } = graphOf(model, options);
  const metadata: Record<string, string> = model.classes.length === 0
    ? {}
    : { classes: JSON.stringify(model.classes) };
  const description = { name, opset, inputs, outputs: edges, metadata };
  return { [ONNX_FILE]: modelProto(graph, description) };
}

/** A value that is rounded to integers, and where it stands in the file. */
type Rounded =
  | IntegerValue & { readonly held: "integers" }
  /** Real numbers, each row of which becomes integers where it is multiplied. */
  | Computed & { readonly held: "reals" };

/** The values of a model that its file rounds to integers, by the names of inputs and layers. */
export function roundedValues(whole: Model, options: OnnxOptions): ReadonlyMap<string, Rounded> {
  const model = inferenceModel(whole);
  const { values } = graphOf(model, options);
  const rounded = new Map<string, Rounded>();
  for (const { name } of [...model.inputs, ...model.layers]) {
    const integers = values.integers(name);
    if (integers !== undefined) rounded.set(name, { ...integers, held: "integers" });
  }
  for (const layer of model.layers) {
    if (productOf(model, layer, options).integers === undefined) continue;
    const [name] = layer.inputs as [string];
    rounded.set(name, { value: values.read(name, "last"), layout: "last", held: "reals" });
  }
  return rounded;
}

function graphOf(model: Model, options: OnnxOptions) {
  const { form, opset } = options;
  const shapes = shapesOf(model);
  const { inputs, open } = inputEdges(model, options);
  const outputs = model.outputs.map((layer) => ({ layer, ...outputNames(model, layer) }));
  const edges = outputs.flatMap(({ layer, logits, probabilities }) =>
    [probabilities, logits].filter((name) => name !== undefined)
      .map((name) => ({ name, shape: edgeShape(shapes[layer]!, open?.has(layer) ?? false) }))
  );
  const graph = emptyGraph([...inputs, ...edges].map(({ name }) => name));
  const formats = form === "qdq" ? model.quantization?.activations ?? {} : {};
  const values = emptyValues(graph, shapes, formats);

  for (const [index, { name }] of model.inputs.entries()) {
    const preprocess = index === 0 ? model.preprocess : null;
    const value = options.tokens === "int64"
      ? maskedTokens(graph, paddingOf(model))
      : prepared(graph, name, preprocess);
    values.define(name, { value, layout: "last" });
  }
  for (const layer of model.layers) {
    // Between integers runtimes quantize weights that are not, unless something stands in between: bounds without limits.
    const inFloats = hasKernel(layer) && formats[layer.inputs[0]!] !== undefined &&
      model.weights[weightName(layer, "kernel")]!.encoding.use !== "affine";
    const source = {
      graph,
      opset,
      open: open !== undefined,
      inputs: layer.inputs.map((input) => shapes[input]!),
      shape: shapes[layer.name]!,
      read: (index: number, layout: "first" | "last") => {
        const value = values.read(layer.inputs[index]!, layout);
        return inFloats ? graph.node(`${layer.name}.read`, "Clip", [value]) : value;
      },
      layout: (index: number) => values.layoutOf(layer.inputs[index]!),
      weight: weights(graph, model, layer, form),
      ...productOf(model, layer, options),
    };
    values.define(layer.name, layerNodes(layer, source));
  }
  for (const { layer, logits, probabilities } of outputs) {
    graph.output(logits, "Identity", [values.read(layer, "last")]);
    if (probabilities === undefined) continue;
    if (model.head === "sigmoid") graph.output(probabilities, "Sigmoid", [logits]);
    else graph.output(probabilities, "Softmax", [logits], { axis: { int: -1 } });
  }
  return { graph, values, inputs, edges };
}

/** What the file reads; `open`: the values whose length it leaves open, if it does. */
function inputEdges(model: Model, { tokens }: OnnxOptions): {
  readonly inputs: readonly Edge[];
  readonly open?: ReadonlySet<string>;
} {
  if (tokens !== "int64") return { inputs: model.inputs };
  assertReadsTokens(model);
  const open = openValues(model);
  const shape = edgeShape(model.inputs[0]!.shape, open !== undefined);
  const inputs = TOKEN_INPUTS.map((name) => ({ name, shape, type: DataType.INT64 }));
  return { inputs, ...given({ open }) };
}

const edgeShape = (shape: Shape, open: boolean): Edge["shape"] =>
  open ? ["sequence", ...shape.slice(1)] : shape;

/** value · scale + offset, where that does anything. */
function prepared(graph: OnnxGraph, name: string, preprocess: Preprocess | null): string {
  const { scale, offset } = preprocess ?? { scale: [1], offset: [0] };
  const vector = (of: string, values: readonly number[]) =>
    graph.constant(`${name}.${of}`, Float32Array.from(values), [values.length]);
  const scaled = scale.every((each) => each === 1)
    ? name
    : graph.node(`${name}.scaled`, "Mul", [name, vector("factor", scale)]);
  return offset.every((each) => each === 0)
    ? scaled
    : graph.node(`${name}.prepared`, "Add", [scaled, vector("offset", offset)]);
}

function weights(graph: OnnxGraph, model: Model, layer: Layer, form: OnnxOptions["form"]) {
  const { quantization } = model;
  const input = quantization?.activations[layer.inputs[0]!];
  const integers = form === "qdq" && input !== undefined &&
      hasKernel(layer)
    ? integerLayer(model, layer, input, quantization!.rules)
    : undefined;
  return (role: Role, arrange = (weight: Model["weights"][string]) => weight): string => {
    const name = weightName(layer, role);
    if (role === "bias" && integers !== undefined) {
      // In units of its layer's products, so that it can be added to their sum.
      const { bias, scales } = integers;
      const stored = graph.constant(`${name}.integers`, bias, [bias.length]);
      return dequantized(graph, name, stored, { axis: 0, scale: scales });
    }
    return weightValue(graph, name, arrange(model.weights[name]!), form === "qdq");
  };
}

/** How a layer multiplies rows that find their ranges; nothing where it does not. */
function productOf(
  { quantization, weights }: Model,
  layer: Layer,
  { form }: OnnxOptions,
): Pick<OnnxSource, "integers"> {
  const kernel = weights[weightName(layer, "kernel")];
  const dynamic = quantization?.dynamic;
  const integers = form === "qdq" && layer.kind === "dense" && kernel?.encoding.use === "affine";
  return given({ integers: integers && dynamic !== undefined ? { kernel, dynamic } : undefined });
}
