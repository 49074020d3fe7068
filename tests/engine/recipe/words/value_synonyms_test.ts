/** What words of other toolkits mean among the values of a field. */
import assert from "node:assert/strict";
import { Type } from "../../../../engine/field.ts";
import {
  isOneOf,
  meantValue,
  synonymElsewhere,
} from "../../../../engine/recipe/words/value_synonyms.ts";
import { fc } from "../../../deps.ts";

Deno.test("a word means the first of its values that the field has", () => {
  assert.equal(meantValue("l1norm", ["magnitude", "l1"]), "l1");
  assert.equal(meantValue("l1norm", ["magnitude", "random"]), "magnitude");
  assert.equal(meantValue("l1norm", ["random"]), undefined);
  assert.equal(meantValue("unheard-of", ["l1"]), undefined);
});

Deno.test("upper case and signs between letters do not matter", () => {
  const separators = fc.array(fc.constantFrom("-", "_", " ", ".", ""), {
    minLength: 12,
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      separators,
      fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      (signs, upper) => {
        const word = [..."crossentropy"].map((letter, index) =>
          (upper[index] ? letter.toUpperCase() : letter) + signs[index]
        ).join("");
        assert.equal(meantValue(word, ["logits", "labels"]), "labels");
      },
    ),
  );
});

Deno.test("a word that every object has by nature means nothing", () => {
  assert.equal(meantValue("constructor", ["labels"]), undefined);
  assert.equal(synonymElsewhere("constructor", "auto"), undefined);
});

Deno.test("a figure of validation samples is a metric, or the best epoch by it", () => {
  for (const word of ["val_loss", "val_accuracy", "val_acc"]) {
    const metric = word === "val_loss" ? "loss" : "accuracy";
    assert.equal(meantValue(word, ["accuracy", "loss"]), metric);
    assert.equal(meantValue(word, ["last", "best"]), "best");
  }
});

Deno.test("what belongs elsewhere is known at the end of a path, and by the tag of a choice", () => {
  const help = /activations: \{ use: int8, ranges: dynamic \}/;
  for (const path of ["quantize", "quantize.activations", "quantize.activations.use"]) {
    assert.match(synonymElsewhere(path, "dynamic")!, help);
  }
  assert.equal(synonymElsewhere("quantize.activations.bits", "dynamic"), undefined);
});

Deno.test("an alternative is known by what it says that it is also called, after the common words", () => {
  const alternatives = {
    labels: Type.Object({}, { "x-also-called": ["Hard-Loss", "kl"] }),
    "soft-targets": Type.Object({}),
  };
  const meant = (word: string) => meantValue(word, Object.keys(alternatives), alternatives);
  assert.equal(meant("hard_loss"), "labels");
  assert.equal(meant("kl"), "soft-targets");
});

Deno.test("a word is one of several names however either is written, and no other", () => {
  const names = ["coreml", "Torch-Script"];
  assert.deepEqual(
    ["Core-ML", "torch script", "TORCHSCRIPT", "core", "torch"].map((word) => isOneOf(word, names)),
    [true, true, true, false, false],
  );
  assert.equal(isOneOf("coreml", []), false);
});

Deno.test("a word that a field takes in another block is answered with where it belongs", () => {
  assert.match(synonymElsewhere("recalibrate", "never")!, /finetune: \{ recalibrate: never \}$/);
  assert.equal(synonymElsewhere("recalibrate", "often"), undefined);
  assert.equal(synonymElsewhere("epochs", "never"), undefined);
});

