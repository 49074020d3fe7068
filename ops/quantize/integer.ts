/**
 * What a quantized model means: integers between layers, exact accumulation, requantization by the chosen rules
 * (design §5). Convolutions and dense layers compute y = saturate(round(Σ (q_x − z_x)(q_w − z_w) + b) · s_x s_w / s_y)
 * + z_y) (Jacob et al. 2018, eq. 4); other layers compute on the decoded values and are quantized again, which is what
 * a QuantizeLinear/DequantizeLinear graph says.
 */
import type { Activation, Room, Tensor } from "../../engine/tensor/mod.ts";
import { runLayer } from "../model/layers/run.ts";
import {
  type ActivationFormat,
  type Layer,
  type Model,
  type Quantization,
  weightName,
} from "../model/model.ts";
import { hasKernel } from "../model/selection.ts";
import { decodeWeight } from "../model/weights.ts";
import { dynamicDense, dynamicScheme } from "./dynamic.ts";
import { type AccumulatingLayer, type IntegerLayer, integerLayer } from "./integer_layer.ts";
import { keepsFormat } from "./plan.ts";
import { spread } from "./spread.ts";
import { type Requantization, REQUANTIZE } from "./requantize.ts";
import { clamp, RULES } from "./rules.ts";

/** A value between layers, batch first: real numbers, or centred integers q − zero of a format. */
type Value =
  | { readonly tensor: Tensor; readonly format?: undefined }
  | { readonly data: Int32Array; readonly shape: number[]; readonly format: ActivationFormat };

/**
 * The logits of a preprocessed batch, a tensor per input, float32. `model` has calibrated activations. Rows do not depend on each other. The
 * caller disposes the result.
 */
export function integerForward(room: Room, model: Model, x: readonly Tensor[]): Tensor {
  const { quantization } = model;
  if (quantization === null) {
    throw new Error("internal: the model has float activations, so it has no integer meaning");
  }
  return room.tf.tidy(() => {
    const values = new Map<string, Value>();
    for (const [index, { name }] of model.inputs.entries()) {
      values.set(name, inFormat(room, x[index]!, quantization, name));
    }
    for (const layer of model.layers) {
      const inputs = layer.inputs.map((name) => values.get(name)!);
      values.set(layer.name, valueOf(room, model, quantization, layer, inputs));
    }
    return asTensor(room, values.get(model.outputs[0]!)!);
  });
}

function valueOf(
  room: Room,
  model: Model,
  quantization: Quantization,
  layer: Layer,
  inputs: readonly Value[],
): Value {
  const [first] = inputs as [Value];
  const format = quantization.activations[layer.name];
  if (first.format !== undefined && keepsFormat(layer)) {
    // The layer moves values or picks the largest, so it may do so with integers; padding adds the integer of 0.
    const moved = run(room, model, layer, [
      room.tensor(new Float32Array(first.data), first.shape),
    ]);
    const value = {
      data: new Int32Array(room.values(moved)),
      shape: moved.shape,
      format: first.format,
    };
    return format === undefined ? { tensor: asTensor(room, value) } : value;
  }
  if (first.format !== undefined && hasKernel(layer)) {
    const constants = integerLayer(model, layer, first.format, quantization.rules);
    if (constants !== undefined) {
      return accumulated(room, layer, first, constants, format, quantization);
    }
  }
  const scheme = dynamicScheme(quantization);
  if (scheme !== undefined && layer.kind === "dense") {
    const tensor = dynamicDense(room, model, layer, asTensor(room, first), scheme);
    if (tensor !== undefined) return { tensor };
  }
  const result = run(room, model, layer, inputs.map((value) => asTensor(room, value)));
  return inFormat(room, result, quantization, layer.name);
}

/** The layer in real numbers, with decoded weights. */
function run(room: Room, model: Model, layer: Layer, inputs: readonly Tensor[]): Tensor {
  return runLayer(layer, {
    room,
    inputs,
    training: false,
    weight(role) {
      const weight = model.weights[weightName(layer.name, role)]!;
      return room.tensor(decodeWeight(weight), weight.shape);
    },
    statistics() {},
    dropout: () => {
      throw new Error("internal: nothing is dropped in inference");
    },
    noise: () => {
      throw new Error("internal: nothing is drawn in inference");
    },
  });
}

