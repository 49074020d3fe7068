import assert from "node:assert/strict";
import { asBert, rowsAside } from "../../../../../ops/formats/safetensors/transformers/roberta.ts";

const tensor = (shape: readonly number[], ...bytes: number[]) => ({
  ...{ dtype: "U8" as const, shape },
  bytes: Uint8Array.from(bytes),
});

Deno.test("positions begin behind the padding's number, and names are BERT's", () => {
  const file = {
    metadata: { format: "pt" },
    tensors: new Map([
      [
        "roberta.embeddings.position_embeddings.weight",
        tensor([4, 2], 0, 1, 2, 3, 4, 5, 6, 7),
      ],
      ["roberta.embeddings.word_embeddings.weight", tensor([1, 2], 8, 9)],
      ["classifier.dense.weight", tensor([1], 1)],
      ["classifier.dense.bias", tensor([1], 2)],
      ["classifier.out_proj.weight", tensor([1], 3)],
      ["classifier.out_proj.bias", tensor([1], 4)],
    ]),
  };
  assert.equal(rowsAside(1), 2);
  const { tensors, metadata } = asBert(file, 1);
  assert.equal(metadata, file.metadata);
  assert.deepEqual([...tensors.keys()], [
    "embeddings.position_embeddings.weight",
    "embeddings.word_embeddings.weight",
    "pooler.dense.weight",
    "pooler.dense.bias",
    "classifier.weight",
    "classifier.bias",
  ]);
  assert.deepEqual(
    tensors.get("embeddings.position_embeddings.weight"),
    tensor([2, 2], 4, 5, 6, 7),
  );
  assert.deepEqual(tensors.get("embeddings.word_embeddings.weight"), tensor([1, 2], 8, 9));
});

Deno.test("of a file that has fewer positions none is left", () => {
  const file = {
    metadata: {},
    tensors: new Map([["embeddings.position_embeddings.weight", tensor([2, 1], 5, 6)]]),
  };
  assert.deepEqual(
    asBert(file, 4).tensors.get("embeddings.position_embeddings.weight"),
    tensor([0, 1]),
  );
});
