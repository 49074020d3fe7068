/** Habits of Keras, PyTorch, ONNX Runtime, Olive, DVC and GitHub Actions: each is answered by what it is called here. */
import assert from "node:assert/strict";
import { compile } from "../../../../engine/graph/compile.ts";
import { opSet } from "../../../../engine/op.ts";
import { loadWholeYaml } from "../../../../engine/recipe/parse/parse_yaml.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import { synonyms } from "../../../../engine/recipe/words/synonyms.ts";
import { ops } from "../../../../ops/mod.ts";

await loadWholeYaml();
const shipped = opSet(ops);

/** The help of each problem of a recipe. */
function helps(text: string): string[] {
  const whole = text.startsWith("decant") ? text : `decant: 1\nname: x\ndata: digits\n${text}\n`;
  const { diagnostics } = compile(parseRecipe(whole, "mine.yaml", shipped), shipped);
  return diagnostics.map(({ help }) => help ?? "");
}

/** A model with these fields in its training. */
const trained = (fields: string) => `model: { use: lenet5, train: { epochs: 1, ${fields} } }`;
const model = "model: { use: lenet5, train: { epochs: 1 } }\n";

const habits: Readonly<Record<string, RegExp>> = {
  // Keras and PyTorch.
  "model: { use: lenet5, trainable: false, train: { epochs: 1 } }": /train: \{ .*freeze: /,
  [trained("batch_size: 32")]: /did you mean batch\?/,
  [trained("validation_split: 0.2")]: /data: \{ .*split: \{ validation/,
  [trained("class_weight: balanced")]: /\{ use: labels, class_weights: balanced \}/,
  [trained("sampler: weighted")]: /sampling: balanced \}.*class_weights: balanced/,
  [trained("WeightedRandomSampler: {}")]: /sampling: balanced/,
  [trained("sampling: weighted")]: /balanced/,
  [trained("oversampling: true")]: /sampling: balanced/,
  [trained("callbacks: []")]: /patience ends a training/,
  [trained("early_stopping: 3")]: /did you mean patience\?/,
  [trained("monitor: val_loss")]: /patience and checkpoint: best watch/,
  [trained("shuffle: false")]: /drawn by `seed`/,
  [trained("steps_per_epoch: 9")]: /limit: 1000/,
  [trained("metrics: [accuracy]")]: /evaluate: \{ metrics/,
  [trained("device: cuda")]: /--kernels/,
  [trained("num_workers: 4")]: /--threads 4/,
  [trained("verbose: 1")]: /--quiet/,
  [trained("requires_grad: no")]: /freeze: \[stage1\]/,
  [trained("loss: categorical_crossentropy")]: /did you mean labels\?/,
  [trained("optimizer: { use: Adam }")]: /did you mean adam\?/,
  [`${model}evaluate: { metrics: [val_loss] }`]: /did you mean loss\?/,
  [`${model}expect: result.val_loss <= 1`]: /^did you mean loss\? Claims are about test samples$/,
  [`${model}expect: result.rocauc >= 90 %`]: /^did you mean auc\?$/,
  [trained("checkpoint: val_loss")]: /did you mean best\?/,
  [`${model}quantize: { scheme: int8, activations: dynamic }`]:
    /activations: \{ use: int8, ranges: dynamic/,
  [`${model}evaluate: { metrics: [roc_auc] }`]: /did you mean auc\?/,
  // ONNX Runtime, TensorFlow's model optimization toolkit.
  [`${model}quantize: { scheme: int8, per_channel: true }`]: /granularity: channel/,
  [`${model}quantize: { scheme: int8, dynamic: true }`]:
    /activations: \{ use: int8, ranges: dynamic/,
  [`${model}quantize: dynamic`]: /activations: \{ use: int8, ranges: dynamic/,
  [`${model}quantize: { scheme: static }`]: /activations: \{ use: int8, ranges: static/,
  [`${model}quantize: { scheme: int8, activation_type: QUInt8 }`]: /did you mean activations\?/,
  [`${model}quantize: { scheme: int8, calibration_dataset: x }`]: /did you mean data\?/,
  [`${model}quantize: { scheme: int8, quant_format: QDQ }`]: /export: \{ format: onnx, form: qdq/,
  [`${model}prune: { granularity: weight, ratio: 0.5, pruning_schedule: polynomial }`]:
    /ratio: \{ use: cubic/,
  [`${model}prune: { granularity: weight, ratio: 0.5, begin_step: 0 }`]: /epochs: \[1, 4\]/,
  // Olive, DVC, GitHub Actions.
  [`${model}passes: { quant: {} }`]: /stages stand at the top/,
  [`${model}stages: { prune: { ratio: 0.5 } }`]: /stages stand at the top/,
  [`${model}jobs: { build: {} }`]: /stages stand at the top/,
  [`${model}on: push`]: /not when/,
  [`${model}env: { RATIO: 0.5 }`]: /variables: \{ ratio: 0\.5 \}/,
  [`${model}params: { ratio: 0.5 }`]: /variables: \{ ratio: 0\.5 \}/,
  [`${model}matrix: { ratio: [0.5] }`]: /sweep: \{ over: /,
  "input_model: { from: ./m.onnx }": /did you mean model\?/,
  "steps: [{ op: model, use: lenet5, name: net }]": /did you mean as\?/,
  "steps: [{ op: model, use: lenet5, cmd: python train.py }]": /a recipe has no commands/,
  "steps: [{ op: model, use: lenet5, run: python train.py }]": /a recipe has no commands/,
  "steps: [{ op: model, use: lenet5, script: train }]": /a recipe has no commands/,
  "steps: [{ op: model, use: lenet5, deps: [data] }]": /what a step reads it names/,
  "steps: [{ op: model, use: lenet5, needs: [data] }]": /what a step reads it names/,
  "steps: [{ op: model, use: lenet5, depends_on: [data] }]": /what a step reads it names/,
  "steps: [{ op: model, use: lenet5, outs: [model] }]": /under `as`/,
  "steps: [{ op: model, use: lenet5, with: { width: 2 } }]": /beside `op`/,
};

for (const [text, help] of Object.entries(habits)) {
  Deno.test(`a habit is answered by name: ${text.replace(model, "")}`, () => {
    const found = helps(text);
    assert.ok(found.some((each) => help.test(each)), found.join("\n"));
  });
}

Deno.test("what an advice shows is written as recipes write it: its maps close", () => {
  for (const [word, meant] of Object.entries(synonyms)) {
    if (typeof meant !== "string") continue;
    for (const [open, close] of [["{", "}"], ["[", "]"]] as const) {
      assert.equal(meant.split(open).length, meant.split(close).length, word);
    }
  }
});
