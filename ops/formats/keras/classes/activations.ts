/** Readers of activations, as layers and as what other layers end in. */
import { excerpt, quotedJson } from "../../../../engine/quote.ts";
import type { Activation } from "../../../../engine/tensor/mod.ts";
import { LEAKY_SLOPE } from "../../../model/kinds/attributes.ts";
import type { FunctionName } from "../../../model/kinds/functions.ts";
import type { Reading } from "../assembly.ts";
import { type Config, configOf } from "../config.ts";
import { isJsonObject } from "../../json_object.ts";
import { kerasActivations } from "../words.ts";
import { chainOf } from "./chain.ts";

/** What an activation is in a model here: what layers end in, or a layer of its own. */
type ActivationUse =
  | { readonly use: "fused"; readonly activation: Activation }
  | {
    readonly use: "function";
    readonly function: FunctionName;
    readonly parameters: readonly number[];
  }
  | { readonly use: "softmax"; readonly log: boolean };

const fused = (activation: Activation): ActivationUse => ({ use: "fused", activation });
const of = (name: FunctionName, ...parameters: number[]): ActivationUse => ({
  use: "function",
  function: name,
  parameters,
});

/** Hard sigmoids: of Keras 2 and tfjs, and of Keras 3. */
const hardSigmoid = { 2: of("hard-sigmoid", 0.2, 0.5), 3: of("hard-sigmoid", 1 / 6, 0.5) } as const;

const named: Readonly<Record<string, ActivationUse>> = {
  ...Object.fromEntries(
    Object.entries(kerasActivations).flatMap(([ours, name]): [string, ActivationUse][] =>
      typeof name === "string" ? [[name, fused(ours as Activation)]] : []
    ),
  ),
  "leaky_relu": fused("leaky-relu"),
  silu: of("swish"),
  swish: of("swish"),
  "hard_silu": of("hard-swish"),
  "hard_swish": of("hard-swish"),
  mish: of("mish"),
  selu: of("selu"),
  softplus: of("softplus"),
  softsign: of("softsign"),
  exponential: of("exponential"),
  "log_sigmoid": of("log-sigmoid"),
  celu: of("celu", 1),
  "hard_tanh": of("clip", -1, 1),
  "tanh_shrink": of("tanh-shrink"),
  "soft_shrink": of("soft-shrink", 0.5),
  "hard_shrink": of("hard-shrink", 0.5),
  squareplus: of("squareplus", 4),
  "sparse_sigmoid": of("hard-sigmoid", 0.5, 0.5),
  "gelu_new": of("gelu-tanh"),
  softmax: { use: "softmax", log: false },
  "log_softmax": { use: "softmax", log: true },
  // As tfjs writes them.
  hardSigmoid: hardSigmoid[2],
  logSoftmax: { use: "softmax", log: true },
};

/** Layers that are an activation, and what their configs say. */
const layers: Readonly<Record<string, (config: Config) => ActivationUse>> = {
  ReLU: relu,
  LeakyReLU: leakyRelu,
  ELU(config) {
    const alpha = config.number("alpha", 1);
    return alpha === 1 ? fused("elu") : of("elu", alpha);
  },
  ThresholdedReLU: (config) => of("threshold", config.number("theta", 1)),
};

/** Their classes. */
export const activationClasses: readonly string[] = Object.keys(layers);

/** A layer that is an activation, by its class. */
export function activationLayer(className: string, reading: Reading): string {
  return ended(layers[className]!(reading.config), reading, reading.inputs[0]!, "");
}

/** `Activation`. */
export function activation(reading: Reading): string {
  return ended(endingOf(reading), reading, reading.inputs[0]!, "");
}

/** `Softmax`, along any axis. */
export function softmax(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  const rank = shape!.length;
  const [axis = -1] = config.numbers("axis");
  const along = axis < 0 ? rank + axis : axis - 1;
  if (!(along >= 0 && along < rank)) throw config.wrong(`its axis is ${axis}`);
  if (along === rank - 1) return ended(named.softmax!, reading, reading.inputs[0]!, "");
  const order = shape!.map((_, at) => at === along ? rank - 1 : at === rank - 1 ? along : at);
  return chainOf(reading).transposed("turned", order).then("softmax", {
    kind: "softmax",
    log: false,
  })
    .transposed("", order).last;
}

