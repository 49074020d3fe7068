import assert from "node:assert/strict";
import { ParameterError } from "../../../../engine/op.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { build } from "../../../../ops/formats/model.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { bert } from "../../../../ops/model/zoo/bert.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { encodeSafetensors } from "../../../../ops/formats/safetensors/model_file.ts";
import {
  type StoredTensor,
  writeSafetensors,
} from "../../../../ops/formats/safetensors/safetensors_file.ts";
import { readWeights } from "../../../../ops/formats/safetensors/load_weights.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";
import { quantizedNetwork } from "../onnx/support/quantized_network.ts";
import { runContext } from "../../run_context.ts";
import { assertClose } from "../../../close.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

const params = { use: "bert", depth: 2, hidden: 8, heads: 2, feedforward: 12 } as const;
const full = {
  ...params,
  ...{ vocabulary: 13, dropout: 0, input: [6], outputs: 3, seed: 0, weights: "./w.safetensors" },
};
const contextOf = (file: Uint8Array) => runContext({ files: { "./w.safetensors": file } } as never);

const torch = JSON.parse(
  await Deno.readTextFile(new URL("../../model/networks/encoder_by_torch.json", import.meta.url)),
);
const network = bert.build([6], 3, { ...params, vocabulary: 13, dropout: 0 });

/** torch's encoder under the names of published checkpoints, kernels as torch has them. */
function checkpoint(more: Readonly<Record<string, StoredTensor>> = {}, without?: RegExp) {
  const tensors = new Map<string, StoredTensor>();
  const put = (name: string, shape: readonly number[], values: ArrayLike<number>) => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    tensors.set(name, { dtype: "F32", shape, bytes });
  };
  const names: [RegExp, string][] = [
    [/^embedding.tokens\/kernel/, "bert.embeddings.word_embeddings.weight"],
    [/^embedding.norm\/gamma/, "bert.embeddings.LayerNorm.gamma"],
    [/^embedding.norm\/beta/, "bert.embeddings.LayerNorm.beta"],
    [/^block(\d).attention.(query|key|value)/, "bert.encoder.layer.#.attention.self.$2"],
    [/^block(\d).attention.output/, "bert.encoder.layer.#.attention.output.dense"],
    [/^block(\d).norm1/, "bert.encoder.layer.#.attention.output.LayerNorm"],
    [/^block(\d).feedforward.dense1/, "bert.encoder.layer.#.intermediate.dense"],
    [/^block(\d).feedforward.dense2/, "bert.encoder.layer.#.output.dense"],
    [/^block(\d).norm2/, "bert.encoder.layer.#.output.LayerNorm"],
    [/^head.pooler/, "bert.pooler.dense"],
    [/^head.dense/, "classifier"],
  ];
  const { weights } = initialModel(network, 0);
  for (const [name, values] of Object.entries(torch.weights as Record<string, number[]>)) {
    const { shape } = weights[name]!;
    if (name === "embedding.positions/kernel") {
      // Eight rows where six are read, the first segment's row taken out of each.
      const segment = Array.from({ length: 8 }, (_, c) => c / 4);
      const rows = values.map((value, i) => value - segment[i % 8]!);
      put("bert.embeddings.position_embeddings.weight", [8, 8], [...rows, ...Array(16).fill(9)]);
      put("bert.embeddings.token_type_embeddings.weight", [2, 8], [
        ...segment,
        ...Array(8).fill(5),
      ]);
      continue;
    }
    const [pattern, theirs] = names.find(([pattern]) => pattern.test(name))!;
    const block = Number(/^block(\d)/.exec(name)?.[1] ?? 1) - 1;
    const [layer] = name.match(pattern)!;
    const stem = layer.replace(pattern, theirs).replace("#", `${block}`);
    const [, role] = name.split("/");
    const kernel = role === "kernel" && !name.startsWith("embedding");
    const [rows, columns] = shape as [number, number];
    const arranged = kernel
      ? values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!)
      : values;
    const full = /\.(weight|gamma|beta)$/.test(stem)
      ? stem
      : `${stem}.${role === "bias" || role === "beta" ? "bias" : "weight"}`;
    put(full, kernel ? [columns, rows] : shape, arranged);
  }
  for (const [name, tensor] of Object.entries(more)) tensors.set(name, tensor);
  for (const name of [...tensors.keys()]) if (without?.test(name)) tensors.delete(name);
  return writeSafetensors({ tensors, metadata: { format: "pt" } });
}

