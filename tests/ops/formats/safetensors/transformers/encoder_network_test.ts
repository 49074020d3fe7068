import assert from "node:assert/strict";
import type { EncoderConfig } from "../../../../../ops/formats/safetensors/transformers/encoder_config.ts";
import { encoderNetwork } from "../../../../../ops/formats/safetensors/transformers/encoder_network.ts";
import { bert } from "../../../../../ops/model/zoo/bert.ts";

const config: EncoderConfig = {
  ...{ type: "bert", vocabulary: 9, hidden: 4, depth: 2, heads: 2, feedforward: 6, length: 7 },
  ...{ padding: 0, dropout: 0.1, epsilon: 1e-12, activation: "gelu", classes: [] },
  problem: "single_label_classification",
};
const options = { depth: 2, hidden: 4, heads: 2, feedforward: 6, vocabulary: 9, dropout: 0.1 };
const names = (of: ReturnType<typeof encoderNetwork>) => of.layers.map(({ name }) => name);

Deno.test("a classifier is the zoo's bert, with tanh or as DistilBERT with relu", () => {
  assert.deepEqual(encoderNetwork(config, { classes: 3 }), bert.build([7], 3, options));
  assert.deepEqual(
    encoderNetwork({ ...config, type: "distilbert" }, { classes: 3, length: 5 }),
    bert.build([5], 3, { ...options, pooler: "relu" }),
  );
  const head = (problem: EncoderConfig["problem"]) =>
    encoderNetwork({ ...config, problem }, { classes: 3 }).head;
  assert.deepEqual([head("multi_label_classification"), head("regression")], ["sigmoid", "none"]);
});

Deno.test("an encoder alone ends where it is asked to", () => {
  const end = (output?: Parameters<typeof encoderNetwork>[1]["output"]) => {
    const network = encoderNetwork(config, { ...output && { output } });
    assert.equal(network.head, "none");
    assert.deepEqual(network.outputs, [network.layers.at(-1)!.name]);
    return names(network).slice(names(network).indexOf("block2.norm2") + 1);
  };
  assert.deepEqual(end(), ["head.first"]);
  assert.deepEqual(end("pooler_output"), ["head.first", "head.pooler"]);
  assert.deepEqual(end("sentence_embedding"), ["head.mean"]);
  assert.deepEqual(end("last_hidden_state"), []);
});

Deno.test("every normalisation has the config's epsilon", () => {
  const { layers } = encoderNetwork({ ...config, epsilon: 1e-5 }, {});
  const norms = layers.filter((layer) => layer.kind === "layer-norm");
  assert.deepEqual(norms.map(({ epsilon }) => epsilon), [1e-5, 1e-5, 1e-5, 1e-5, 1e-5]);
});

Deno.test("a function that dense layers end in is theirs, another is a layer behind them", () => {
  const block = (activation: string) =>
    encoderNetwork({ ...config, activation }, {}).layers
      .filter(({ name }) => name.startsWith("block1.feedforward."));
  const [first] = block("relu");
  assert.equal(first!.kind === "dense" && first!.activation, "relu");
  const [dense, bent, second] = block("gelu_new");
  assert.equal(dense!.kind === "dense" && dense!.activation, "linear");
  assert.deepEqual(bent, {
    ...{ name: "block1.feedforward.activation", kind: "function", function: "gelu-tanh" },
    ...{ inputs: ["block1.feedforward.dense1"], parameters: [] },
  });
  assert.deepEqual(second!.inputs, ["block1.feedforward.activation"]);
  for (const activation of ["unknown_gelu", "toString"]) {
    assert.throws(() => block(activation), /names the activation ".*"; gelu, relu, .* are known$/);
  }
});
