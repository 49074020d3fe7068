/** Encoders of transformers: its own files, and its own answers for texts with padding. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../../engine/tensor/room.ts";
import { load } from "../../../../../ops/formats/load.ts";
import {
  readSafetensors,
  type SafetensorsFile,
  type StoredTensor,
  writeSafetensors,
} from "../../../../../ops/formats/safetensors/safetensors_file.ts";
import type { AskedModel } from "../../../../../ops/formats/asked.ts";
import { readEncoder } from "../../../../../ops/formats/safetensors/transformers/read_encoder.ts";
import { inferLogits } from "../../../../../ops/model/infer.ts";
import type { Model } from "../../../../../ops/model/model.ts";
import { assertClose } from "../../../../close.ts";
import {
  encoderAnswers,
  encoderFiles,
  NETWORKS,
} from "../../../../fixtures/transformers/transformers.ts";
import { runContext } from "../../../run_context.ts";

refuseLeaks(true);

const TOLERANCE = 2e-5;

const fileOf = (network: string): SafetensorsFile =>
  readSafetensors(encoderFiles(network)[`${network}/model.safetensors`]!);
const configOf = (network: string): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(encoderFiles(network)[`${network}/config.json`]));

function read(
  network: string,
  asked: AskedModel = {},
  { file = fileOf(network), config = {} as object } = {},
): { readonly model: Model; readonly warnings: readonly string[] } {
  const { reported, ...context } = runContext();
  const bytes = new TextEncoder().encode(JSON.stringify({ ...configOf(network), ...config }));
  return { model: readEncoder(file, bytes, asked, context), warnings: reported.warnings };
}

const answersOf = (model: Model, tokens: readonly (readonly number[])[]) =>
  withTensors((room) =>
    inferLogits(room, model, {
      count: tokens.length,
      x: Float32Array.from(tokens.flat()),
      y: null,
    })
  );
/** The model reads texts as long as those that transformers answered for. */
const asLong = { input: [encoderAnswers("bert").tokens[0]!.length] };

Deno.test("classifiers answer as transformers does, padding left out", async () => {
  for (const network of ["bert", "distilbert", "roberta"]) {
    const { model, warnings } = read(network, asLong);
    const { tokens, logits } = encoderAnswers(network);
    assertClose(await answersOf(model, tokens), Float32Array.from(logits!.flat()), TOLERANCE);
    assert.deepEqual([model.head, model.learned, warnings], ["softmax", true, []]);
  }
  assert.deepEqual(read("bert").model.classes, ["bad", "so-so", "good"]);
  assert.deepEqual(read("distilbert").model.classes, []);
});

Deno.test("encoders give the first token, the mean of a text, or their pooler's row, as transformers does", async () => {
  for (const network of NETWORKS) {
    if (encoderAnswers(network).logits !== undefined) continue;
    const { tokens, first, mean, pooler } = encoderAnswers(network);
    const expected = {
      "first_token": first,
      "sentence_embedding": mean,
      "pooler_output": pooler,
    };
    for (const [output, rows] of Object.entries(expected)) {
      if (rows === undefined) continue;
      const { model } = read(network, { ...asLong, output });
      assert.equal(model.head, "none");
      assertClose(await answersOf(model, tokens), Float32Array.from(rows.flat()), TOLERANCE);
    }
  }
});

Deno.test("the last hidden state is a row of each token; the first of them is the first token's", async () => {
  const { tokens, first } = encoderAnswers("distilbert_base");
  const { model } = read("distilbert_base", { ...asLong, output: "last_hidden_state" });
  const states = await answersOf(model, tokens);
  const width = first[0]!.length;
  const found = tokens.flatMap((row, sample) => {
    const start = sample * row.length * width;
    return [...states.slice(start, start + width)];
  });
  assertClose(Float32Array.from(found), Float32Array.from(first.flat()), TOLERANCE);
  assert.equal(model.outputs[0], "block2.norm2");
});

