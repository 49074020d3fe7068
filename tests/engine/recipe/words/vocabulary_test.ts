/** Every word of the language has a meaning with a description: asked of the published schema, which is made otherwise. */
import assert from "node:assert/strict";
import { opSet } from "../../../../engine/op.ts";
import { recipeSchema } from "../../../../engine/recipe/words/recipe_schema.ts";
import { vocabularyOf } from "../../../../engine/recipe/words/vocabulary.ts";
import { ops } from "../../../../ops/mod.ts";

const shipped = opSet(ops);
const vocabulary = vocabularyOf(shipped);

/** The names of properties, and the texts that `const` and `enum` allow, anywhere in a JSON Schema. */
function wordsIn(schema: unknown, words: Set<string>): void {
  if (typeof schema !== "object" || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties") { for (const name of Object.keys(value)) words.add(name); }
    const texts = key === "enum" ? value : key === "const" ? [value] : [];
    for (const text of texts) if (typeof text === "string") words.add(text);
    if (key !== "default" && key !== "examples") wordsIn(value, words);
  }
}

Deno.test("every field and every value of the published schema is a word that is described", () => {
  const words = new Set<string>();
  wordsIn(recipeSchema(shipped), words);
  assert.ok(words.size > 300, String(words.size));
  // The fields that choose are told by what they choose.
  const tags = new Set(["use", "op", "granularity", "scheme", "format", "loss"]);
  const unknown = [...words].filter((word) =>
    !vocabulary.has(word) && !shipped.has(word) && !tags.has(word)
  );
  assert.deepEqual(unknown, []);
  const silent = [...vocabulary.values()].flat().filter(({ description }) => description === "");
  assert.deepEqual(silent.map(({ word, where }) => [word, where[0]]), []);
});

Deno.test("a word that several blocks have alike is one meaning, with the nearest place first", () => {
  const [flip, ...others] = vocabulary.get("flip")!;
  assert.deepEqual(others, []);
  assert.equal(flip!.role, "alternative");
  assert.equal(flip!.tag, "use");
  assert.equal(flip!.description, "Mirrors every second image, on average");
  assert.equal(flip!.where[0], "distill.augment");
  assert.ok(flip!.where.includes("student.train.augment"));
  assert.ok(flip!.where.includes("quantize.finetune.augment"));
  assert.ok(flip!.where.at(-1)!.startsWith("steps"));
});

Deno.test("one word with several meanings has each, and the same field of other alternatives its own", () => {
  const roles = new Set(vocabulary.get("cosine")!.map(({ role }) => role));
  assert.deepEqual(roles, new Set(["alternative", "value"]));
  const temperatures = vocabulary.get("temperature")!;
  const [first] = temperatures;
  assert.equal(first!.where[0], "distill.loss[soft-targets].temperature");
  assert.equal(first!.schema!.default, 4);
  assert.ok(temperatures.some(({ where }) => where[0] === "distill.loss[peers].temperature"));
  assert.ok(first!.where.includes("teacher.train.loss[soft-targets].temperature"));
  // What all networks have names none of them.
  assert.equal(vocabulary.get("epochs")![0]!.where.includes("teacher.train.epochs"), true);
});

Deno.test("metrics say which values are better, on what data, and how they are claimed", () => {
  const metric = (word: string) => vocabulary.get(word)!.find(({ role }) => role === "metric")!;
  assert.equal(metric("mae").example, "expect: [result.mae <= 1]");
  assert.match(metric("mae").description, /: mean absolute error; less is better; .*regression$/);
  assert.equal(metric("accuracy").example, "expect: [result.accuracy >= 90 %]");
  assert.equal(metric("recall").example, "expect: [result.recall.1 >= 90 %]");
  assert.equal(metric("bytes").example, "expect: [result.bytes <= 100 kB]");
  assert.match(metric("bytes").description, /its parts: gzip, raw/);
  assert.equal(metric("macs").example, "expect: [result.macs <= 10 k]");
  assert.equal(metric("latency").example, "expect: [result.latency <= 5 ms]");
  assert.equal(metric("confusion").example, "evaluate: { metrics: [confusion] }");
  assert.match(metric("confusion").description, /it is no number/);
});

Deno.test("what stands above the grammar, and what many fields share, are words too", () => {
  assert.equal(vocabulary.get("extends")![0]!.example, "extends: ./base.yaml");
  assert.equal(vocabulary.get("variables")![0]!.example, "variables: { ratio: 0.5 }");
  assert.equal(vocabulary.get("sweep")![0]!.role, "field");
  assert.equal(vocabulary.get("pareto")![0]!.where[0], "sweep.pareto");
  assert.equal(vocabulary.get("tpe")![0]!.where[0], "search.strategy");
  assert.deepEqual(vocabulary.get("selectors")!.map(({ role }) => role), ["topic"]);
  assert.match(vocabulary.get("curves")![0]!.description, /`cubic` \(Zhu & Gupta\)/);
});
