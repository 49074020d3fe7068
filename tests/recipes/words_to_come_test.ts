/**
 * Every word of the language is known: it works, or is refused as one that is still to come; none is called a mistake.
 * Which of the two is not held here, so that a word may begin to work.
 */
import assert from "node:assert/strict";
import { opSet } from "../../engine/op.ts";
import { parseRecipe } from "../../engine/recipe/parse_recipe.ts";
import { ops } from "../../ops/mod.ts";

const all = opSet(ops);

const words = (text: string) => text.split(" ");

/** Codes of mistakes about unknown words. */
function unknown(text: string): string[] {
  const recipe = parseRecipe(`decant: 1\nname: words\n${text}`, "x.yaml", all);
  return recipe.diagnostics
    .filter(({ code }) => code.startsWith("unknown") || code === "wrong-type")
    .map(({ path, message }) => `${path}: ${message}`);
}

const train = "model: { use: lenet5, train: { epochs: 1 } }\n";

/** Words of one table of the language, and a recipe around each. */
const tables: Readonly<Record<string, readonly [string, (word: string) => string]>> = {
  families: [
    "mlp lenet-300-100 lenet5 cnn plain-cnn resnet wide-resnet vgg mobilenet-v1 mobilenet-v2 squeezenet " +
    "shufflenet-v2 ghostnet text-cnn bert char-lstm cvae vae-decoder dcgan-generator dcgan-discriminator",
    (word) =>
      `data: digits\nmodel: { use: ${word} }\nsteps: [{ op: model, use: ${word}, as: b }]\n`,
  ],
  "families by their bare names": [
    "plain-cnn wide-resnet vgg mobilenet-v2 squeezenet shufflenet-v2 ghostnet text-cnn bert cvae",
    (word) => `data: digits\nteacher: [${word}]\nassistant: ${word}\nstudent: ${word}\n`,
  ],
  data: ["digits iris spam names latent", (word) => `data: ${word}\n${train}`],
  "fields of data": [
    "format columns classes task split limit normalize resize color text",
    (word) => `data: { from: ./x, ${word}: 1 }\n`,
  ],
  "fields of embedded data": [
    "task split limit normalize resize color",
    (word) => `data: { use: digits, ${word}: 1 }\n`,
  ],
  "fields of embedded text": [
    "task split limit normalize text",
    (word) => `data: { use: names, ${word}: 1 }\n`,
  ],
  formats: [
    "idx cifar csv tsv npy npz jsonl text parquet images",
    (word) => `data: { from: ./x, format: ${word} }\n${train}`,
  ],
  normalize: [
    "none unit standard",
    (word) => `data: { use: digits, normalize: ${word} }\n${train}`,
  ],
  optimizers: [
    "sgd nesterov adam adamw rmsprop",
    (word) =>
      `data: digits\nmodel: { use: lenet5, train: { epochs: 1, optimizer: { use: ${word} } } }\n`,
  ],
  augmentations: [
    "shift crop flip rotate color cutout mixup noise mask-tokens replace-tokens drop-tokens crop-tokens",
    (word) =>
      `data: digits\nmodel: { use: lenet5, train: { epochs: 1, augment: [{ use: ${word} }] } }\n`,
  ],
  terms: [
    "labels soft-targets logits dkd dist peers hint attention-transfer fsp similarity-preserving pkt nst rkd " +
    "correlation-congruence attention-scores value-relations output perceptual elbo adversarial bn-scale group-lasso",
    (word) =>
      `data: digits\n${train}steps: [{ op: distill, epochs: 1, loss: [{ use: ${word} }] }]\n`,
  ],
  "curves of a temperature": [
    "linear cosine cubic exponential step flsw cwsm",
    (word) =>
      `data: digits\n${train}steps: [{ op: distill, epochs: 1, loss: [{ use: soft-targets, temperature: { use: ${word} } }] }]\n`,
  ],
  "fields of a training": [
    "epochs batch optimizer loss data seed augment freeze clip_norm checkpoint patience",
    (word) => `data: digits\nmodel: { use: lenet5, train: { ${word}: {} } }\n`,
  ],
  stages: ["replace distill mutual prune cluster quantize", (word) => `${word}: {}\n`],
  replacements: [
    "separable svd tucker bottleneck grouped ghost",
    (word) => `data: digits\n${train}replace: { layers: conv1, with: { use: ${word} } }\n`,
  ],
  granularities: [
    "channel weight pattern head layer",
    (word) => {
      const much = word === "pattern" ? "keep: 2, of: 4" : "ratio: 0.5";
      return `data: digits\n${train}prune: { granularity: ${word}, ${much} }\n`;
    },
  ],
  "criteria of channels": [
    "l1 l2 bn-scale fpgm taylor activation-mean apoz random",
    (word) =>
      `data: digits\n${train}prune: { granularity: channel, ratio: 0.5, criterion: ${word} }\n`,
  ],
  "criteria of weights": [
    "magnitude taylor movement lamp random",
    (word) =>
      `data: digits\n${train}prune: { granularity: weight, ratio: 0.5, criterion: ${word} }\n`,
  ],
  "fields of pruning": [
    "ratio criterion scope min_keep round_to layers exclude per_layer rounds rewind refresh recalibrate finetune seed",
    (word) => `prune: { granularity: channel, ${word}: {} }\n`,
  ],
  schemes: [
    "int8 int7 int6 int5 int4 int3 int2 float16",
    (word) => `data: digits\n${train}quantize: { scheme: ${word} }\n`,
  ],
  "fields of quantization": [
    "granularity group symmetry activations calibrate fold equalize bias_correction rounding rules scales freeze_after " +
    "layers exclude per_layer finetune recalibrate seed",
    (word) => `quantize: { scheme: int8, ${word}: {} }\n`,
  ],
  "words of quantization": [
    "granularity:group equalize:cross-layer bias_correction:measured bias_correction:analytic rounding:adaround " +
    "rules:tflite rules:tensorflow scales:learned calibrate:entropy calibrate:mse",
    (word) => `data: digits\n${train}quantize: { scheme: int8, ${word.replace(":", ": ")} }\n`,
  ],
  "fields of activations": [
    "granularity symmetry ranges",
    (word) => `quantize: { scheme: int8, activations: { use: int8, ${word}: {} } }\n`,
  ],
  metrics: [
    "accuracy top5 loss recall confusion agreement mae nats output-error frechet",
    (word) => `data: digits\n${train}evaluate: { metrics: ${word} }\n`,
  ],
  "fields of evaluate": [
    "metrics format split models latency through reference",
    (word) => `evaluate: { ${word}: {} }\n`,
  ],
  exports: ["tfjs onnx packed safetensors", (word) => `data: digits\n${train}export: ${word}\n`],
  "fields of exports": [
    "tfjs:storage tfjs:shard onnx:form onnx:opset packed:coding packed:indices packed:index_bits tfjs:tolerance",
    (word) => `export: { use: ${word.replace(":", ", ")}: {} }\n`,
  ],
  ops: [
    "data model load subset train distill mutual pick ensemble choose replace prune cluster quantize part predict " +
    "measure evaluate export",
    (word) => `data: digits\n${train}steps: [{ op: ${word} }]\n`,
  ],
};

for (const [name, [list, around]] of Object.entries(tables)) {
  Deno.test(`words of the language: ${name}`, () => {
    for (const word of words(list)) {
      const field = around("WORD").includes("WORD:") || word.includes(":");
      const found = unknown(around(word))
        // A field that is there is given what it does not take: that it is known is all that is asked.
        .filter((each) => !field || / has no field /.test(each));
      assert.deepEqual(found, [], word);
    }
  });
}
