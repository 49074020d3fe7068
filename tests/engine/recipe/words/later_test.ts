/** Words that are said to come later are missing: each is refused as such where it would stand, by all ops that ship. */
import assert from "node:assert/strict";
import { compile } from "../../../../engine/graph/compile.ts";
import { opSet } from "../../../../engine/op.ts";
import { laterFields, laterValues } from "../../../../engine/recipe/words/later.ts";
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
    Deno.test(`\`${word}\` of ${list} is still to come, and a recipe with it hears so`, () => {
      const text = documents[list]!(word);
      const { diagnostics } = compile(parseRecipe(text, "mine.yaml", all), all);
      assert.deepEqual(
        diagnostics.map(({ code, message }) => [code, /`([^`]*)`/.exec(message)?.[1]]),
        [["not-yet", word]],
      );
    });
  }
}