/** The sum of integer products, then what the activation and the format make of it. */
function accumulated(
  room: Room,
  layer: AccumulatingLayer,
  x: Extract<Value, { data: Int32Array }>,
  { weights, shape, bias, scales }: IntegerLayer,
  format: ActivationFormat | undefined,
  { rules }: Quantization,
): Value {
  const product = integerProduct(room, layer, x, room.tensor(weights, shape, "int32"));
  const sums = room.integers(product);
  const bounds = format && boundsOf(layer.activation, format, rules);
  if (format !== undefined && bounds !== undefined) {
    REQUANTIZE[rules]({ sums, bias, scales, scale: format.scale, ...bounds });
    return { data: sums, shape: product.shape, format };
  }
  const reals = new Float32Array(sums.length);
  const channels = bias.length;
  for (let i = 0; i < sums.length;) {
    for (let c = 0; c < channels; c++, i++) {
      reals[i] = Math.fround(sums[i]! + bias[c]!) * scales[c]!;
    }
  }
  const tensor = room.nn.activate(room.tensor(reals, product.shape), layer.activation);
  return format === undefined ? { tensor } : quantized(room, tensor, format, rules);
}

function integerProduct(
  { nn, tf, tensor }: Room,
  layer: AccumulatingLayer,
  { data, shape }: Extract<Value, { data: Int32Array }>,
  w: Tensor,
): Tensor {
  if (layer.kind === "conv") return nn.conv2dInteger(tensor(data, shape, "int32"), w, layer);
  if (layer.kind === "depthwise") {
    return nn.depthwise2dInteger(tensor(data, shape, "int32"), w, layer);
  }
  if (layer.kind === "conv-transpose") {
    const { window, ...x } = spread(data, shape, layer);
    return nn.conv2dInteger(tensor(x.data, x.shape, "int32"), tf.reverse(w, [0, 1]), window);
  }
  const width = shape.at(-1)!;
  const rows = tensor(data, [data.length / width, width], "int32");
  return tf.reshape(nn.denseInteger(rows, w), [...shape.slice(0, -1), layer.units]);
}

/** Bounds of the centred integers behind an activation that only cuts; undefined for one that bends. */
function boundsOf(
  activation: Activation,
  format: ActivationFormat,
  rules: Quantization["rules"],
): Pick<Requantization, "low" | "high"> | undefined {
  const [low, high] = [format.minimum - format.zero, format.maximum - format.zero];
  if (activation === "linear") return { low, high };
  if (activation === "relu") return { low: Math.max(low, 0), high };
  if (activation !== "relu6") return undefined;
  const six = RULES[rules].round(Math.fround(6 / format.scale));
  return { low: Math.max(low, 0), high: Math.min(high, six) };
}

function asTensor(room: Room, value: Value): Tensor {
  if (value.format === undefined) return value.tensor;
  const { data, shape, format: { scale } } = value;
  const reals = new Float32Array(data);
  for (let i = 0; i < reals.length; i++) reals[i]! *= scale;
  return room.tensor(reals, shape);
}

/** The value of an input or layer in the format it has, if it has one. */
function inFormat(room: Room, tensor: Tensor, quantization: Quantization, name: string): Value {
  const format = quantization.activations[name];
  return format === undefined ? { tensor } : quantized(room, tensor, format, quantization.rules);
}

function quantized(
  room: Room,
  tensor: Tensor,
  format: ActivationFormat,
  rules: Quantization["rules"],
): Value {
  const { scale, zero, minimum, maximum } = format;
  const [low, high] = [minimum - zero, maximum - zero];
  const { round } = RULES[rules];
  const values = room.values(tensor);
  const data = new Int32Array(values.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = clamp(round(Math.fround(values[i]! / scale)), low, high);
  }
  return { data, shape: tensor.shape, format };
}
