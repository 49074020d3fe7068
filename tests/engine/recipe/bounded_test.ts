/** What a recipe may ask for is bounded, so that reading one from elsewhere never exhausts a machine. */
import assert from "node:assert/strict";
import type { TSchema } from "../../../engine/field.ts";
import { compile } from "../../../engine/graph/compile.ts";
import { opSet } from "../../../engine/op.ts";
import { type Form, formOf } from "../../../engine/recipe/words/form.ts";
import { grammarOf } from "../../../engine/recipe/words/grammar.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { ops } from "../../../ops/mod.ts";
import { loadWholeYaml } from "../../../engine/recipe/parse/parse_yaml.ts";
import { searchSchema } from "../../../engine/recipe/words/points_schema.ts";

await loadWholeYaml();

const all = opSet(ops);

/** Every schema inside another, with its path. */
function* walk(schema: TSchema, path: string): Generator<[TSchema, string]> {
  yield [schema, path];
  const form = formOf(schema);
  for (const [name, each] of Object.entries(insideOf(form))) {
    yield* walk(each, `${path}.${name}`);
  }
}

function insideOf(form: Form): Readonly<Record<string, TSchema>> {
  switch (form.form) {
    case "object":
      return form.fields;
    case "choice":
      return { ...form.alternatives, ...(form.untagged && { from: form.untagged }) };
    case "by-type":
      return form.types as Readonly<Record<string, TSchema>>;
    case "list":
      return { 0: form.items };
    case "tuple":
      return Object.fromEntries(Object.entries(form.items));
    case "map":
      return { x: form.values };
    default:
      return {};
  }
}

Deno.test("every whole number of the language has a largest value", () => {
  const schemas = [
    ...walk(grammarOf(all), "recipe"),
    ...ops.flatMap((op) => [...walk(op.params, op.name)]),
    ...walk(searchSchema, "search"),
  ];
  const open = schemas.filter(([schema]) => {
    const form = formOf(schema);
    return form.form === "number" && form.whole && form.limits.maximum === undefined;
  });
  assert.deepEqual([...new Set(open.map(([, path]) => path))], []);
});

/** What is wrong with a recipe of the real ops. */
function wrongOf(text: string): string[] {
  const recipe = parseRecipe(`decant: 1\nname: hostile\n${text}`, "x.yaml", all);
  return compile(recipe, all).diagnostics.map(({ code, path }) => `${code} ${path}`);
}

Deno.test("a network that no memory holds is refused before it is built", () => {
  const model = (fields: string) =>
    wrongOf(`data: digits\nmodel: { ${fields}, train: { epochs: 1 } }\n`);
  assert.deepEqual(model("use: mlp, hidden: [1000000, 1000000]"), ["too-large model"]);
  assert.deepEqual(model("use: mobilenet-v1, width: 100000"), ["out-of-range model.width"]);
  assert.deepEqual(model("use: cnn, filters: [8], input: [100000, 100000, 1]"), [
    "too-large model",
  ]);
  assert.deepEqual(model("use: resnet, depth: 600002"), ["out-of-range model.depth"]);
  const long = Array.from({ length: 2001 }, () => 1).join(", ");
  assert.deepEqual(model(`use: mlp, hidden: [${long}]`), ["out-of-range model.hidden"]);
  assert.deepEqual(model("use: mlp, hidden: 1e300"), ["wrong-type model.hidden"]);
});

Deno.test("time without end is refused where it is asked for", () => {
  assert.deepEqual(
    wrongOf("data: digits\nmodel: { use: lenet5, train: { epochs: 1000000000 } }\n"),
    ["out-of-range model.train.epochs"],
  );
});

Deno.test("many deep networks are refused together, many points of a long recipe before they are read", () => {
  const steps = Array.from(
    { length: 1000 },
    (_, index) => `  - { op: model, as: m${index}, use: resnet, depth: 1202 }\n`,
  ).join("");
  const found = wrongOf(`data: digits\nsteps:\n${steps}`);
  assert.equal(found.length, 1);
  assert.match(found[0]!, /^too-large steps\.\d+$/);
  assert.deepEqual(
    wrongOf(`variables: { a: 1 }
data: digits
model: { use: lenet5, train: { epochs: $a } }
references: [${"x, ".repeat(9000)}x]
sweep: { over: { a: { min: 1, max: 1000, step: 1 } } }
`),
    ["too-large sweep"],
  );
});

Deno.test("a list that says nothing else has ten thousand entries at most", () => {
  const many = "stem, ".repeat(10_000);
  assert.deepEqual(
    wrongOf(`data: digits
model: { use: lenet5, train: { epochs: 1 } }
prune: { granularity: weight, ratio: 0.5, exclude: [${many}conv1] }
`),
    ["out-of-range prune.exclude"],
  );
});