Deno.test("an encoder alone gives its pooler's row where it has a pooler, else the first token", () => {
  assert.deepEqual(read("minilm").model.outputs, ["head.pooler"]);
  assert.deepEqual(read("distilbert_base").model.outputs, ["head.first"]);
  assert.deepEqual(read("minilm").warnings, []);
  assert.deepEqual(read("minilm", { output: "sentence_embedding" }).warnings, []);
});

Deno.test("layers of another task are left out, which is said", () => {
  const { model, warnings } = read("masked_lm");
  assert.deepEqual(model.outputs, ["head.first"]);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^the encoder is read alone: cls\.predictions\..* left out$/);
});

Deno.test("through load: the file finds its config beside it, and both are weighed", async () => {
  const files = encoderFiles("bert");
  const from = "bert/model.safetensors";
  const model = await load.run({}, { from, preserve: [] }, runContext({ files }));
  assert.deepEqual(load.beside!(from, files[from]!), ["config.json"]);
  assert.equal(model.inputs[0]!.shape[0], 12);
  const lengths = Object.values(files).map(({ length }) => length);
  assert.equal(model.files!.encoded, lengths.reduce((sum, length) => sum + length));
  const broken = { ...files, "bert/config.json": new TextEncoder().encode("{") };
  await assert.rejects(
    async () => await load.run({}, { from, preserve: [] }, runContext({ files: broken })),
    /`bert\/model.safetensors` cannot be read: its config.json is no JSON$/,
  );
});

const changed = (change: (tensors: Map<string, StoredTensor>) => void): SafetensorsFile => {
  const { tensors, metadata } = fileOf("bert");
  const copy = new Map(tensors);
  change(copy);
  return readSafetensors(writeSafetensors({ tensors: copy, metadata }));
};

Deno.test("files that do not fit their config are refused in a sentence", () => {
  const wrong = (pattern: RegExp, config: object, file?: SafetensorsFile) =>
    assert.throws(() => read("bert", {}, { config, ...file && { file } }), pattern);
  wrong(
    /^RangeError: its `bert.embeddings.position_embeddings.weight` is 12×16, and /,
    { max_position_embeddings: 13 },
  );
  wrong(/^RangeError: it has nothing for block3.attention.query\/kernel$/, {
    num_hidden_layers: 3,
  });
  wrong(
    /^RangeError: it has bert.encoder.layer.1.attention.*, for which its config.json has no layer$/,
    { num_hidden_layers: 1 },
  );
  wrong(/^RangeError: hidden 16 cannot be divided among 5 heads$/, { num_attention_heads: 5 });
  const headless = changed((tensors) => tensors.delete("classifier.weight"));
  wrong(
    /^RangeError: it has no classifier.weight, and its config.json says "BertForSequence/,
    {},
    headless,
  );
  const infinite = changed((tensors) => {
    const bias = tensors.get("classifier.bias")!;
    tensors.set("classifier.bias", {
      ...bias,
      bytes: new Uint8Array(Uint16Array.of(0, 0x7c00, 0).buffer),
    });
  });
  wrong(/^RangeError: its "classifier.bias" holds a number that is not finite$/, {}, infinite);
  const more = changed((tensors) =>
    tensors.set("classifier.scale", tensors.get("classifier.bias")!)
  );
  wrong(/^RangeError: it has classifier.scale, for which its config.json has no layer$/, {}, more);
  assert.throws(
    () => read("bert", { output: "first_token" }),
    /the encoder has no output "first_token"; it has logits alone/,
  );
  assert.throws(
    () => read("distilbert_base", { output: "pooler_output" }),
    /the encoder has no output "pooler_output"; it has last_hidden_state, first_token.* sentence_embedding/,
  );
  for (const input of [[13], [3, 4]]) {
    assert.throws(
      () => read("bert", { input }),
      /^UnreadableModelError: the encoder has positions for 12 tokens, and samples of (13|3×4) are /,
    );
  }
});

Deno.test("where a config names no class, a classifier among the weights makes one", () => {
  const { model } = read("bert", {}, { config: { architectures: null } });
  assert.deepEqual(model.outputs, ["head.dense"]);
  const base = read("minilm", {}, { config: { architectures: undefined } });
  assert.deepEqual(base.model.outputs, ["head.pooler"]);
});
