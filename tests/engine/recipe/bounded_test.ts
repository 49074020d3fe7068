/** What a recipe may ask for is bounded, so that reading one from elsewhere never exhausts a machine. */
import assert from "node:assert/strict";
import type { TSchema } from "../../../engine/field.ts";
import { opSet } from "../../../engine/op.ts";
import { formOf } from "../../../engine/recipe/form.ts";
import { grammarOf } from "../../../engine/recipe/grammar.ts";
import { searchSchema } from "../../../engine/recipe/search.ts";
import { ops } from "../../../ops/mod.ts";

/** Every schema inside another, with its path. */
function* walk(schema: TSchema, path: string): Generator<[TSchema, string]> {
  yield [schema, path];
  const form = formOf(schema);
  const inner = form.form === "object"
    ? form.fields
    : form.form === "choice"
    ? { ...form.alternatives, ...(form.untagged && { from: form.untagged }) }
    : form.form === "by-type"
    ? form.types
    : form.form === "list"
    ? { 0: form.items }
    : form.form === "tuple"
    ? { ...form.items }
    : form.form === "map"
    ? { x: form.values }
    : {};
  for (const [name, each] of Object.entries(inner)) yield* walk(each, `${path}.${name}`);
}

Deno.test("every whole number of the language has a largest value", () => {
  const all = [
    ...walk(grammarOf(opSet(ops)), "recipe"),
    ...ops.flatMap((op) => [...walk(op.params, op.name)]),
    ...walk(searchSchema, "search"),
  ];
  const open = all.filter(([schema]) => {
    const form = formOf(schema);
    return form.form === "number" && form.whole && form.limits.maximum === undefined;
  });
  assert.deepEqual([...new Set(open.map(([, path]) => path))], []);
});
