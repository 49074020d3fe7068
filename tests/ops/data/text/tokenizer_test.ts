import assert from "node:assert/strict";
import { tokenizerOf } from "../../../../ops/data/text/tokenizer.ts";
import { TokenPlaces } from "../../../../ops/data/text/token_places.ts";
import { runContext } from "../../run_context.ts";

const context = runContext({ files: { "v.txt": new TextEncoder().encode("[pad]\na\nb\n") } });

/** A tokenizer, which gives tokens here. */
async function tokenizer(
  wishes: Parameters<typeof tokenizerOf>[0],
  given: Parameters<typeof tokenizerOf>[2] = context,
) {
  const seen = new TokenPlaces();
  const { cut, ...found } = await tokenizerOf(wishes, seen, given);
  const tokens = (text: string, most = Infinity) =>
    Array.from(cut(text, most), (place) => seen.tokens[place]);
  return { ...found, tokens };
}

Deno.test("a rule cuts texts by itself, and numbers are learned or those of a file", async () => {
  const learned = await tokenizer({ tokens: "characters" });
  assert.deepEqual([learned.rule, learned.tokens("ab c"), learned.vocabulary], [
    { use: "characters" },
    ["a", "b", " ", "c"],
    10_000,
  ]);
  assert.equal((await tokenizer({ tokens: "words", vocabulary: 7 })).vocabulary, 7);
  const filed = await tokenizer({ tokens: "words", vocabulary: "v.txt" });
  assert.deepEqual((filed.vocabulary as { tokens: readonly string[] }).tokens, ["[pad]", "a", "b"]);
  assert.deepEqual(filed.tokens("A b-B"), ["a", "b", "-", "b"]);
  assert.deepEqual(filed.tokens("A b-B", 2), ["a", "b"]);
});

Deno.test("a tokenizer that a file describes is read with its rule, and no file longer than a text can be", async () => {
  const file = {
    model: { type: "WordPiece", vocab: { "[UNK]": 0, a: 1, "##b": 2 } },
    "pre_tokenizer": { type: "BertPreTokenizer" },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(file));
  const long = Object.defineProperty(new Uint8Array(), "length", { value: 1 << 30 });
  const given = runContext({ files: { "t.json": bytes, "v.txt": long } });
  const found = await tokenizer({ tokens: { from: "t.json" } }, given);
  assert.equal(found.rule.use, "word-piece");
  assert.deepEqual(found.tokens("ab"), ["a", "##b"]);
  assert.deepEqual(found.tokens("ab", 1), ["a"]);
  assert.deepEqual((found.vocabulary as { tokens: readonly string[] }).tokens, [
    "[UNK]",
    "a",
    "##b",
  ]);
  await assert.rejects(tokenizer({ tokens: "words", vocabulary: "v.txt" }, given), {
    message:
      'Cannot use "v.txt": its text of 1.07 GB is longer than a text can be, 537 MB; divide it',
  });
});
