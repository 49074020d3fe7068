/** ajv and our own checker accept the same parameters. */
import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import type { Json } from "../../../../engine/digest.ts";
import { Ajv } from "../../../../engine/deps/ajv.ts";
import { ByType, Choice, ListOf, Selectors, type TSchema, Type } from "../../../../engine/field.ts";
import { treeFromValue } from "../../../../engine/recipe/parse/from_value.ts";
import { normalize } from "../../../../engine/recipe/check/normalize.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import { compile } from "../../../../engine/graph/compile.ts";
import { opSet } from "../../../../engine/op.ts";
import { formOf } from "../../../../engine/recipe/words/form.ts";
import { grammarOf } from "../../../../engine/recipe/words/grammar.ts";
import { stagesOf } from "../../../../engine/recipe/words/language.ts";
import { recipeFromValue } from "../../../../engine/recipe/parse_recipe.ts";
import { ajvValidator, validateParams } from "../../../../engine/recipe/check/validate_params.ts";
import { ops } from "../../../../ops/mod.ts";
import { near } from "../arbitrary_values.ts";

/** A value in its one long shape; undefined where our own checker refuses it. */
function normalized(schema: TSchema, value: unknown): Json | undefined {
  const problems = problemList();
  const tree = treeFromValue(value, { source: "", base: "" }, problems.add);
  const result = normalize(schema, { tree, path: "" }, problems);
  return problems.errors === 0 ? result : undefined;
}

/** Every path to a value inside another, the whole first. */
function pathsOf(value: Json): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([name, inner]) =>
      pathsOf(inner).map((path) => [name, ...path])
    ),
  ];
}

/** The value with what stands at a path replaced; without it where `by` is undefined. */
function changed(value: Json, [head, ...rest]: (string | number)[], by: Json | undefined): Json {
  if (head === undefined) return by ?? null;
  const copy: Json = JSON.parse(JSON.stringify(value));
  const holder = copy as Record<string, Json>;
  if (rest.length > 0) holder[head] = changed(holder[head]!, rest, by);
  else if (by !== undefined) holder[head] = by;
  else if (Array.isArray(copy)) copy.splice(Number(head), 1);
  else delete holder[head];
  return copy;
}

const odd: readonly (Json | undefined)[] = [
  undefined,
  -1,
  0,
  0.5,
  3,
  1e6,
  "x",
  "adam",
  true,
  [],
  {},
  { use: "nothing" },
];

for (const op of ops) {
  Deno.test(`ajv accepts exactly the parameters of ${op.name} that stand in their one long shape`, async () => {
    const validate = await ajvValidator();
    let [accepted, refused] = [0, 0];
    const agree = (value: Json) => {
      const own = normalized(op.params, value);
      const stands = own !== undefined && same(own, value);
      const refusals = validate(op.params, value);
      assert.equal(refusals.length === 0, stands, `${JSON.stringify(value)} ${refusals}`);
      if (stands) accepted++;
      else refused++;
    };
    fc.assert(
      fc.property(
        near(op.params, 4),
        fc.nat(),
        fc.constantFrom(...odd),
        fc.boolean(),
        (written, where, by, surplus) => {
          const value = normalized(op.params, written);
          if (value === undefined) return;
          agree(value);
          // That a tuple rises and that a number is safe, ajv is not asked.
          const paths = pathsOf(value).filter((path) => path.at(-2) !== "epochs");
          const path = paths[where % paths.length]!;
          agree(changed(value, path, by));
          if (surplus) agree(changed(value, ["surplus"], 1));
        },
      ),
      { numRuns: 150, seed: 11 },
    );
    assert.ok(accepted > 20 && refused > 20, `${accepted} accepted, ${refused} refused`);
  });

  Deno.test(`ajv accepts the example of ${op.name}`, async () => {
    await validateParams(op, normalized(op.params, op.example)!);
  });
}

const all = opSet(ops);

/** What an object or a choice has under each name. */
function partsOf(schema: TSchema): Readonly<Record<string, TSchema>> {
  const form = formOf(schema);
  if (form.form === "list") return partsOf(form.items);
  return form.form === "object" ? form.fields : form.form === "choice" ? form.alternatives : {};
}

