/** Formatting: the shorter spelling, comments kept, the same steps, and nothing more the second time. */
import assert from "node:assert/strict";
import { fc } from "../../deps.ts";
import { ByType, Choice, ListOf, OneOf, Type } from "../../../engine/field.ts";
import { parse } from "../../../engine/deps/yaml.ts";
import { stepFields } from "../../../engine/recipe/expanded_yaml.ts";
import { formatRecipe } from "../../../engine/recipe/format_recipe.ts";
import { grammarOf } from "../../../engine/recipe/words/grammar.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { writeYaml } from "../../../engine/recipe/parse/write_yaml.ts";
import { fields } from "./arbitrary_values.ts";
import { documents } from "./documents.ts";
import { fakeOps } from "./fake_ops.ts";
import { loadWholeYaml } from "../../../engine/recipe/parse/parse_yaml.ts";

await loadWholeYaml();

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

Deno.test("a curve stays a map, what is inside it is shortened; a list of maps stays where a map means another thing", () => {
  const said = (block: string) =>
    formatRecipe(`decant: 1\nname: mine\n${block}\n`, fakeOps).split("\n").slice(2, -1).join("\n");
  assert.equal(
    said(
      "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: step, start: 1, factor: 0.5, at: [1] } } }",
    ),
    "distill:\n  epochs: 1\n  optimizer: { use: adam, learning_rate: { use: step, start: 1, factor: 0.5, at: 1 } }",
  );
  assert.equal(
    said("evaluate: { latency: { repeats: 3 } }"),
    "evaluate: { latency: { repeats: 3 } }",
  );
  assert.equal(said("evaluate: { latency: none }"), "evaluate: { latency: none }");
  assert.equal(
    said("student: [{ use: lenet5 }, { use: cnn, filters: [8] }]"),
    "student: [lenet5, { use: cnn, filters: 8 }]",
  );
  assert.equal(said("export: [{ use: tfjs }, { use: onnx }]"), "export: [tfjs, onnx]");
});

Deno.test("a comment inside a list or a map keeps it as it is", () => {
  const text = `decant: 1
name: mine
data:
  use: digits # which
export:
  - tfjs # the one
`;
  assert.equal(formatRecipe(text, fakeOps), text);
});

Deno.test("what the type of a value tells apart is shortened only where it stays of that type", () => {
  const none = Type.Object({});
  const choice = Choice({ a: none, b: Type.Object({ c: Type.Number() }) }, { description: "x" });
  const number = Type.Number({ description: "x" });
  const list = ListOf(choice, { description: "x" });
  const numbers = ListOf(number, { description: "x" });
  const either = (types: Parameters<typeof ByType>[0]) => ByType(types, { description: "x" });
  const params = Type.Object({
    bare: Type.Optional(either({ number, object: choice })),
    said: Type.Optional(either({ string: OneOf(["all"], { description: "x" }), object: choice })),
    maps: Type.Optional(either({ number, list })),
    both: Type.Optional(either({ object: choice, list: numbers })),
    numbers: Type.Optional(either({ number, list: numbers })),
  });
  const ops = new Map(fakeOps).set("data", { ...fakeOps.get("data")!, params });
  const said = (block: string) =>
    formatRecipe(`decant: 1\nname: x\ndata:\n  ${block}\n`, ops).split("\n")[3]!.trim();
  assert.equal(said("bare: { use: a }"), "bare: a");
  assert.equal(said("bare: { use: b, c: 1 }"), "bare: { use: b, c: 1 }");
  assert.equal(said("said: { use: a }"), "said: { use: a }", "`a` alone would be another text");
  assert.equal(said("maps: [{ use: b, c: 1 }]"), "maps: { use: b, c: 1 }");
  assert.equal(said("maps: [{ use: b, c: 1 }, { use: a }]"), "maps: [{ use: b, c: 1 }, a]");
  assert.equal(said("maps: [{ use: a }]"), "maps: [a]", "`a` alone would be no list");
  assert.equal(said("numbers: [1]"), "numbers: [1]", "1 alone would be another number");
  assert.equal(said("both: { use: a }"), "both: a");
  assert.equal(said("both: [1]"), "both: [1]");
});
