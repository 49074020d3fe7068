/** Convolutions over words, each filter's largest answer kept (Kim 2014, arXiv 1408.5882). */
import { LARGEST, ListOf, Type } from "../../../engine/op.ts";
import type { Layer, LayerOf } from "../model.ts";
import { denseHead, INPUT, network } from "./block.ts";
import { assertTokens, dropoutField, embeddingField, family, vocabularyField } from "./family.ts";

/**
 * `embedding`, its rows as an image of one column (`image`); per kernel size `conv1 …` with relu and its `.pool`, the
 * largest value of each filter; side by side in `join`; `join.dropout` where the rate is above 0; `dense1 …`;
 * `head.dense`. Kim's network is embedding 300, filters 100, kernels 3, 4, 5, dropout 0.5; padding counts as a word.
 */
export const textCnn = family({
  options: Type.Object({
    embedding: embeddingField,
    filters: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      examples: [64],
      description: "The filters of each kernel size",
    }),
    kernels: ListOf(Type.Integer({ minimum: 1, maximum: LARGEST.units }), {
      minItems: 1,
      default: [3, 4, 5],
      description: "The words that a filter sees at once, one size after another",
    }),
    dense: ListOf(Type.Integer({ minimum: 1, maximum: LARGEST.units }), {
      maxItems: LARGEST.layers,
      default: [],
      description: "The units of each hidden dense layer behind the convolutions",
    }),
    dropout: dropoutField,
    vocabulary: vocabularyField,
  }, { description: "Kim's convolutional network for sentences" }),
  build(input, outputs, { embedding, filters, kernels, dense, dropout, vocabulary }) {
    const { entries, length } = assertTokens("text-cnn", input, vocabulary);
    const layers: Layer[] = [
      {
        name: "embedding",
        kind: "embedding",
        inputs: [INPUT],
        vocabulary: entries,
        size: embedding,
      },
      { name: "image", kind: "reshape", inputs: ["embedding"], shape: [length, 1, embedding] },
    ];
    const pools = kernels.map((kernel, index) => {
      const [conv, pool] = branch(`conv${index + 1}`, kernel, filters);
      layers.push(conv, pool);
      return pool.name;
    });
    let last = pools[0]!;
    if (pools.length > 1) layers.push({ name: last = "join", kind: "concat", inputs: pools });
    if (dropout > 0) {
      layers.push({ name: "join.dropout", kind: "dropout", inputs: [last], rate: dropout });
      last = "join.dropout";
    }
    return network("text-cnn", input, [...layers, ...denseHead(last, dense, dropout, outputs)]);
  },
});

function branch(
  name: string,
  kernel: number,
  filters: number,
): [LayerOf<"conv">, LayerOf<"global-max-pool">] {
  const conv: LayerOf<"conv"> = {
    name,
    kind: "conv",
    inputs: ["image"],
    filters,
    kernel: [kernel, 1],
    strides: [1, 1],
    padding: "valid",
    dilations: [1, 1],
    bias: true,
    activation: "relu",
  };
  return [conv, { name: `${name}.pool`, kind: "global-max-pool", inputs: [name] }];
}
