/** What words of other toolkits mean among the values of a field. */
import assert from "node:assert/strict";
import { Type } from "../../../../engine/field.ts";
import {
  isForeignFormat,
  meantValue,
  saidElsewhere,
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
  assert.equal(saidElsewhere("constructor", "auto"), undefined);
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

Deno.test("a foreign format is one only where formats of models are named", () => {
  const formats = ["tfjs", "onnx", "packed"];
  assert.equal(isForeignFormat("Core-ML", formats), true);
  assert.equal(isForeignFormat("onx", formats), false);
  assert.equal(isForeignFormat("tflite", ["tfjs", "tflite"]), false);
  assert.equal(isForeignFormat("torch", ["onnx"]), false);
});

Deno.test("a word that a field takes in another block is answered with where it belongs", () => {
  assert.match(saidElsewhere("recalibrate", "never")!, /finetune: \{ recalibrate: never \}$/);
  assert.equal(saidElsewhere("recalibrate", "often"), undefined);
  assert.equal(saidElsewhere("epochs", "never"), undefined);
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
];
for (const [word, words, meant] of written) {
  Deno.test(`\`${word}\` means ${meant}`, () => {
    assert.equal(meantValue(word, words), meant);
  });
}