/** What people who know another toolkit write, where it stands, and what they mean. */
const written: readonly (readonly [string, readonly string[], string])[] = [
  ["CrossEntropy", ["labels", "soft-targets", "logits"], "labels"],
  ["ce", ["labels", "soft-targets", "logits"], "labels"],
  ["KLDiv", ["labels", "soft-targets", "logits"], "soft-targets"],
  ["MSE", ["labels", "soft-targets", "logits"], "logits"],
  ["unstructured", ["channel", "weight"], "weight"],
  ["filter", ["channel", "weight"], "channel"],
  ["per_channel", ["channel", "tensor"], "channel"],
  ["per_tensor", ["channel", "tensor"], "tensor"],
  ["max-abs", ["mse", "minmax"], "minmax"],
  ["fp16", ["int8", "float16"], "float16"],
  ["uint8", ["int8", "float16"], "int8"],
  ["MNIST", ["digits", "iris"], "digits"],
  ["LSTM", ["char-lstm", "bert"], "char-lstm"],
  ["Optuna", ["random", "grid", "tpe"], "tpe"],
  ["acc", ["accuracy", "loss"], "accuracy"],
  ["KD", ["labels", "soft-targets", "logits"], "soft-targets"],
  ["kl", ["labels", "soft-targets", "logits"], "soft-targets"],
  ["KDLoss", ["labels", "soft-targets"], "soft-targets"],
  ["soft_labels", ["labels", "soft-targets"], "soft-targets"],
  ["distillation", ["labels", "soft-targets"], "soft-targets"],
  ["HardLabels", ["labels", "soft-targets"], "labels"],
  ["hard-targets", ["labels", "soft-targets"], "labels"],
  ["FitNet", ["labels", "hint"], "hint"],
  ["AT", ["labels", "attention-transfer"], "attention-transfer"],
  ["attention", ["labels", "attention-transfer"], "attention-transfer"],
  ["KL divergence", ["labels", "elbo"], "elbo"],
  ["KLDivergence", ["elbo", "soft-targets"], "soft-targets"],
  ["GAN", ["labels", "adversarial"], "adversarial"],
  ["gan", ["cnn", "dcgan-generator"], "dcgan-generator"],
  ["structured", ["weight", "channel"], "channel"],
  ["filters", ["weight", "channel"], "channel"],
  ["L1-norm", ["random", "l1"], "l1"],
  ["l1_norm", ["random", "magnitude"], "magnitude"],
  ["magnitude", ["random", "l1"], "l1"],
  ["L1", ["random", "magnitude"], "magnitude"],
  ["int16", ["int8", "float16"], "float16"],
  ["half", ["int8", "float16"], "float16"],
  ["bfloat16", ["int8", "float16"], "float16"],
  ["EMA", ["minmax", "moving-average"], "moving-average"],
  ["histogram", ["minmax", "entropy"], "entropy"],
  ["MobileNet", ["cnn", "mobilenet-v1"], "mobilenet-v1"],
  ["LeNet", ["cnn", "lenet5"], "lenet5"],
  ["RNN", ["bert", "char-lstm"], "char-lstm"],
  ["transformer", ["cnn", "bert"], "bert"],
  ["dense", ["cnn", "mlp"], "mlp"],
  ["VAE", ["cnn", "cvae"], "cvae"],
  ["DCGAN", ["cnn", "dcgan-generator"], "dcgan-generator"],
  ["bayesian", ["grid", "tpe"], "tpe"],
  ["Bayes", ["grid", "tpe"], "tpe"],
  ["perplexity", ["accuracy", "nats"], "nats"],
  ["ppl", ["accuracy", "nats"], "nats"],
  ["FID", ["accuracy", "frechet"], "frechet"],
];
for (const [word, words, meant] of written) {
  Deno.test(`\`${word}\` means ${meant}`, () => {
    assert.equal(meantValue(word, words), meant);
  });
}

Deno.test("where a word belongs is said in whole", () => {
  assert.equal(
    synonymElsewhere("recalibrate", "auto"),
    "here it is a number of batches, and absent nothing is done; what a training does with its averages " +
      "is said in it: finetune: { recalibrate: auto }",
  );
  assert.match(synonymElsewhere("recalibrate", "always")!, /always \}$/);
});

Deno.test("a word is what one of several names of an alternative says, not only where all do", () => {
  const alternatives = { labels: Type.Object({}, { "x-also-called": ["hard", "one-hot"] }) };
  assert.equal(meantValue("OneHot", ["labels"], alternatives), "labels");
});
