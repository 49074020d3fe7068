/**
 * What a quantized model means: integers between layers, exact accumulation, requantization by the chosen rules .
 * Convolutions and dense layers compute y = saturate(round(Σ (q_x − z_x)(q_w − z_w) + b) · s_x s_w / s_y) + z_y)
 * (Jacob et al. 2018, eq. 4); other layers compute on the decoded values and are quantized again, which is what a
 * QuantizeLinear/DequantizeLinear graph says.
 */
import type {
  Activation,
  IntegerEnd,
  Room,
  ShortFormat,
  ShortTensor,
  Tensor,
} from "../../../engine/tensor/mod.ts";
import { giveBack, lastReaders } from "../forward.ts";
import { type AccumulatingLayer, hasKernel, kindOf } from "../kinds/mod.ts";
import {
  type ActivationFormat,
  type Layer,
  type Model,
  type Quantization,
  ROLES,
  weightName,
} from "../model.ts";
import { decodeWeight } from "../weights.ts";
import { assertSumsFit } from "./accumulator.ts";
import { dynamicDense, dynamicScheme } from "./dynamic.ts";
import { type IntegerLayer, integerLayer } from "./integer_layer.ts";
import { heldFormats, keepsFormat } from "./plan.ts";
import { REQUANTIZE } from "./requantize.ts";
import { clamp, type Integers, RULES } from "./rules.ts";

/** A value between layers, batch first: real numbers, or centred integers q − zero of a format. */
export type Value =
  | { readonly tensor: Tensor; readonly format?: undefined }
  | {
    readonly tensor: ShortTensor;
    readonly format: ActivationFormat;
    /** Where it is asked for: the same before rounding, in the same units, inside the format. */
    readonly exact?: Float32Array;
  };

/** A value in integers. */
type IntegerTensor = Extract<Value, { format: ActivationFormat }>;

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
  /** Takes a tensor that lasts until the runner is disposed. */
  readonly keep: (tensor: Tensor) => Tensor;
}

/**
 * Unpacks the weights of a model with calibrated activations once, for any number of batches. `exact`: values in
 * integers come with what they were before rounding. Throws an Error where sums could leave their 32 bits: whoever made
 * the model may not have asked, and what wraps is no answer.
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
  assertSumsFit(model, quantization);
  const kept: Tensor[] = [];
  const keep = (tensor: Tensor) => {
    kept.push(tensor);
    return tensor;
  };
  const workshop = { room, model, quantization, exact, keep };
  const works = worksOf(workshop);
  const last = lastReaders(model, model.outputs);
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
          giveBack(values, last.get(name) ?? [], tensorOf, x);
        }
        return asTensor(room, values.get(model.outputs[0]!)!);
      }),
    dispose: () => kept.forEach((tensor) => tensor.dispose()),
  };
}

/** What each layer does, in their order. */
function worksOf(workshop: Workshop): readonly Work[] {
  const { model, quantization } = workshop;
  const formats = heldFormats(model, quantization);
  return model.layers.map((layer): Work => {
    const input = formats.get(layer.inputs[0]!);
    return input !== undefined && keepsFormat(layer)
      ? moved(workshop, layer, formats.get(layer.name) !== undefined)
      : workOf(workshop, layer, input);
  });
}

/** Where a value lies. */
const tensorOf = ({ tensor }: Value): Tensor => "pairs" in tensor ? tensor.pairs : tensor;

/** A layer that moves values or picks the largest does so with integers; padding adds the integer of 0. */
function moved(workshop: Workshop, layer: Layer, held: boolean): Work {
  const { room, quantization: { rules }, exact } = workshop;
  const run = inReals(workshop, layer);
  return ([first]) => {
    const { tensor: x, format } = first as IntegerTensor;
    const integers = run([room.nn.realsOfShort(x, 1)]);
    const tensor = room.nn.quantizeShort(integers, { ...shortFormat(format, rules), scale: 1 });
    const value = { tensor, format };
    if (!held) return { tensor: asTensor(room, value) };
    return exact ? { ...value, exact: room.values(integers) } : value;
  };
}

