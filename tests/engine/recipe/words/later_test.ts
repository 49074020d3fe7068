/** Words that are said to come later are missing: each is refused as such where it would stand, by all ops that ship. */
import assert from "node:assert/strict";
import { compile } from "../../../../engine/graph/compile.ts";
import { opSet } from "../../../../engine/op.ts";
import {
  laterField,
  laterFields,
  laterValue,
  laterValues,
} from "../../../../engine/recipe/words/later.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import { ops } from "../../../../ops/mod.ts";

const all = opSet(ops);
const model = "decant: 1\nname: mine\ndata: digits\nmodel: lenet5\n";

/** The least document that needs a word, by the list it stands in. */
const documents: Readonly<Record<string, (word: string) => string>> = {
  quantize: (word) => `${model}quantize: { scheme: int8, ${word}: 1 }\n`,
  families: (word) => model.replace("lenet5", word),
  ratio: (word) => `${model}prune: { granularity: weight, ratio: { use: ${word} } }\n`,
  granularity: (word) =>
    word === "channel"
      ? `${model}quantize: { scheme: int8, activations: { use: int8, granularity: channel } }\n`
      : word === "group"
      ? `${model}quantize: { scheme: int8, granularity: group }\n`
      : `${model}prune: { granularity: ${word} }\n`,
  calibrate: (word) => `${model}quantize: { scheme: int8, calibrate: ${word} }\n`,
  form: (word) => `${model}export: [{ use: onnx, form: ${word} }]\n`,
};

for (const [list, words] of [...Object.entries(laterFields), ...Object.entries(laterValues)]) {
  for (const word of words) {
    Deno.test(`\`${word}\` of ${list} is still to come, and a recipe with it is told so`, () => {
      const text = documents[list]!(word);
      const { diagnostics } = compile(parseRecipe(text, "mine.yaml", all), all);
      assert.deepEqual(
        diagnostics.map(({ code, message }) => [code, /`([^`]*)`/.exec(message)?.[1]]),
        [["not-yet", word]],
      );
    });
  }
}

Deno.test("a field is still to come only in the block that will have it", () => {
  const [[block, [field]]] = Object.entries(laterFields) as [[string, [string]]];
  const sentence = `\`${field}\` is part of the language, but this version does not have it yet`;
  assert.equal(laterField(block, field), sentence);
  assert.equal(laterField("train", field), undefined);
  assert.equal(laterField(block, "unheard-of"), undefined);
  assert.equal(laterField("constructor", "length"), undefined, "what every object has by nature");
});

Deno.test("a value is still to come in its field, at whatever place in a list and behind `use`", () => {
  const [[field, [word]]] = Object.entries(laterValues)
    .filter(([name]) => name !== "families") as [[string, [string]]];
  for (const path of [field, `prune.${field}`, `steps.3.${field}.use`, `prune.${field}.0`]) {
    assert.match(String(laterValue(path, word)), /^`\w+` is part of the language/, path);
  }
  assert.equal(laterValue(`${field}.other`, word), undefined);
  assert.equal(laterValue(field, "unheard-of"), undefined);
});

Deno.test("a family is still to come wherever a model is named, and nowhere else", () => {
  const [word] = laterValues.families as [string];
  const roles = ["student", "teacher.1", "model.use", "assistant.candidates.0.use", "assistant"];
  for (const path of [...roles, "steps.2.use", "steps.use"]) {
    assert.notEqual(laterValue(path, word), undefined, path);
  }
  for (const path of ["data", "steps.2.optimizer.use", "export.0.use"]) {
    assert.equal(laterValue(path, word), undefined, path);
  }
});
