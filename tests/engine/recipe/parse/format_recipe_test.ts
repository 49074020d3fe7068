/** Formatting: the shorter spelling, comments kept, the same steps, and nothing more the second time. */
import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import { parse } from "../../../../engine/deps/yaml.ts";
import { stepFields } from "../../../../engine/recipe/parse/expanded_yaml.ts";
import { formatRecipe } from "../../../../engine/recipe/parse/format_recipe.ts";
import { grammarOf } from "../../../../engine/recipe/words/grammar.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import { writeYaml } from "../../../../engine/recipe/parse/write_yaml.ts";
import { fields } from "../arbitrary_values.ts";
import { documents } from "../documents.ts";
import { fakeOps } from "../fake_ops.ts";

/** Everything a recipe comes to. */
function meaning(text: string): unknown {
  const recipe = parseRecipe(text, "x.yaml", fakeOps);
  if (recipe.diagnostics.some(({ severity }) => severity === "error")) return undefined;
  const { about, steps, expect, sweep } = recipe;
  return { about, steps: steps.map(stepFields), expect: expect.map(({ text }) => text), sweep };
}

Deno.test("names stand for maps that say nothing else, x for [x]; comments stay where they were", () => {
  const text = `# a head

# the name
decant: 1
name: mine # indeed
data: { use: digits }   # the data

model:
  use: mlp
  hidden: [30] # one layer
  train:
    epochs: 3
    optimizer: {use: adam}
    augment:
      # none but this
      - {use: shift, pixels: 2}


quantize: {scheme: int8, calibrate: {use: mse}}
export:
- {use: tfjs}
expect: "result.bytes <= 1 MB"
`;
  assert.equal(
    formatRecipe(text, fakeOps),
    `# a head

# the name
decant: 1
name: mine # indeed
data: digits # the data

model:
  use: mlp
  hidden: 30 # one layer
  train:
    epochs: 3
    optimizer: adam
    augment:
      # none but this
      - { use: shift, pixels: 2 }

quantize: { scheme: int8, calibrate: mse }
export: tfjs
expect: "result.bytes <= 1 MB"
`,
  );
});

Deno.test("what does not fit a line becomes a block, from the outside in", () => {
  const text =
    `decant: 1\nname: mine\ndata: digits\nmodel: { use: cnn, filters: [8, 16], dense: [], train: ` +
    `{ epochs: 3, optimizer: { use: sgd, learning_rate: { use: linear, start: 0.1, end: 0 } } } }\n`;
  assert.equal(
    formatRecipe(text, fakeOps),
    `decant: 1
name: mine
data: digits
model:
  use: cnn
  filters: [8, 16]
  dense: []
  train: { epochs: 3, optimizer: { use: sgd, learning_rate: { use: linear, start: 0.1, end: 0 } } }
`,
  );
});

Deno.test("where maps merge, a map stays a map", () => {
  const inherited = "decant: 1\nname: mine\nextends: ./x.yaml\ndata: { use: digits }\n";
  assert.equal(formatRecipe(inherited, fakeOps), inherited);
  const text = documents.swept!.replace(
    "distill: $training",
    "distill: { epochs: 2, optimizer: { use: adam } }",
  );
  assert.equal(formatRecipe(text, fakeOps).includes("optimizer: { use: adam }"), true);
});

for (const [name, text] of Object.entries(documents)) {
  Deno.test(`formatted twice is formatted once, and means the same: ${name}`, () => {
    const once = formatRecipe(text, fakeOps);
    assert.deepEqual(meaning(once), meaning(text));
    assert.notEqual(meaning(once), undefined);
    assert.equal(formatRecipe(once, fakeOps), once);
  });
}

Deno.test("whatever a recipe says, it says the same formatted, and is then formatted", () => {
  const { digits, listed, files, twoTeachers } = documents;
  const bases = [digits, listed, files, twoTeachers].map((text) => parse(text!) as object);
  let sound = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...bases),
      fields(grammarOf(fakeOps), {}, 5),
      fc.boolean(),
      (base, change, json) => {
        // One random block in a recipe that is otherwise sound.
        for (const [name, block] of Object.entries(change as object)) {
          if (name === "decant" || name === "name" || name === "surplus") continue;
          const value = { ...base, [name]: block };
          const text = json ? JSON.stringify(value) : writeYaml(value as never);
          const before = meaning(text);
          if (before === undefined) continue;
          sound++;
          const once = formatRecipe(text, fakeOps);
          assert.deepEqual(meaning(once), before, text);
          assert.equal(formatRecipe(once, fakeOps), once);
        }
      },
    ),
    { numRuns: 60, seed: 3 },
  );
  assert.ok(sound > 40, `${sound} sound recipes`);
});
