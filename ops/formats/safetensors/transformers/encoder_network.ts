/** An encoder of transformers as a network of the zoo's `bert`. */
import { quoted } from "../../../../engine/quote.ts";
import type { Activation } from "../../../../engine/tensor/mod.ts";
import type { FunctionName } from "../../../model/kinds/functions.ts";
import type { Architecture, Layer } from "../../../model/model.ts";
import { bert } from "../../../model/zoo/bert.ts";
import type { EncoderConfig } from "./encoder_config.ts";

/** What is asked of an encoder. */
interface AskedEncoder {
  /** The tokens of a text; default: as many as the encoder has positions for. */
  readonly length?: number;
  /** Of a classifier: the width of its logits. */
  readonly classes?: number;
  /** Of an encoder without a classifier. */
  readonly output?: EncoderOutput;
}

/**
 * What an encoder without a classifier gives: the value of every token; that of the first, or what its pooler makes of
 * it; the mean of all that are no padding, which sentence-transformers calls a sentence's embedding.
 */
export const ENCODER_OUTPUTS = [
  "last_hidden_state",
  "first_token",
  "pooler_output",
  "sentence_embedding",
] as const;

/** One of them. */
export type EncoderOutput = typeof ENCODER_OUTPUTS[number];

/** `hidden_act` by the names of transformers: an activation of a dense layer, or a function behind it. */
const ACTIVATIONS: Readonly<
  Record<string, { readonly activation: Activation } | { readonly function: FunctionName }>
> = {
  gelu: { activation: "gelu" },
  relu: { activation: "relu" },
  tanh: { activation: "tanh" },
  ["gelu_new"]: { function: "gelu-tanh" },
  ["gelu_pytorch_tanh"]: { function: "gelu-tanh" },
  silu: { function: "swish" },
  swish: { function: "swish" },
  mish: { function: "mish" },
};

/** The network. Throws a RangeError for a function that is not known. */
export function encoderNetwork(
  config: EncoderConfig,
  { length = config.length, classes, output = "first_token" }: AskedEncoder,
): Architecture {
  const { type, depth, hidden, heads, feedforward, vocabulary, padding, dropout } = config;
  const classified = type === "distilbert" ? "relu" : "tanh";
  const network = bert.build([length], classes ?? 1, {
    depth,
    hidden,
    heads,
    feedforward,
    vocabulary,
    padding,
    dropout,
    pooling: output === "sentence_embedding" ? "mean" : "first",
    pooler: classes !== undefined || output === "pooler_output" ? classified : "none",
  });
  const layers = network.layers.flatMap((layer) => detailed(layer, config));
  if (classes === undefined) return baseOf({ ...network, layers }, output);
  return { ...network, layers, head: HEADS[config.problem] };
}

const HEADS = {
  ["single_label_classification"]: "softmax",
  ["multi_label_classification"]: "sigmoid",
  regression: "none",
} as const satisfies Record<EncoderConfig["problem"], Architecture["head"]>;

/** What makes one row of all tokens, and the classifier behind it: layers that an encoder's output may go without. */
function baseOf(network: Architecture, output: EncoderOutput): Architecture {
  const left = network.layers.filter(({ name }) =>
    output === "last_hidden_state"
      ? !name.startsWith("head.")
      : name !== "head.dropout" && name !== "head.dense"
  );
  return { ...network, layers: left, outputs: [left.at(-1)!.name], head: "none" };
}

/** A layer with the epsilon and the function that the config says. */
function detailed(layer: Layer, { epsilon, activation }: EncoderConfig): readonly Layer[] {
  if (layer.kind === "layer-norm") return [{ ...layer, epsilon }];
  const known = Object.hasOwn(ACTIVATIONS, activation) ? ACTIVATIONS[activation] : undefined;
  if (known === undefined) {
    throw new RangeError(
      `its config.json names the activation ${quoted(activation)}; ` +
        `${Object.keys(ACTIVATIONS).join(", ")} are known`,
    );
  }
  if (layer.kind !== "dense") return [layer];
  if (layer.name.endsWith(".feedforward.dense1")) {
    if ("activation" in known) return [{ ...layer, ...known }];
    const bent = { name: behind(layer.name), inputs: [layer.name], parameters: [] };
    return [{ ...layer, activation: "linear" }, { ...bent, kind: "function", ...known }];
  }
  if (!layer.name.endsWith(".feedforward.dense2") || "activation" in known) return [layer];
  return [{ ...layer, inputs: layer.inputs.map(behind) }];
}

const behind = (dense: string): string => dense.replace(/dense1$/, "activation");
