/**
 * The encoder of BERT (Devlin et al. 2019, arXiv 1810.04805): tokens in, the first position classified; or as DistilBERT
 * (Sanh et al. 2019, arXiv 1910.01108) and Sentence-BERT (Reimers & Gurevych 2019, arXiv 1908.10084) end it.
 */
import { LARGEST, OneOf, Type } from "../../../engine/op.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import type { Layer } from "../model.ts";
import { classifier, INPUT, network } from "./block.ts";
import { assertTokens, dropoutField, family, vocabularyField } from "./family.ts";

/** As in the published checkpoints. */
const EPSILON = 1e-12;
/** Hidden width : width of the feed-forward layers. */
const WIDENING = 4;

/**
 * `embedding.tokens`, `.positions`, `.norm`; blocks `block1 …` of `.attention.query`, `.key`, `.value`, `.core`,
 * `.output`, `.add1`, `.norm1`, `.feedforward.dense1` (gelu), `.dense2`, `.add2`, `.norm2`; `head.first` or `head.mean`,
 * `head.pooler` (tanh or relu), `head.dense`. Padding is token 0; where it is another, `embedding.mask` tells it from the
 * others. Where values are dropped, `.dropout` ends `embedding`, each
 * `.attention` and `.feedforward`, and stands before `head.dense`; weights of attention are not dropped. Of one
 * segment: its row can be part of the positions. So bert-base is 109,482,240 parameters with a pooler less 768 · 2 of
 * segments, at 512 tokens of 30,522.
 */
export const bert = family({
  options: Type.Object({
    depth: Type.Integer({
      minimum: 1,
      maximum: LARGEST.layers,
      examples: [4],
      description: "The number of blocks",
    }),
    hidden: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      examples: [128],
      description: "The numbers that a token is at every block",
    }),
    heads: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      examples: [4],
      description: "The heads of each attention; `hidden` is a multiple of it",
    }),
    feedforward: Type.Optional(Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      description:
        "The units between the two dense layers of a block; default: four times `hidden`",
    })),
    pooling: Type.Optional(OneOf(["first", "mean"], {
      description:
        "The row that is classified: the first token's, or the mean of all that are no padding; default: first",
    })),
    pooler: Type.Optional(OneOf(["tanh", "relu", "none"], {
      description:
        "The function of the dense layer of `hidden` units behind that row: tanh as in BERT, relu as in DistilBERT; none: there is no such layer; default: tanh",
    })),
    padding: Type.Optional(Type.Integer({
      minimum: 0,
      maximum: LARGEST.units,
      description: "The number of the token that is padding, which nothing attends to; default: 0",
    })),
    vocabulary: vocabularyField,
    dropout: dropoutField,
  }, { description: "BERT: a transformer encoder over tokens, classified by the first" }),
  build(input, outputs, options) {
    const { depth, hidden, heads, feedforward, vocabulary, dropout } = options;
    const { pooling = "first", pooler = "tanh", padding = 0 } = options;
    const { entries } = assertTokens("bert", input, vocabulary);
    if (hidden % heads !== 0) {
      throw new RangeError(`hidden ${hidden} cannot be divided among ${heads} heads`);
    }
    const build = builder(dropout);
    const mask = padding === 0 ? INPUT : build.add({
      name: "embedding.mask",
      kind: "function",
      function: "differs",
      parameters: [padding],
    }, INPUT);
    build.add(
      { name: "embedding.tokens", kind: "embedding", vocabulary: entries, size: hidden },
      INPUT,
    );
    build.add({ name: "embedding.positions", kind: "position" });
    build.add({ name: "embedding.norm", kind: "layer-norm", epsilon: EPSILON });
    build.drop("embedding");
    const wide = feedforward ?? hidden * WIDENING;
    for (let block = 1; block <= depth; block++) {
      encoderBlock(build, `block${block}`, { hidden, heads, wide, mask });
    }
    if (pooling === "first") build.add({ name: "head.first", kind: "first" });
    else build.add({ name: "head.mean", kind: "token-mean" }, build.last(), mask);
    if (pooler !== "none") build.dense("head.pooler", hidden, pooler);
    const end = build.drop("head");
    return network("bert", input, [...build.layers, classifier(end, outputs)]);
  },
});

function encoderBlock(
  build: EncoderBuilder,
  name: string,
  { hidden, heads, wide, mask }: {
    readonly hidden: number;
    readonly heads: number;
    readonly wide: number;
    readonly mask: string;
  },
): void {
  const start = build.last();
  const attention = `${name}.attention`;
  const sides = ["query", "key", "value"].map((side) =>
    build.dense(`${attention}.${side}`, hidden, "linear", start)
  );
  build.add({ name: `${attention}.core`, kind: "attention", heads }, ...sides, mask);
  build.dense(`${attention}.output`, hidden, "linear");
  const attended = build.drop(attention);
  build.add({ name: `${name}.add1`, kind: "add", activation: "linear" }, attended, start);
  const middle = build.add({ name: `${name}.norm1`, kind: "layer-norm", epsilon: EPSILON });
  build.dense(`${name}.feedforward.dense1`, wide, "gelu");
  build.dense(`${name}.feedforward.dense2`, hidden, "linear");
  const fed = build.drop(`${name}.feedforward`);
  build.add({ name: `${name}.add2`, kind: "add", activation: "linear" }, fed, middle);
  build.add({ name: `${name}.norm2`, kind: "layer-norm", epsilon: EPSILON });
}

type WithoutInputs<L> = L extends Layer ? Omit<L, "inputs"> : never;

type EncoderBuilder = ReturnType<typeof builder>;

/** Layers one behind another; each function gives the name of the layer that is now the last. */
function builder(rate: number) {
  const layers: Layer[] = [];
  const last = () => layers.at(-1)!.name;
  /** Reads the last layer, or those named. */
  const add = (layer: WithoutInputs<Layer>, ...inputs: readonly string[]): string => {
    layers.push({ ...layer, inputs: inputs.length > 0 ? inputs : [last()] } as Layer);
    return layer.name;
  };
  return {
    layers,
    last,
    add,
    dense: (name: string, units: number, activation: Activation, ...inputs: readonly string[]) =>
      add({ name, kind: "dense", units, bias: true, activation }, ...inputs),
    drop: (group: string) =>
      rate === 0 ? last() : add({ name: `${group}.dropout`, kind: "dropout", rate }),
  };
}
