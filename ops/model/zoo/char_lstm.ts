/** A language model of characters or words: recurrent layers over a sequence of tokens. */
import { LARGEST, OneOf, Type } from "../../../engine/op.ts";
import type { Layer } from "../model.ts";
import { classifier, INPUT, network } from "./block.ts";
import { assertTokens, dropoutField, embeddingField, family, vocabularyField } from "./family.ts";

/**
 * `embedding`, `lstm1 …`, each followed by `.dropout` where the rate is above 0, `head.dense` at every place or
 * behind the last one.
 */
export const charLstm = family({
  options: Type.Object({
    embedding: embeddingField,
    units: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      examples: [128],
      description: "The numbers in the state of each layer",
    }),
    depth: Type.Integer({
      minimum: 1,
      maximum: LARGEST.layers,
      default: 1,
      description: "The number of recurrent layers",
    }),
    answer: OneOf(["each", "last"], {
      default: "each",
      description:
        "The places that answer: each (what comes next), or the last for the whole text (its class)",
    }),
    dropout: dropoutField,
    vocabulary: vocabularyField,
  }, { description: "LSTM layers over characters or words" }),
  build(input, outputs, { embedding, units, depth, answer, dropout, vocabulary }) {
    const { entries } = assertTokens("char-lstm", input, vocabulary);
    const layers: Layer[] = [
      {
        name: "embedding",
        kind: "embedding",
        inputs: [INPUT],
        vocabulary: entries,
        size: embedding,
      },
    ];
    for (let index = 1; index <= depth; index++) {
      const [name, last] = [`lstm${index}`, layers.at(-1)!.name];
      const sequence = answer === "each" || index < depth;
      layers.push({ name, kind: "recurrent", inputs: [last], units, sequence, gates: "sigmoid" });
      if (dropout === 0) continue;
      layers.push({ name: `${name}.dropout`, kind: "dropout", inputs: [name], rate: dropout });
    }
    return network("char-lstm", input, [...layers, classifier(layers.at(-1)!.name, outputs)]);
  },
});
