/** The published JSON Schema and the engine accept the same recipes: ajv checks the one, our checker the other. */
import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import type { Json } from "../../../../engine/digest.ts";
import { parse } from "../../../../engine/deps/yaml.ts";
import { treeFromValue } from "../../../../engine/recipe/parse/from_value.ts";
import { grammarOf } from "../../../../engine/recipe/words/grammar.ts";
import { normalize } from "../../../../engine/recipe/check/normalize.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import { recipeSchema } from "../../../../engine/recipe/words/recipe_schema.ts";
import { validator } from "../ajv.ts";
import { fields } from "../arbitrary_values.ts";
import { documents } from "../documents.ts";
import { fakeOps } from "../fake_ops.ts";
import { searchSchema, sweepSchema } from "../../../../engine/recipe/words/points_schema.ts";

const accepts = validator(recipeSchema(fakeOps, { variables: false }));

/** Whether the engine reads a value by the grammar; what concerns several fields at once is looked at later. */
function reads(value: unknown): boolean {
  const problems = problemList();
  const tree = treeFromValue(value, { source: "", base: "" }, problems.add);
  if (problems.errors === 0) normalize(grammarOf(fakeOps), { tree, path: "" }, problems);
  return problems.errors === 0 && typeof value === "object" && value !== null && "decant" in value;
}

const { swept, searched, ...plain } = documents;

for (const [name, text] of Object.entries(plain)) {
  Deno.test(`the schema accepts a recipe that the engine reads: ${name}`, () => {
    assert.equal(reads(parse(text)), true);
    assert.equal(accepts(parse(text)), true);
  });
}

Deno.test("the schema with variables admits $name where a value stands, and nothing else new", () => {
  const open = validator(recipeSchema(fakeOps));
  assert.equal(open(parse(swept!)), true);
  assert.equal(open(parse(searched!)), true);
  const recipe = (over: object) => ({ ...parse(documents.digits!), ...over });
  assert.equal(open(recipe({ prune: { granularity: "weight", ratio: "$ratio" } })), true);
  assert.equal(open(recipe({ quantize: "$quantize", distill: { epochs: "$n" } })), true);
  assert.equal(open(recipe({ prune: { granularity: "weight", ratio: "ratio" } })), false);
  assert.equal(accepts(recipe({ distill: { epochs: "$n" } })), false);
  assert.equal(open(recipe({ variables: { n: 3 }, distill: { epochs: "$n" } })), true);
  assert.equal(open({ decant: 1, name: "mine", extends: "./x.yaml", student: { width: 2 } }), true);
  assert.equal(
    open({ decant: 1, name: "mine", extends: "./x.yaml", stduent: { width: 2 } }),
    false,
  );
  assert.equal(open({ decant: 1, extends: "./x.yaml" }), false, "it has a name of its own");
  assert.equal(open({ name: "mine", extends: "./x.yaml" }), false, "and a version");
  assert.equal(open({ decant: 1, name: "mine" }), true);
  assert.equal(open({ decant: 1 }), false);
});

Deno.test("the schema and the engine accept the same recipes", () => {
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(fields(grammarOf(fakeOps), { decant: 1 }, 4), (value) => {
      const read = reads(value);
      assert.equal(accepts(value), read);
      if (read) accepted++;
      else refused++;
    }),
    { numRuns: 1500, seed: 5 },
  );
  assert.ok(accepted > 150 && refused > 150, `${accepted} accepted, ${refused} refused`);
});

for (const [name, schema] of [["sweep", sweepSchema], ["search", searchSchema]] as const) {
  Deno.test(`the schema and the engine accept the same blocks \`${name}\``, () => {
    const whole = recipeSchema(fakeOps) as { $defs: { recipe: { properties: Json } } };
    const block = (whole.$defs.recipe.properties as Readonly<Record<string, Json>>)[name]!;
    const accepts = validator({ ...block as object, $defs: whole.$defs } as never);
    let [accepted, refused] = [0, 0];
    fc.assert(
      fc.property(fields(schema, {}, 5), (value) => {
        const problems = problemList();
        const tree = treeFromValue(value, { source: "", base: "" }, problems.add);
        normalize(schema, { tree, path: name }, problems);
        const read = problems.errors === 0;
        assert.equal(accepts(value), read, JSON.stringify(value));
        if (read) accepted++;
        else refused++;
      }),
      { numRuns: 1500, seed: 7 },
    );
    assert.ok(accepted > 150 && refused > 30, `${accepted} accepted, ${refused} refused`);
  });
}

Deno.test("equal shapes are written once", () => {
  const { $defs } = recipeSchema(fakeOps) as { $defs: Record<string, object> };
  const texts = Object.values($defs).map((definition) => JSON.stringify(definition));
  assert.equal(new Set(texts).size, texts.length);
});

Deno.test("a schema says what it is, and calls its shapes by the fields they stand in", () => {
  const { $schema, title, $defs } = recipeSchema(fakeOps) as {
    $schema: string;
    title: string;
    $defs: object;
  };
  assert.deepEqual([$schema, title], [
    "https://json-schema.org/draft/2020-12/schema",
    "A Decant recipe",
  ]);
  const names = new Set(Object.keys($defs));
  for (
    const name of [
      ...["recipe", "extending-recipe", "variable", "prune-choice", "prune-channel"],
      ...["prune-by-variable", "latency-either", "steps-distill", "learning_rate-either"],
    ]
  ) assert.ok(names.has(name), `${name} among ${[...names].join(" ")}`);
});
