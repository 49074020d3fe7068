/** What is searched for, in texts. */
import assert from "node:assert/strict";
import { holding } from "../../../../engine/cli/words/sought.ts";

const holds = (sought: string, text: string) => holding(sought)(text);

Deno.test("all words that are sought are in a text, however they are joined", () => {
  for (const text of ["class_weight", "class-weights", "Weights of a class", "the CLASS weight"]) {
    for (const sought of ["class weights", "class weight", "class_weight", "Weights-class"]) {
      assert.equal(holds(sought, text), true, `${sought} in ${text}`);
    }
  }
  assert.equal(holds("class weights", "class"), false);
  assert.equal(holds("class weights", "weight"), false);
  assert.equal(holds("class weights", "weights of a subclass"), false, "in a word is no beginning");
});

Deno.test("a word is found by its beginning, and by its plural or singular", () => {
  const found = (sought: string, text: string) => holds(`a ${sought}`, `${text} a`);
  for (
    const [sought, text] of [
      ["quant", "quantize"],
      ["weights", "weight"],
      ["weight", "weights"],
      ["boxes", "box"],
      ["box", "boxes"],
      ["losses", "loss"],
      ["batches", "batch"],
      ["hashes", "hash"],
      ["categories", "category"],
      ["category", "categories"],
    ] as const
  ) assert.equal(found(sought, text), true, `${sought} in ${text}`);
  for (
    const [sought, text] of [
      ["quantize", "quant"],
      ["loss", "los"],
      ["day", "daies"],
      ["movies", "mov"],
      ["ab", "abc"],
      ["as", "a"],
    ] as const
  ) assert.equal(found(sought, text), false, `${sought} in ${text}`);
  assert.equal(found("abc", "abcd"), true);
});

Deno.test("a text that holds what is sought as it is written holds it, and nothing is no word", () => {
  assert.equal(holds("NORM", "batchnorm"), true);
  assert.equal(holds("1 %", "at 1 % each"), true);
  assert.equal(holds("%", "percent"), false);
});