function workOf(workshop: Workshop, layer: Layer, input: ActivationFormat | undefined): Work {
  const { room, model, quantization } = workshop;
  if (input !== undefined && hasKernel(layer)) {
    const constants = integerLayer(model, layer, input, quantization.rules);
    if (constants !== undefined) return accumulated(workshop, layer, constants);
  }
  const scheme = dynamicScheme(quantization);
  if (scheme !== undefined && hasKernel(layer) && kindOf(layer).integers.dynamic) {
    const dense = dynamicDense(workshop, layer, scheme);
    if (dense !== undefined) return ([first]) => ({ tensor: dense(asTensor(room, first!)) });
  }
  const run = inReals(workshop, layer);
  return (inputs) => {
    const at = roundedAtOnce(workshop, layer, inputs);
    if (at !== undefined) return at;
    const result = run(inputs.map((value) => asTensor(room, value)));
    return inFormat(workshop, result, layer.name);
  };
}

/** The layer on integers alone, if it can do that and all that it reads and makes are integers. */
function roundedAtOnce(
  { room, quantization: { activations, rules }, exact }: Workshop,
  layer: Layer,
  values: readonly Value[],
): IntegerTensor | undefined {
  const format = activations[layer.name];
  const inputs = values.flatMap(({ tensor: x, format }) =>
    format === undefined ? [] : [{ x: x as ShortTensor, scale: format.scale }]
  );
  if (exact || format === undefined || inputs.length < values.length) return undefined;
  const to = shortFormat(format, rules);
  const tensor = kindOf(layer).integers.rounded?.(layer, { room, inputs, to });
  return tensor && { tensor, format };
}

/** The layer in real numbers, with decoded weights. */
function inReals(
  { room, model, keep }: Workshop,
  layer: Layer,
): (inputs: readonly Tensor[]) => Tensor {
  const weights = new Map(
    ROLES.flatMap((role) => {
      const weight = model.weights[weightName(layer, role)];
      return weight ? [[role, keep(room.tensor(decodeWeight(weight), weight.shape))] as const] : [];
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
  { weights, shape, bias, scales }: IntegerLayer,
): Work {
  const { room, quantization: { rules, activations }, exact, keep } = workshop;
  const { nn } = room;
  const kernel = keep(room.tensor(weights, shape, "int32"));
  const format = activations[layer.name];
  const bounds = format && boundsOf(layer.activation, format, rules);
  const product = <E extends IntegerEnd>(x: ShortTensor, end: E) =>
    kindOf(layer).integers.product!(layer, { room, x, kernel, end });
  const reals = nn.integerEnd({ use: "reals", bias, scales });
  keep(reals.table);
  if (format === undefined || bounds === undefined) {
    return ([first]) => {
      const y = nn.activate(product((first as IntegerTensor).tensor, reals), layer.activation);
      return inFormat(workshop, y, layer.name);
    };
  }
  const end = nn.integerEnd(REQUANTIZE[rules]({ bias, scales, scale: format.scale, ...bounds }));
  keep(end.table);
  return ([first]) => {
    const { tensor: x } = first as IntegerTensor;
    const value = { tensor: product(x, end), format };
    if (!exact) return value;
    const before = room.values(product(x, reals));
    return { ...value, exact: steps(before, format.scale, bounds) };
  };
}

/** The smallest and the largest centred integer of a format. */
const centred = ({ zero, minimum, maximum }: ActivationFormat): Integers => ({
  low: minimum - zero,
  high: maximum - zero,
});

/** How reals become centred integers of a format. */
const shortFormat = (format: ActivationFormat, rules: Quantization["rules"]): ShortFormat => ({
  scale: format.scale,
  ...centred(format),
  ties: RULES[rules].ties,
});

/** Bounds of the centred integers behind an activation that only cuts; undefined for one that bends. */
function boundsOf(
  activation: Activation,
  format: ActivationFormat,
  rules: Quantization["rules"],
): Integers | undefined {
  const { low, high } = centred(format);
  if (activation === "linear") return { low, high };
  if (activation === "relu") return { low: Math.max(low, 0), high };
  if (activation !== "relu6") return undefined;
  const six = RULES[rules].round(Math.fround(6 / format.scale));
  return { low: Math.max(low, 0), high: Math.min(high, six) };
}

const asTensor = (room: Room, value: Value): Tensor =>
  value.format === undefined
    ? value.tensor
    : room.nn.realsOfShort(value.tensor, value.format.scale);

/** Reals in steps of a format, inside it. */
function steps(reals: Float32Array, scale: number, { low, high }: Integers): Float32Array {
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
  const to = shortFormat(format, rules);
  const value = { tensor: room.nn.quantizeShort(tensor, to), format };
  if (!exact) return value;
  return { ...value, exact: steps(room.values(tensor), to.scale, to) };
}
