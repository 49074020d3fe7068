import assert from "node:assert/strict";
import { publishedTensor, weightNamed } from "../../../../ops/formats/safetensors/named_weights.ts";
import type { StoredTensor } from "../../../../ops/formats/safetensors/safetensors_file.ts";

const tensor = (shape: readonly number[], ...values: number[]): StoredTensor => ({
  dtype: "F32",
  shape,
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});
const file = (tensors: Record<string, StoredTensor>) => ({
  tensors: new Map(Object.entries(tensors)),
  metadata: {},
});
const slot = (name: string, ...shape: number[]) => ({ name, shape } as never);

Deno.test("a tensor by our name is taken as it is, and must have our shape", () => {
  const found = file({ "a/kernel": tensor([2, 1], 1, 2) });
  assert.deepEqual(weightNamed(found, "mlp", slot("a/kernel", 2, 1)), Float32Array.of(1, 2));
  assert.equal(weightNamed(found, "mlp", slot("a/bias", 1)), undefined);
  assert.throws(
    () => weightNamed(found, "mlp", slot("a/kernel", 1, 2)),
    /its `a\/kernel` is 2×1, and `a\/kernel` is 1×2$/,
  );
});

Deno.test("of BERT's published names kernels are turned round, with the prefix or without", () => {
  const weight = tensor([2, 3], 1, 2, 3, 4, 5, 6);
  const turned = Float32Array.of(1, 4, 2, 5, 3, 6);
  for (const prefix of ["", "bert."]) {
    const found = file({ [`${prefix}encoder.layer.0.attention.self.query.weight`]: weight });
    assert.deepEqual(
      weightNamed(found, "bert", slot("block1.attention.query/kernel", 3, 2)),
      turned,
    );
    assert.equal(weightNamed(found, "mlp", slot("block1.attention.query/kernel", 3, 2)), undefined);
  }
  assert.throws(
    () =>
      weightNamed(file({ "classifier.weight": weight }), "bert", slot("head.dense/kernel", 2, 3)),
    /is 2×3, and `head.dense\/kernel` is 2×3 the other way round/,
  );
});

Deno.test("positions take the first rows, with the first segment's row added to each", () => {
  const found = file({
    "embeddings.position_embeddings.weight": tensor([3, 2], 1, 2, 3, 4, 5, 6),
    "embeddings.token_type_embeddings.weight": tensor([2, 2], 10, 20, 7, 7),
  });
  const positions = slot("embedding.positions/kernel", 2, 2);
  assert.deepEqual(weightNamed(found, "bert", positions), Float32Array.of(11, 22, 13, 24));
  assert.throws(
    () => weightNamed(found, "bert", slot("embedding.positions/kernel", 4, 2)),
    /is 3×2/,
  );
});

Deno.test("DistilBERT's names are found too, and said", () => {
  const names = {
    "head.pooler/bias": "pre_classifier.bias",
    "block2.attention.key/bias": "distilbert.transformer.layer.1.attention.k_lin.bias",
    "block1.norm2/gamma": "transformer.layer.0.output_layer_norm.weight",
    "embedding.norm/beta": "distilbert.embeddings.LayerNorm.bias",
  };
  for (const [ours, theirs] of Object.entries(names)) {
    const found = file({ [theirs]: tensor([2], 3, 4) });
    assert.deepEqual(weightNamed(found, "bert", slot(ours, 2)), Float32Array.of(3, 4));
    assert.equal(publishedTensor(found, "bert", ours), theirs);
    assert.equal(publishedTensor(found, "mlp", ours), undefined);
    assert.equal(publishedTensor(file({}), "bert", ours), undefined);
  }
});
