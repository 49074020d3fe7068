/** Names of BERT's weights in published checkpoints (Hugging Face's `BertForSequenceClassification`). */
import type { Source } from "./named_weights.ts";

/** Our layers outside and inside of blocks, and theirs. */
const LAYERS: Readonly<Record<string, string>> = {
  "embedding.tokens": "embeddings.word_embeddings",
  "embedding.positions": "embeddings.position_embeddings",
  "embedding.norm": "embeddings.LayerNorm",
  "head.pooler": "pooler.dense",
  "head.dense": "classifier",
};
const IN_BLOCK: Readonly<Record<string, string>> = {
  "attention.query": "attention.self.query",
  "attention.key": "attention.self.key",
  "attention.value": "attention.self.value",
  "attention.output": "attention.output.dense",
  norm1: "attention.output.LayerNorm",
  "feedforward.dense1": "intermediate.dense",
  "feedforward.dense2": "output.dense",
  norm2: "output.LayerNorm",
};
/** The oldest checkpoints call the numbers of a normalisation as we do. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  kernel: ["weight"],
  bias: ["bias"],
  gamma: ["weight", "gamma"],
  beta: ["bias", "beta"],
};
/** What stands before a name: the model's own, or nothing where the encoder alone was saved. */
const PREFIXES = ["bert.", ""];
const SEGMENTS = "embeddings.token_type_embeddings.weight";

/** Where a checkpoint has a weight of ours, of the tensors that it `has`; undefined where it has none. */
export function bertTensor(weight: string, has: (name: string) => boolean): Source | undefined {
  const [layer, role] = weight.split("/") as [string, string];
  const [, block, inside] = /^block(\d+)\.(.+)$/.exec(layer) ?? [];
  const theirs = block === undefined
    ? LAYERS[layer]
    : IN_BLOCK[inside!] && `encoder.layer.${Number(block) - 1}.${IN_BLOCK[inside!]}`;
  if (theirs === undefined) return undefined;
  for (const prefix of PREFIXES) {
    const name = ROLES[role]?.map((each) => `${prefix}${theirs}.${each}`).find(has);
    if (name === undefined) continue;
    if (layer === "embedding.tokens") return { name };
    // One segment is all that we have: its row is part of every position.
    if (layer === "embedding.positions") {
      return { name, firstRows: true, plusFirstRowOf: `${prefix}${SEGMENTS}` };
    }
    return { name, transposed: role === "kernel" };
  }
  return undefined;
}
