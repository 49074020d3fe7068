/** The published JSON Schema and the engine accept the same recipes: ajv is the judge of the one, we of the other. */
import assert from "node:assert/strict";
import { fc } from "../../deps.ts";
import { parse } from "../../../engine/deps/yaml.ts";
import type { TSchema } from "../../../engine/field.ts";
import { formOf, mustBeWritten, neededFields } from "../../../engine/recipe/form.ts";
import { treeFromValue } from "../../../engine/recipe/from_value.ts";
import { grammarOf } from "../../../engine/recipe/grammar.ts";
import { within } from "../../../engine/recipe/limits_in_words.ts";
import { normalize } from "../../../engine/recipe/normalize.ts";
import { problemList } from "../../../engine/recipe/problems.ts";
import { recipeSchema } from "../../../engine/recipe/recipe_schema.ts";
import { validator } from "./ajv.ts";
import { documents } from "./documents.ts";
import { fakeOps } from "./fake_ops.ts";

const accepts = validator(recipeSchema(fakeOps, { variables: false }));

/** Whether the engine reads a value by the grammar; what concerns several fields at once is looked at later. */
function reads(value: unknown): boolean {
  const problems = problemList();
  const tree = treeFromValue(value, { source: "", base: "" }, problems.add);
  if (problems.errors === 0) normalize(grammarOf(fakeOps), { tree, path: "" }, problems);
  return problems.errors === 0 && typeof value === "object" && value !== null && "decant" in value;
}

const { swept, ...plain } = documents;

for (const [name, text] of Object.entries(plain)) {
  Deno.test(`the schema accepts a recipe that the engine reads: ${name}`, () => {
    assert.equal(reads(parse(text)), true);
    assert.equal(accepts(parse(text)), true);
  });
}

Deno.test("the schema with variables admits $name where a value stands, and nothing else new", () => {
  const open = validator(recipeSchema(fakeOps));
  assert.equal(open(parse(swept!)), true);
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
});

/** Values near what a schema asks for: mostly right, sometimes beside it. */
function near(schema: TSchema, depth: number): fc.Arbitrary<unknown> {
  const wrong = fc.constantFrom<unknown>(0, -1, 0.5, 2, 1000, "labels", "x", "./x", true, [], {}, [
    1,
  ]);
  const right = exact(schema, depth);
  return mostly(right, wrong);
}

/** The one, and now and then the other. */
function mostly(right: fc.Arbitrary<unknown>, other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 150, arbitrary: right }, { weight: 1, arbitrary: other });
}

function exact(schema: TSchema, depth: number): fc.Arbitrary<unknown> {
  const form = formOf(schema);
  switch (form.form) {
    case "object":
      return fields(schema, {}, depth);
    case "choice": {
      const alternatives = Object.entries(form.alternatives).map(([name, inner]) => {
        const tags = { [form.tag]: name };
        const choice = formOf(inner);
        return choice.form === "choice"
          ? exact(inner, depth).map((value) => ({ ...Object(value), ...tags }))
          : fields(inner, tags, depth);
      });
      const names = Object.entries(form.alternatives);
      const whole = names.filter(([, inner]) => neededFields(inner).length === 0);
      const bare = (list: typeof names) =>
        list.length === 0 ? [] : [fc.constantFrom(...list.map(([name]) => name))];
      const untagged = form.untagged ? [fields(form.untagged, {}, depth)] : [];
      return mostly(
        fc.oneof(...bare(whole), ...alternatives, ...untagged),
        fc.oneof(...bare(names)),
      );
    }
    case "by-type":
      return fc.oneof(...Object.values(form.types).map((inner) => near(inner, depth)));
    case "list":
      return fc.oneof(
        near(form.items, depth),
        fc.array(near(form.items, depth - 1), { minLength: 0, maxLength: depth > 0 ? 2 : 1 }),
      );
    case "tuple":
      // That a tuple must rise is no business of JSON Schema.
      return fc.nat(5).map((first) => form.items.map((_, index) => first + index));
    case "map":
      return fc.dictionary(fc.constantFrom("a", "b"), near(form.values, depth));
    case "selectors":
      return mostly(fc.constantFrom("stem", ["stem", "at:last"], []), fc.constantFrom("", [""]));
    case "reference":
      return fc.constantFrom("teacher", "data");
    case "source":
      return mostly(
        fc.constantFrom("./x", "https://x.org/y", "npm:a@1.0.0/b"),
        fc.constantFrom("ftp://x", "npm:a", "//x", ""),
      );
    case "word":
      return mostly(fc.constantFrom(...form.words), fc.constant("nonsense"));
    case "constant":
      return fc.constant(form.value);
    case "number": {
      const { minimum = 0, maximum = minimum + 3, exclusiveMinimum, exclusiveMaximum } =
        form.limits;
      const inside = form.whole ? [minimum, maximum, 8, 9] : [minimum, maximum, 0.5, 0.25];
      const edges = [exclusiveMinimum ?? -1, exclusiveMaximum ?? -1, 0.5, 1, 8, -1];
      return mostly(
        fc.constantFrom(...inside.filter((edge) => within(form.limits, edge))),
        fc.constantFrom(...edges),
      );
    }
    case "text":
      return mostly(fc.constantFrom("abc", "a-1"), fc.constantFrom("A", ""));
    case "boolean":
      return fc.boolean();
    case "any":
      return fc.constant(1);
  }
}

function fields(schema: TSchema, tags: object, depth: number): fc.Arbitrary<unknown> {
  const form = formOf(schema);
  if (form.form !== "object") throw new TypeError("an alternative is an object");
  const written: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, inner] of Object.entries(form.fields)) {
    const needed = mustBeWritten(form, name);
    if (depth <= 0 && !needed) continue;
    const absent = fc.constant(undefined);
    const value = near(inner, depth - 1);
    written[name] = needed
      ? mostly(value, absent)
      : fc.oneof({ weight: 1, arbitrary: value }, { weight: 3, arbitrary: absent });
  }
  const extra = mostly(fc.constant({}), fc.constant({ surplus: 1 }));
  return fc.tuple(fc.record(written), extra).map(([record, surplus]) =>
    // Through JSON, so that fields that are undefined are not there.
    JSON.parse(JSON.stringify({ ...tags, ...record, ...Object(surplus) }))
  );
}

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

Deno.test("equal shapes are written once", () => {
  const { $defs } = recipeSchema(fakeOps) as { $defs: Record<string, object> };
  const texts = Object.values($defs).map((definition) => JSON.stringify(definition));
  assert.equal(new Set(texts).size, texts.length);
});
