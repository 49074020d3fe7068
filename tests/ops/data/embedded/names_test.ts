import assert from "node:assert/strict";
import { names } from "../../../../ops/data/embedded/names.ts";
import { data } from "../../../../ops/data/data.ts";
import type { FileParams } from "../../../../ops/data/data_fields.ts";
import { runContext } from "../../run_context.ts";

const params = (more: Partial<FileParams> = {}): FileParams => ({
  from: "t.txt",
  task: "classification",
  text: { tokens: "words", length: 3 },
  split: { validation: 0, test: 0, by: "order" },
  normalize: { use: "unit" },
  seed: 0,
  ...more,
});

Deno.test("names are female or male, mails ham or spam: known before anything is read", () => {
  const { from: _, ...rest } = params();
  const facts = (use: "names" | "spam") => data.facts({}, { ...rest, use } as never);
  const kind = { kind: "dataset", task: "classification", test: "none" };
  const told = { ...kind, input: [3], text: {}, outputs: 2 };
  assert.deepEqual(facts("names"), { ...told, classes: ["female", "male"] });
  assert.deepEqual(facts("spam"), { ...told, classes: ["ham", "spam"] });
});

Deno.test("the embedded names: their published counts, cut into characters", async () => {
  const { text: _, from: _from, ...rest } = params();
  const wishes = { ...rest, use: "names", text: { tokens: "characters", length: 12 } } as const;
  const { meta, parts } = await data.run({}, wishes as never, runContext());
  const counts = [0, 0];
  for (const label of parts.train!.y!) counts[label]!++;
  assert.deepEqual(counts, [4951, 3898]);
  assert.deepEqual(meta.classes, ["female", "male"]);
});

Deno.test("names are cut into 16 characters where a recipe says nothing", () => {
  const { default: text } = names.fields.properties.text as { readonly default?: unknown };
  assert.deepEqual(text, { tokens: "characters", length: 16 });
});

Deno.test("the set is called names, and is as large as its lists", () => {
  assert.equal(names.name, "names");
  const { from: _, ...rest } = params();
  assert.equal(names.needs!(rest as never)!.what, "8849 samples of 3 tokens");
});
