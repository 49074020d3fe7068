/**
 * What a quantized model means: integers between layers, exact accumulation, requantization by the chosen rules .
 * Convolutions and dense layers compute y = saturate(round(Σ (q_x − z_x)(q_w − z_w) + b) · s_x s_w / s_y) + z_y)
 * (Jacob et al. 2018, eq. 4); other layers compute on the decoded values and are quantized again, which is what a
 * QuantizeLinear/DequantizeLinear graph says.
 */
import type { Activation, Room, Tensor } from "../../../engine/tensor/mod.ts";
import {
  type ActivationFormat,
  type Layer,
  type Model,
  type Quantization,
  ROLES,
  weightName,
} from "../model.ts";
import { type AccumulatingLayer, hasKernel, kindOf } from "../kinds/mod.ts";
import { decodeWeight } from "../weights.ts";
import { dynamicDense, dynamicScheme } from "./dynamic.ts";
import { type IntegerLayer, integerLayer } from "./integer_layer.ts";
import { keepsFormat } from "./plan.ts";
import { type Requantization, REQUANTIZE } from "./requantize.ts";
import { clamp, RULES } from "./rules.ts";

/** A value between layers, batch first: real numbers, or centred integers q − zero of a format. */
export type Value =
  | { readonly tensor: Tensor; readonly format?: undefined }
  | {
    readonly data: Int32Array;
    readonly shape: number[];
    readonly format: ActivationFormat;
    /** Where it is asked for: the same before rounding, in the same units, inside the format. */
    readonly exact?: Float32Array;
  };

/** A value in integers. */
type Held = Extract<Value, { data: Int32Array }>;

/** A quantized model whose weights are unpacked. */
interface IntegerRunner {
  /**
   * The logits of a preprocessed batch, a tensor per input, float32. Rows do not depend on each other. The caller
   * disposes the result. `exchange` is shown the value of each input and layer, and says what others read in its
   * place.
   */
  run(x: readonly Tensor[], exchange?: (name: string, value: Value) => Value): Tensor;
  /** Frees the weights. */
  dispose(): void;
}

/** What a layer makes of what it reads. */
type Work = (inputs: readonly Value[]) => Value;

/** What layers are prepared with. */
interface Workshop {
  readonly room: Room;
  readonly model: Model;
  readonly quantization: Quantization;
  /** Whether integers are wanted as they were before rounding, too. */
  readonly exact: boolean;
  /** A tensor that lasts until the runner is disposed. */
  readonly keep: Room["tensor"];
}

/**
 * Unpacks the weights of a model with calibrated activations once, for any number of batches. `exact`: values in
 * integers come with what they were before rounding.
 */
export function integerRunner(
  room: Room,
  model: Model,
  { exact = false }: { readonly exact?: boolean } = {},
): IntegerRunner {
  const { quantization } = model;
  if (quantization === null) {
    throw new Error("internal: the model has float activations, so it has no integer meaning");
  }
  const kept: Tensor[] = [];
  const keep: Room["tensor"] = (...of) => {
    const tensor = room.tensor(...of);
    kept.push(tensor);
    return tensor;
  };
  const workshop = { room, model, quantization, exact, keep };
  const formats = new Map<string, ActivationFormat | undefined>();
  for (const { name } of model.inputs) formats.set(name, quantization.activations[name]);
  const works = model.layers.map((layer): Work => {
    const input = formats.get(layer.inputs[0]!);
    const own = quantization.activations[layer.name];
    const moves = input !== undefined && keepsFormat(layer);
    formats.set(layer.name, moves && own !== undefined ? input : own);
    return moves ? moved(workshop, layer, own !== undefined) : workOf(workshop, layer, input);
  });
  return {
    run: (x, exchange = (_name, value) => value) =>
      room.tf.tidy(() => {
        const values = new Map<string, Value>();
        for (const [index, { name }] of model.inputs.entries()) {
          values.set(name, exchange(name, inFormat(workshop, x[index]!, name)));
        }
        for (const [index, { name, inputs }] of model.layers.entries()) {
          const value = works[index]!(inputs.map((input) => values.get(input)!));
          values.set(name, exchange(name, value));
        }
        return asTensor(room, values.get(model.outputs[0]!)!);
      }),
    dispose: () => kept.forEach((tensor) => tensor.dispose()),
  };
}