/** `PReLU`: a slope for each channel, or for each value. */
export function prelu(reading: Reading): string {
  const { config, shapes: [shape], weight } = reading;
  const alpha = weight("alpha");
  if (alpha === undefined) throw config.wrong("the file has no weight `alpha` for it");
  const channels = shape!.at(-1)!;
  const size = shape!.reduce((product, extent) => product * extent, 1);
  const { values } = alpha;
  const chain = chainOf(reading);
  if (values.length === channels) {
    const weights = { gamma: { shape: [channels], values } };
    return chain.then("", { kind: "prelu" }, { weights }).last;
  }
  if (values.length !== size) throw config.wrong("some of its shared_axes cannot be read");
  return chain.as("values", [size])
    .then("slopes", { kind: "prelu" }, { weights: { gamma: { shape: [size], values } } })
    .as("", shape!).last;
}

/**
 * What another layer ends in: the activation that it computes itself, and what has to be added behind it, if that is
 * none of those.
 */
export function endingBehind(
  reading: Reading,
): { readonly fused: Activation; readonly add: (last: string) => string } {
  const ending = endingOf(reading);
  const onTheWayOut = reading.leaves && headOf(ending) !== undefined;
  if (ending.use === "fused" && !onTheWayOut) {
    return { fused: ending.activation, add: (last) => last };
  }
  return { fused: "linear", add: (last) => ended(ending, reading, last, "activation") };
}

/** What the head of a model would be, were this its end. */
function headOf(ending: ActivationUse): "softmax" | "sigmoid" | undefined {
  if (ending.use === "softmax") return ending.log ? undefined : "softmax";
  return ending.use === "fused" && ending.activation === "sigmoid" ? "sigmoid" : undefined;
}

/** Adds an ending: on the way out the head, else joined to the layer before where that can be, else a layer. */
function ended(ending: ActivationUse, reading: Reading, last: string, suffix: string): string {
  const head = reading.leaves ? headOf(ending) : undefined;
  if (head !== undefined) {
    reading.head(head);
    return last;
  }
  const chain = chainOf(reading, last);
  switch (ending.use) {
    case "fused": {
      const { activation } = ending;
      const joins = activation === "linear" || reading.fuse(activation);
      return joins ? last : chain.then(suffix, { kind: "activation", activation }).last;
    }
    case "softmax":
      return chain.then(suffix, { kind: "softmax", log: ending.log }).last;
    case "function": {
      const { parameters } = ending;
      return chain
        .then(suffix, {
          kind: "function",
          function: ending.function,
          parameters: [...parameters],
        }).last;
    }
  }
}

/** The activation in a config: a name, or a function or a layer as Keras 3 writes it. */
function endingOf({ name, config, keras }: Reading): ActivationUse {
  const value = config.raw("activation") ?? "linear";
  const written = isJsonObject(value) && value.class_name === "function" ? value.config : value;
  if (isJsonObject(written) && typeof written.class_name === "string") {
    const { class_name: className } = written;
    const read = Object.hasOwn(layers, className) ? layers[className] : undefined;
    const fields = isJsonObject(written.config) ? written.config : {};
    if (read !== undefined) return read(configOf(name, className, fields));
  }
  if (written === "hard_sigmoid") return hardSigmoid[keras];
  if (typeof written === "string" && Object.hasOwn(named, written)) return named[written]!;
  const text = typeof written === "string" ? `\`${excerpt(written)}\`` : quotedJson(written);
  throw config.wrong(
    `its activation ${text} cannot be read; these can: ${Object.keys(named).join(", ")}`,
  );
}

function relu(config: Config): ActivationUse {
  const most = config.raw("max_value") ?? null;
  const [slope, from] = [config.number("negative_slope", 0), config.number("threshold", 0)];
  if (most === null && from === 0) {
    if (slope === 0) return fused("relu");
    return leaky(slope);
  }
  if (most === 6 && from === 0 && slope === 0) return fused("relu6");
  // As far as float32 goes, where there is no limit.
  return of("bounded-relu", slope, from, config.number("max_value", 3.4028234663852886e38));
}

function leakyRelu(config: Config): ActivationUse {
  // Keras's default is 0.3; Keras 3 calls it negative_slope.
  return leaky(config.number("negative_slope", config.number("alpha", 0.3)));
}

function leaky(slope: number): ActivationUse {
  const usual = Math.fround(slope) === Math.fround(LEAKY_SLOPE);
  return usual ? fused("leaky-relu") : of("leaky-relu", slope);
}
