import assert from "node:assert/strict";
import { Choice, OneOf, Type } from "../../../../engine/field.ts";
import { asExported } from "../../../../engine/recipe/expand/as_exported.ts";
import type { Draft } from "../../../../engine/recipe/expand/draft.ts";
import { child } from "../../../../engine/recipe/parse/tree.ts";
import { draftOf, written } from "./written.ts";

const form = OneOf(["small", "plain"], { default: "small", description: "How it is written" });
const schema = Type.Object({
  in: Type.Optional(Choice({
    here: Type.Object({}, { description: "Here" }),
    there: Type.Object({ form }, { description: "There", "x-exported-as": "file" }),
  }, { description: "Where" })),
  batch: Type.Integer({ description: "How many" }),
});

const exported = (fields: Draft["fields"], broken = false): Draft =>
  draftOf("export", { params: fields, broken });
const plain = exported({ use: "file", form: "plain", tolerance: 1 });

/** What becomes of parameters that are written so, beside these exports. */
function filled(text: string, params: Draft["fields"], ...exports: readonly Draft[]) {
  const { root } = written(`evaluate: { latency: ${text} }\n`);
  return asExported(params, { schema, tree: child(child(root, "evaluate"), "latency"), exports });
}

const there = { in: { use: "there", form: "small" }, batch: 2 };

Deno.test("files are timed as the first export of their format writes them", () => {
  const other = exported({ use: "other", form: "plain" });
  const second = exported({ use: "file", form: "small" });
  const timed = { in: { use: "there", form: "plain" }, batch: 2 };
  for (const text of ["{ in: there }", "{ in: { use: there } }"]) {
    assert.deepEqual(filled(text, there, other, plain, second), timed);
  }
});

Deno.test("without such an export, or with one that is wrong, they are as written", () => {
  const other = exported({ use: "other", form: "plain" });
  assert.deepEqual(filled("{ in: there }", there), there);
  assert.deepEqual(filled("{ in: there }", there, other), there);
  const broken = exported({ use: "file", form: "plain" }, true);
  assert.deepEqual(filled("{ in: there }", there, broken), there);
});

Deno.test("options that the recipe writes stay", () => {
  assert.deepEqual(filled("{ in: { use: there, form: small } }", there, plain), there);
});

Deno.test("what is timed without files is left as it is", () => {
  const here = { in: { use: "here" }, batch: 2 };
  assert.deepEqual(filled("{ in: here }", here, plain), here);
  assert.deepEqual(filled("{ batch: 2 }", { batch: 2 }, plain), { batch: 2 });
  assert.deepEqual(filled("{ unknown: 2 }", { unknown: 2 }, plain), { unknown: 2 });
});