/** A layer that moves values or picks the largest does so with integers; padding adds the integer of 0. */
function moved(workshop: Workshop, layer: Layer, held: boolean): Work {
  const { room, exact } = workshop;
  const run = inReals(workshop, layer);
  return ([first]) => {
    const { data, shape, format } = first as Held;
    const tensor = run([room.tensor(new Float32Array(data), shape)]);
    const values = room.values(tensor);
    const value = { data: new Int32Array(values), shape: tensor.shape, format };
    if (!held) return { tensor: asTensor(room, value) };
    return exact ? { ...value, exact: values } : value;
  };
}

function workOf(workshop: Workshop, layer: Layer, input: ActivationFormat | undefined): Work {
  const { room, model, quantization, keep } = workshop;
  if (input !== undefined && hasKernel(layer)) {
    const constants = integerLayer(model, layer, input, quantization.rules);
    if (constants !== undefined) {
      const weights = keep(constants.weights, constants.shape, "int32");
      return ([first]) => accumulated(workshop, layer, first as Held, { ...constants, weights });
    }
  }
  const scheme = dynamicScheme(quantization);
  if (scheme !== undefined && hasKernel(layer) && kindOf(layer).integers.dynamic) {
    const dense = dynamicDense(workshop, layer, scheme);
    if (dense !== undefined) return ([first]) => ({ tensor: dense(asTensor(room, first!)) });
  }
  const run = inReals(workshop, layer);
  return (inputs) => {
    const result = run(inputs.map((value) => asTensor(room, value)));
    return inFormat(workshop, result, layer.name);
  };
}

/** The layer in real numbers, with decoded weights. */
function inReals(
  { room, model, keep }: Workshop,
  layer: Layer,
): (inputs: readonly Tensor[]) => Tensor {
  const weights = new Map(
    ROLES.flatMap((role) => {
      const weight = model.weights[weightName(layer.name, role)];
      return weight ? [[role, keep(decodeWeight(weight), weight.shape)] as const] : [];
    }),
  );
  return (inputs) =>
    kindOf(layer).run(layer, {
      room,
      inputs,
      training: false,
      weight: (role) => weights.get(role)!,
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
  workshop: Workshop,
  layer: AccumulatingLayer,
  x: Held,
  { weights, bias, scales }: Omit<IntegerLayer, "weights"> & { readonly weights: Tensor },
): Value {
  const { room, quantization: { rules, activations }, exact } = workshop;
  const format = activations[layer.name];
  const product = kindOf(layer).integers.product!(layer, { room, ...x, kernel: weights });
  const sums = room.integers(product);
  const bounds = format && boundsOf(layer.activation, format, rules);
  if (format !== undefined && bounds !== undefined) {
    const before = exact && steps(realsOf(sums, bias, scales), format.scale, bounds);
    REQUANTIZE[rules]({ sums, bias, scales, scale: format.scale, ...bounds });
    return { data: sums, shape: product.shape, format, ...before && { exact: before } };
  }
  const reals = room.tensor(realsOf(sums, bias, scales), product.shape);
  return inFormat(workshop, room.nn.activate(reals, layer.activation), layer.name);
}

/** What sums are worth with their bias. */
function realsOf(sums: Int32Array, bias: Int32Array, scales: Float32Array): Float32Array {
  const reals = new Float32Array(sums.length);
  const channels = bias.length;
  for (let i = 0; i < sums.length;) {
    for (let c = 0; c < channels; c++, i++) {
      reals[i] = Math.fround(sums[i]! + bias[c]!) * scales[c]!;
    }
  }
  return reals;
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

/** Reals in steps of a format, inside it. */
function steps(
  reals: Float32Array,
  scale: number,
  { low, high }: Pick<Requantization, "low" | "high">,
): Float32Array {
  const result = new Float32Array(reals.length);
  for (let i = 0; i < result.length; i++) result[i] = clamp(reals[i]! / scale, low, high);
  return result;
}

/** The value of an input or layer in the format it has, if it has one. */
function inFormat(
  { room, quantization: { activations, rules }, exact }: Workshop,
  tensor: Tensor,
  name: string,
): Value {
  const format = activations[name];
  if (format === undefined) return { tensor };
  const { scale, zero, minimum, maximum } = format;
  const [low, high] = [minimum - zero, maximum - zero];
  const { round } = RULES[rules];
  const values = room.values(tensor);
  const data = new Int32Array(values.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = clamp(round(Math.fround(values[i]! / scale)), low, high);
  }
  const before = exact && steps(values, scale, { low, high });
  return { data, shape: tensor.shape, format, ...before && { exact: before } };
}
