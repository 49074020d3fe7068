import assert from "node:assert/strict";
import { tokenizerOf } from "../../../../ops/data/text/tokenizer.ts";
import { runContext } from "../../run_context.ts";

const context = runContext({ files: { "v.txt": new TextEncoder().encode("[pad]\na\nb\n") } });

Deno.test("a rule cuts texts by itself, and numbers are learned or those of a file", async () => {
  const learned = await tokenizerOf({ tokens: "characters" }, context);
  assert.deepEqual([learned.rule, learned.cut("ab c"), learned.vocabulary], [
    { use: "characters" },
    ["a", "b", " ", "c"],
    10_000,
  ]);
  assert.equal((await tokenizerOf({ tokens: "words", vocabulary: 7 }, context)).vocabulary, 7);
  const filed = await tokenizerOf({ tokens: "words", vocabulary: "v.txt" }, context);
  assert.deepEqual((filed.vocabulary as { tokens: readonly string[] }).tokens, ["[pad]", "a", "b"]);
  assert.deepEqual(filed.cut("A b-B"), ["a", "b", "-", "b"]);
});

Deno.test("a tokenizer that a file describes is read with its rule, and no file longer than a text can be", async () => {
  const file = {
    model: { type: "WordPiece", vocab: { "[UNK]": 0, a: 1, "##b": 2 } },
    "pre_tokenizer": { type: "BertPreTokenizer" },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(file));
  const long = Object.defineProperty(new Uint8Array(), "length", { value: 1 << 30 });
  const given = runContext({ files: { "t.json": bytes, "v.txt": long } });
  const found = await tokenizerOf({ tokens: { from: "t.json" } }, given);
  assert.equal(found.rule.use, "word-piece");
  assert.deepEqual(found.cut("ab"), ["a", "##b"]);
  assert.deepEqual((found.vocabulary as { tokens: readonly string[] }).tokens, [
    "[UNK]",
    "a",
    "##b",
  ]);
  await assert.rejects(tokenizerOf({ tokens: "words", vocabulary: "v.txt" }, given), {
    message:
      'Cannot use "v.txt": its text of 1.07 GB is longer than a text can be, 537 MB; divide it',
  });
});