/** A recipe in which every kind of thing is made that a block may name. */
function around(block: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const model = { use: "mlp", hidden: [4], train: { epochs: 1 } };
  const student = "mutual" in block ? [model, model] : model;
  const distill = "assistant" in block ? { distill: { epochs: 1 } } : {};
  return { name: "around", data: "iris", teacher: model, student, ...distill, ...block };
}

const { steps, ...fields } = partsOf(grammarOf(all));
const blocks = [
  "data",
  "teacher",
  "assistant",
  "student",
  ...stagesOf(all).map(({ name }) => name),
  "evaluate",
  "export",
] as const;

/** What may stand in a recipe for each op: as a step, and as a field where it is one. */
const places: readonly (readonly [string, fc.Arbitrary<Record<string, unknown>>])[] = [
  ...Object.entries(partsOf(steps!)).map(([op, schema]) =>
    [op, near(schema, 3).map((step) => around({ steps: [{ ...Object(step), op }] }))] as const
  ),
  ...blocks.map((name) =>
    [`\`${name}:\``, near(fields[name]!, 4).map((block) => around({ [name]: block }))] as const
  ),
];

for (const [place, written] of places) {
  Deno.test(`what the language lets stand in ${place}, ajv lets run`, async () => {
    const validate = await ajvValidator();
    let accepted = 0;
    fc.assert(
      fc.property(written, (value) => {
        const recipe = recipeFromValue(value, "./", all);
        if (recipe.diagnostics.some(({ severity }) => severity === "error")) return;
        accepted++;
        for (const { op: name, params } of recipe.steps) {
          const op = all.get(name)!;
          const refusals = validate(op.params, params, new Set(op.random(params) ? [] : ["seed"]));
          // What nothing else has said, nobody says before the step runs.
          if (refusals.length === 0 || compile(recipe, all).diagnostics.length > 0) continue;
          assert.fail(`${name}: ${refusals} in ${JSON.stringify(value)}`);
        }
      }),
      { numRuns: 100, seed: 12 },
    );
    assert.ok(accepted > 20, `${accepted} accepted`);
  });
}

Deno.test("a field that one scheme lacks is refused there, with the schemes that have it", () => {
  const value = around({ quantize: { scheme: "float16", finetune: { epochs: 1 } } });
  assert.deepEqual(
    recipeFromValue(value, "./", all).diagnostics.map(({ code, path, help }) => [code, path, help]),
    [[
      "unknown-field",
      "quantize.finetune",
      "it goes with scheme: int8, int7, int6, int5, int4, int3, int2",
    ]],
  );
});

/** Equal whatever the order of fields. */
function same(a: Json, b: Json): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

Deno.test("what ajv refuses is an error of ours, and says where; a field that is not needed may be absent", async () => {
  const op = {
    name: "shuffle",
    params: Type.Object({
      times: Type.Integer({ minimum: 1, description: "How often" }),
      seed: Type.Integer({ minimum: 0, default: 0, description: "The seed" }),
    }),
  };
  await validateParams(op, { times: 3, seed: 1 });
  await validateParams(op, { times: 3 }, ["seed"]);
  const refused = (params: Json, by: string) =>
    assert.rejects(validateParams(op, params), {
      message: `internal: ajv refuses the parameters of shuffle: ${by}`,
    });
  await refused({ times: 3 }, "they must have required property 'seed'");
  await refused({ times: 0, seed: 1 }, "`times` must be >= 1");
  await refused({ times: 1, seed: 1, more: 2 }, "they must NOT have additional properties");
});

const count = Type.Integer({ minimum: 1, description: "A count" });
const part = Choice({ one: Type.Object({ size: count }), two: Type.Object({ width: count }) }, {
  description: "A part",
  untagged: Type.Object({ height: count }),
});
const nested = Type.Object({
  parts: ListOf(part, { description: "Parts", minItems: 1, maxItems: 2 }),
  counts: Type.Record(Type.String(), count, { description: "Counts" }),
  either: ByType({ number: count, list: ListOf(count, { description: "Some" }) }, {
    description: "One or some",
  }),
  layers: Selectors({ description: "Layers" }),
});
const sound = { parts: [{ use: "one", size: 1 }], counts: { a: 1 }, either: 1, layers: ["a"] };