const loaded = (file: Uint8Array, context = contextOf(file)) =>
  build.run({}, full as never, context) as Promise<Model>;

Deno.test("a published checkpoint's names: kernels turned round, the segment's row in the positions, torch's logits", async () => {
  const model = await loaded(checkpoint());
  assert.equal(model.learned, true);
  const logits = await withTensors((room) =>
    inferLogits(room, model, { count: 3, x: Int32Array.from(torch.tokens), y: null })
  );
  assertClose(logits, Float32Array.from(torch.logits), 1e-5);
  const file = checkpoint();
  assert.deepEqual(await readWeights(network, "./w.safetensors", 0, contextOf(file)), model);
});

Deno.test("a file of our own export is read by our names, its integers decoded", async () => {
  const quantized = quantizedNetwork(network);
  const model = await loaded(encodeSafetensors(quantized));
  for (const [name, weight] of Object.entries(quantized.weights)) {
    assert.deepEqual(model.weights[name]!.encoding, { use: "f32" });
    assert.deepEqual(model.weights[name]!.data, decodeWeight(weight));
  }
});

Deno.test("a checkpoint without a head gets a new one, and a warning; without anything else it is refused", async () => {
  const context = contextOf(checkpoint({}, /^classifier/));
  const model = await loaded(new Uint8Array(), context);
  assert.deepEqual(
    model.weights["head.dense/kernel"],
    initialModel(network, 0).weights["head.dense/kernel"],
  );
  assert.deepEqual(context.reported.warnings, [
    "head.dense is drawn at random: the file has no weights for it",
  ]);
  const whole = contextOf(checkpoint());
  await loaded(new Uint8Array(), whole);
  assert.deepEqual(whole.reported.warnings, []);
  const refused = async (file: Uint8Array, message: RegExp) =>
    await assert.rejects(
      loaded(file),
      (error) =>
        error instanceof ParameterError && error.path === "weights" && error.code === "source" &&
        error.help === "a safetensors file of this network's shapes" && message.test(error.message),
    );
  await refused(
    checkpoint({}, /layer.1.output.dense/),
    /^`.\/w.safetensors` does not fit: it has no block2.feedforward.dense2\/kernel and 1 more; it has bert.embeddings.word_embedding…, bert.embeddings.position_embed…, bert.embeddings.token_type_emb…, …$/,
  );
  await refused(
    checkpoint({}, /layer.1.output.dense.bias/),
    /: it has no block2.feedforward.dense2\/bias; it has bert.embeddings.word_embedding…, /,
  );
  const short: StoredTensor = { dtype: "F32", shape: [12, 8], bytes: new Uint8Array(12 * 8 * 4) };
  await refused(
    checkpoint({ "bert.embeddings.word_embeddings.weight": short }),
    /word_embeddings.weight` is 12×8, and `embedding.tokens\/kernel` is 13×8/,
  );
  await refused(ascii("not at all"), /no safetensors file/);
  await refused(
    Uint8Array.of(0x89, ...ascii("HDF\r\n\x1a\n\0\0")),
    /`.\/w.safetensors` is a model that Keras saved \(.keras or .h5\), and weights are read from safetensors$/,
  );
  await refused(new Uint8Array(), /is empty, and weights are read from safetensors/);
});

Deno.test("with weights a model has learned, and the file is a source of the step", () => {
  const facts = build.facts({}, full as never) as { readonly learned: boolean };
  assert.equal(facts.learned, true);
  assert.deepEqual(build.source(full as never), ["./w.safetensors"]);
});

Deno.test("what the file says of itself is noted", async () => {
  const context = contextOf(checkpoint());
  await loaded(checkpoint(), context);
  assert.deepEqual(context.reported.notes, { provenance: { format: "pt" } });
});

Deno.test("a weight that is not finite is refused by name", async () => {
  const model = initialModel(network, 0);
  const [name, weight] = Object.entries(model.weights)[0]!;
  const data = (weight.data as Float32Array).slice();
  data[1] = NaN;
  const file = encodeSafetensors({
    ...model,
    weights: { ...model.weights, [name]: { ...weight, data } },
  });
  await assert.rejects(
    readWeights(network, "./w.safetensors", 0, contextOf(file)),
    new RegExp(`does not fit: weight "${name}" has a number that is not finite`),
  );
});
