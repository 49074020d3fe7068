import assert from "node:assert/strict";
import { vocabularyOf } from "../../../../ops/data/text/vocabulary_file.ts";

Deno.test("a file may give the tokens: one a line, a list, or a map to numbers", () => {
  const lines = vocabularyOf("[PAD]\nthe\n[UNK]\ncat\n", "v.txt");
  assert.deepEqual([lines.tokens, lines.padding, lines.unknown], [
    ...[["[PAD]", "the", "[UNK]", "cat"], 0, 2],
  ]);
  assert.deepEqual(vocabularyOf('["a", "<unk>"]', "v.json").unknown, 1);
  const map = vocabularyOf('{ "b": 1, " ": 0, "a": 2 }', "v.json");
  assert.deepEqual([map.tokens, map.padding, map.unknown, map.mask], [[" ", "b", "a"], 0, 0, 0]);
});

Deno.test("a file that is no vocabulary is refused with its name and what is wrong", () => {
  const refused = (text: string, why: RegExp) =>
    assert.throws(() => vocabularyOf(text, "v.json"), why);
  refused(
    '{ "a": 0, "b": 2 }',
    /"v.json": the numbers of its 2 tokens are not 0 to 1, each once; "b" has 2/,
  );
  refused('{ "a": 0, "b": 0 }', /"b" has 0/);
  refused("[1, 2]", /a list of tokens holds texts/);
  refused("{ a", /"v.json": it is not JSON/);
  refused("", /it has no tokens/);
});