Deno.test("what ajv refuses inside others is said with its whole path, all of it", async () => {
  const validate = await ajvValidator();
  const refusals = (change: Readonly<Record<string, Json>>) =>
    validate(nested, { ...sound, ...change });
  assert.deepEqual(refusals({}), []);
  assert.deepEqual(refusals({ parts: [{ height: 1 }, { use: "two", width: 2 }] }), []);
  assert.deepEqual(refusals({ parts: [] }), ["`parts` must NOT have fewer than 1 items"]);
  const one = { use: "one", size: 1 };
  assert.deepEqual(refusals({ parts: [one, one, one] }), [
    "`parts` must NOT have more than 2 items",
  ]);
  assert.deepEqual(refusals({ parts: [{ use: "two", width: 0 }, { use: "one" }] }), [
    "`parts.0.width` must be >= 1",
    "`parts.1` must have required property 'size'",
  ]);
  for (const other of [{ use: "three" }, { use: 1 }, { use: "toString" }]) {
    assert.deepEqual(refusals({ parts: [other] }), ["`parts.0.use` names no alternative"]);
  }
  assert.deepEqual(refusals({ counts: [1] }), ["`counts` must be object"]);
  assert.deepEqual(refusals({ counts: { a: 0, b: "x" } }), [
    "`counts.a` must be >= 1",
    "`counts.b` must be integer",
  ]);
  assert.deepEqual(refusals({ either: [1, 0] }), ["`either.1` must be >= 1"]);
  assert.deepEqual(refusals({ either: "x" }), ["`either` is of no type that it may be"]);
  await assert.rejects(
    validateParams({ name: "many", params: nested }, { ...sound, either: "x", counts: { a: 0 } }),
    {
      message: "internal: ajv refuses the parameters of many: " +
        "`counts.a` must be >= 1; `either` is of no type that it may be",
    },
  );
});

Deno.test("selectors are words of 1 to 200 letters, no more than a list may have", async () => {
  const validate = await ajvValidator();
  const refusals = (layers: Json) => validate(nested, { ...sound, layers });
  assert.deepEqual(refusals(["a", "b".repeat(200)]), []);
  assert.deepEqual(refusals([""]), ["`layers.0` must NOT have fewer than 1 characters"]);
  assert.deepEqual(refusals(["b".repeat(201)]), [
    "`layers.0` must NOT have more than 200 characters",
  ]);
  assert.deepEqual(refusals([1]), ["`layers.0` must be string"]);
  assert.deepEqual(refusals("a"), ["`layers` must be array"]);
  assert.deepEqual(refusals(new Array(10_000).fill("a")), []);
  assert.deepEqual(refusals(new Array(10_001).fill("a")), [
    "`layers` must NOT have more than 10000 items",
  ]);
});

Deno.test("a shape is compiled once for each choice that leads to it, and for each field left out", async () => {
  const { compile } = Ajv.prototype;
  let compiled = 0;
  Ajv.prototype.compile = function (this: Ajv, ...args: unknown[]) {
    compiled++;
    return compile.apply(this, args as never);
  } as typeof compile;
  const validate = await ajvValidator();
  const times = (schema: TSchema, value: Json, optional: readonly string[] = []) => {
    compiled = 0;
    assert.deepEqual(validate(schema, value, new Set(optional)), []);
    return compiled;
  };
  try {
    const same = Type.Object({ size: count });
    const schema = Choice({ one: same, two: same }, { description: "Alike" });
    assert.equal(times(schema, { use: "one", size: 1 }), 1);
    assert.equal(times(schema, { use: "one", size: 2 }), 0);
    assert.equal(times(schema, { use: "two", size: 1 }), 1);
    assert.equal(times(schema, { use: "two" }, ["size"]), 1);
    assert.equal(times(schema, { use: "two" }, ["size"]), 0);
  } finally {
    Ajv.prototype.compile = compile;
  }
});
