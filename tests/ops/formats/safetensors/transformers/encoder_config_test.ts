import assert from "node:assert/strict";
import {
  encoderConfig,
  saidInConfig,
} from "../../../../../ops/formats/safetensors/transformers/encoder_config.ts";

const of = (config: unknown) =>
  encoderConfig(
    new TextEncoder().encode(typeof config === "string" ? config : JSON.stringify(config)),
  );

Deno.test("what a config leaves out is as in transformers", () => {
  const usual = {
    ...{ vocabulary: 30522, hidden: 768, heads: 12, feedforward: 3072, length: 512, padding: 0 },
    ...{ dropout: 0.1, epsilon: 1e-12, activation: "gelu", classes: [] },
    problem: "single_label_classification",
  };
  assert.deepEqual(of({ model_type: "bert" }), { ...usual, type: "bert", depth: 12 });
  assert.deepEqual(of({ model_type: "distilbert" }), { ...usual, type: "distilbert", depth: 6 });
});

Deno.test("each field has its name in BERT and in DistilBERT", () => {
  const common = {
    ...{ vocabulary: 9, hidden: 8, depth: 3, heads: 2, feedforward: 5, length: 7, padding: 4 },
    ...{ dropout: 0.3, activation: "relu", classes: ["no", "yes"], class: "A" },
    problem: "regression",
  };
  const shared = {
    ...{ architectures: ["A"], vocab_size: 9, max_position_embeddings: 7, pad_token_id: 4 },
    ...{ id2label: { 1: "yes", 0: "no" }, problem_type: "regression" },
  };
  const bert = {
    ...{ model_type: "bert", hidden_size: 8, num_hidden_layers: 3, num_attention_heads: 2 },
    ...{ intermediate_size: 5, hidden_dropout_prob: 0.3, hidden_act: "relu", layer_norm_eps: 1e-5 },
  };
  assert.deepEqual(of({ ...shared, ...bert }), { ...common, type: "bert", epsilon: 1e-5 });
  const distil = {
    ...{ model_type: "distilbert", dim: 8, n_layers: 3, n_heads: 2, hidden_dim: 5 },
    ...{ dropout: 0.3, activation: "relu" },
  };
  const expected = { ...common, type: "distilbert", epsilon: 1e-12 };
  assert.deepEqual(of({ ...shared, ...distil }), expected);
});

Deno.test("of a RoBERTa positions are counted behind the padding's number", () => {
  const { type, length, padding, vocabulary } = of({ model_type: "roberta" });
  assert.deepEqual({ type, length, padding, vocabulary }, {
    ...{ type: "roberta", length: 510, padding: 1, vocabulary: 50265 },
  });
  for (const type of ["xlm-roberta", "camembert"]) {
    const few = of({ "model_type": type, max_position_embeddings: 5, pad_token_id: 3 });
    assert.deepEqual([few.type, few.length, few.padding], ["roberta", 1, 3]);
  }
});

Deno.test("classes without names have none", () => {
  const classes = (id2label: unknown) => of({ model_type: "bert", id2label }).classes;
  assert.deepEqual(classes({ 0: "LABEL_0", 1: "LABEL_1" }), []);
  assert.deepEqual(classes({ 0: "LABEL_1", 1: "LABEL_0" }), ["LABEL_1", "LABEL_0"]);
  assert.deepEqual(classes(null), []);
});

const wrong: readonly (readonly [unknown, RegExp])[] = [
  ["{", /^RangeError: its config.json is no JSON$/],
  ["[]", /^RangeError: its config.json is no "\{ … \}"$/],
  [
    {},
    /`model_type` in its config.json is null; bert, roberta, xlm-roberta, camembert and distilbert are /,
  ],
  [{ model_type: "gpt2" }, /`model_type` in its config.json is "gpt2"; bert, roberta/],
  [
    { model_type: "roberta", max_position_embeddings: 3, pad_token_id: 2 },
    /`max_position_embeddings` .* is 3; more than 3 is needed$/,
  ],
  [{ hidden_size: 1.5 }, /`hidden_size` .* is 1.5; a whole number from 1 to 1000000 is needed$/],
  [{ hidden_size: 0 }, /`hidden_size` .* is 0; /],
  [{ num_hidden_layers: 2001 }, /`num_hidden_layers` .* a whole number from 1 to 2000 is needed$/],
  [{ num_attention_heads: "12" }, /`num_attention_heads` in its config.json is "12"/],
  [{ vocab_size: 5, pad_token_id: 5 }, /`pad_token_id` .* is 5; a whole number from 0 to 4 /],
  [{ hidden_dropout_prob: 1 }, /`hidden_dropout_prob` .* is 1; a number from 0 up to 1 is needed$/],
  [{ layer_norm_eps: -1 }, /`layer_norm_eps` .* is -1/],
  [{ hidden_act: {} }, /`hidden_act` .* is \{\}; a name is needed$/],
  [{ position_embedding_type: "relative_key" }, /"relative_key"; absolute is the one /],
  [
    { is_decoder: true },
    /`is_decoder` in its config.json is true; an encoder is what can be read$/,
  ],
  [{ add_cross_attention: true }, /`add_cross_attention` .* is true/],
  [{ problem_type: "ranking" }, /`problem_type` .* is "ranking"; single_label_classification, /],
  [{ id2label: { 0: "a\u0007" } }, /`id2label` .*; a name for each class from 0 on is needed$/],
  [{ id2label: { 1: "a" } }, /`id2label` .*; a name for each class from 0 on is needed$/],
  [{ id2label: ["a"] }, /`id2label` in its config.json is \["a"\]/],
];

Deno.test("a field that is not as it should be is named", () => {
  for (const [config, pattern] of wrong) {
    const whole = typeof config === "string" || Object.keys(config as object).length === 0 ||
      "model_type" in (config as object);
    assert.throws(() => of(whole ? config : { model_type: "bert", ...config as object }), pattern);
  }
});

Deno.test("of a config is taken over what made the model, and its licence", () => {
  const said = (config: unknown) => saidInConfig(new TextEncoder().encode(JSON.stringify(config)));
  const config = { license: "mit", architectures: ["A", "B"], "model_type": "bert" };
  assert.deepEqual(said({ ...config, transformers_version: "4.48.3", _name_or_path: "x/y" }), {
    ...{ license: "mit", "_name_or_path": "x/y", architectures: "A, B" },
    ...{ "model_type": "bert", "transformers_version": "4.48.3" },
  });
  assert.deepEqual(said({}), {});
  assert.throws(() => said([]), /^RangeError: its config.json is no "{ … }"$/);
});

Deno.test("a config that is far larger than any is refused before it is parsed", () => {
  assert.throws(
    () => encoderConfig(new Uint8Array(2 ** 21 + 1)),
    new RangeError("its config.json has 2097153 bytes, and 2097152 is the most"),
  );
  assert.throws(() => encoderConfig(new Uint8Array(2 ** 21)), /its config.json is no JSON/);
});
