/**
 * RoBERTa (Liu et al. 2019, arXiv 1907.11692) and those of its form as BERTs: positions are counted behind the number of
 * the padding token, and a classifier has its dense layer and its logits under names of its own.
 */
import type { SafetensorsFile, StoredTensor } from "../safetensors_file.ts";

const POSITIONS = "embeddings.position_embeddings.weight";

/** RoBERTa's names, and BERT's. */
const NAMES: Readonly<Record<string, string>> = {
  "classifier.dense.weight": "pooler.dense.weight",
  "classifier.dense.bias": "pooler.dense.bias",
  "classifier.out_proj.weight": "classifier.weight",
  "classifier.out_proj.bias": "classifier.bias",
};

/** Rows of positions that no text reaches: those up to the padding token's number. */
export const rowsAside = (padding: number): number => padding + 1;

/** The tensors as a BERT has them. */
export function asBert(file: SafetensorsFile, padding: number): SafetensorsFile {
  const tensors = [...file.tensors].map(([name, tensor]): [string, StoredTensor] => {
    const own = name.replace(/^roberta\./, "");
    if (own === POSITIONS) return [own, withoutRows(tensor, rowsAside(padding))];
    return [NAMES[own] ?? own, tensor];
  });
  return { ...file, tensors: new Map(tensors) };
}

function withoutRows({ dtype, shape, bytes }: StoredTensor, count: number): StoredTensor {
  const [rows = 0, ...row] = shape;
  const left = Math.max(0, rows - count);
  return {
    dtype,
    shape: [left, ...row],
    bytes: bytes.subarray((rows - left) * bytes.length / rows),
  };
}
