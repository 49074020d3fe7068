/** What readers of a `tokenizer.json` have in common. */
import assert from "node:assert/strict";
import { fieldsOf, frameOf, named, withAdded } from "../../../../ops/data/text/tokenizer_json.ts";

const cannot = (why: string) => new RangeError(why);
const numbers: Readonly<Record<string, number>> = { "<s>": 4, "</s>": 5 };
const frame = (value: unknown) => frameOf(value, (token) => numbers[String(token)], cannot);
const template = (...tokens: string[]) => ({
  type: "TemplateProcessing",
  single: tokens.map((id) => id === "A" ? { Sequence: { id } } : { SpecialToken: { id } }),
});

Deno.test("a text is framed as the file says: by two tokens, a template, or one after another", () => {
  assert.deepEqual(frame(null), { start: [], end: [] });
  assert.deepEqual(frame({ type: "ByteLevel" }), { start: [], end: [] });
  for (const type of ["BertProcessing", "RobertaProcessing"]) {
    const pair = { type, cls: ["<s>", 4], sep: ["</s>", 5] };
    assert.deepEqual(frame(pair), { start: [4], end: [5] });
  }
  assert.deepEqual(frame(template("<s>", "A")), { start: [4], end: [] });
  const processors = [{ type: "ByteLevel" }, template("<s>", "A", "</s>"), template("</s>", "A")];
  assert.deepEqual(frame({ type: "Sequence", processors }), { start: [5, 4], end: [5] });
});

Deno.test("a frame of tokens that are not there, and one of another form, are refused", () => {
  assert.throws(() => frame(template("<x>", "A")), /frames texts with "<x>", which its vocabulary/);
  for (const value of [{ type: "Other" }, { type: "Sequence" }, { type: "BertProcessing" }]) {
    assert.throws(() => frame(value), new RegExp(`it frames texts by ${value.type}`));
  }
});

Deno.test("objects are told from lists, types are named, added tokens have their numbers", () => {
  assert.deepEqual([fieldsOf([1]), fieldsOf(null), fieldsOf({ a: 1 })], [{}, {}, { a: 1 }]);
  assert.deepEqual([named({ type: "X" }), named({ type: 3 })], ["X", "3"]);
  assert.deepEqual(withAdded({ a: 0 }, [{ content: "b", id: 1 }]), { a: 0, b: 1 });
  assert.deepEqual(withAdded({ a: 0 }, undefined), { a: 0 });
});
