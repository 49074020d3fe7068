/** Weights as TensorFlow Lite holds them. */
import { integerLayer } from "../../model/integers/integer_layer.ts";
import { type AccumulatingLayer, kindOf } from "../../model/kinds/mod.ts";
import { outputsOf } from "../../model/kinds/weights.ts";
import {
  type ActivationFormat,
  type Layer,
  type Model,
  type Role,
  type Weight,
  weightName,
} from "../../model/model.ts";
import { decodeWeight } from "../../model/weights.ts";
import type { TensorIndex, TfliteGraph } from "./graph.ts";
import type { TensorQuantization } from "./schema.ts";
import type { TfliteOptions } from "./source.ts";

type Arrange = (weight: Weight) => Weight;

/**
 * A weight as reals: half precision and integers stay what they are and the graph decodes them, unless the file is one of
 * floats.
 */
export function realWeight(
  graph: TfliteGraph,
  model: Model,
  { layer, role, form }: {
    readonly layer: Layer;
    readonly role: Role;
    readonly form: TfliteOptions["form"];
  },
  arrange: Arrange = (weight) => weight,
): TensorIndex {
  const name = weightName(layer, role);
  const weight = arrange(model.weights[name]!);
  const { encoding, shape, data } = weight;
  const stored = form === "float"
    ? undefined
    : encoding.use === "f16"
    ? graph.constant(`${name}.half`, data as Uint16Array, shape)
    : encoding.use === "affine"
    ? graph.constant(`${name}.integers`, data as Int8Array, shape, scalesOf(encoding))
    : undefined;
  if (stored === undefined) return graph.constant(name, decodeWeight(weight), shape);
  const real = graph.tensor(name, { shape, type: "float32" });
  graph.node("DEQUANTIZE", [stored], [real]);
  return real;
}

/** A kernel and its bias as reals. */
export function realOperands(
  graph: TfliteGraph,
  model: Model,
  { layer, form }: { readonly layer: Layer; readonly form: TfliteOptions["form"] },
  arrange: Arrange,
): readonly [TensorIndex, TensorIndex] {
  const kernel = realWeight(graph, model, { layer, role: "kernel", form }, arrange);
  const name = weightName(layer, "bias");
  if (model.weights[name] !== undefined) {
    return [kernel, realWeight(graph, model, { layer, role: "bias", form })];
  }
  const { shape } = model.weights[weightName(layer, "kernel")]!;
  const outputs = outputsOf(kindOf(layer).kernel!, shape);
  return [kernel, graph.constant(name, new Float32Array(outputs), [outputs])];
}

/** A kernel of signed integers without zero points, and its bias in units of the products. */
export function integerOperands(
  graph: TfliteGraph,
  model: Model,
  { layer, input }: { readonly layer: AccumulatingLayer; readonly input: ActivationFormat },
  arrange: Arrange,
): readonly [TensorIndex, TensorIndex] {
  const name = weightName(layer, "kernel");
  const { encoding, shape, data } = arrange(model.weights[name]!);
  if (encoding.use !== "affine") throw new Error(`internal: ${name} is no integers`);
  const { bias, scales } = integerLayer(model, layer, input, "tflite")!;
  const each = encoding.axis === null ? scales.subarray(0, 1) : scales;
  return [
    graph.constant(name, data as Int8Array, shape, scalesOf(encoding)),
    graph.constant(weightName(layer, "bias"), bias, [bias.length], {
      scale: [...each],
      zero: Array.from(each, () => 0),
      axis: 0,
    }),
  ];
}

const scalesOf = (
  { axis, scale, zero }: Extract<Weight["encoding"], { use: "affine" }>,
): TensorQuantization => ({ scale: [...scale], zero: [...zero], axis: axis ?? 0 });
