import assert from "node:assert/strict";
import { byNumber, vocabularyOf } from "../../../../ops/data/text/vocabulary_file.ts";

Deno.test("a file may give the tokens: one a line, a list, or a map to numbers", () => {
  const lines = vocabularyOf("[PAD]\nthe\n[UNK]\ncat\n", "v.txt");
  assert.deepEqual([lines.tokens, lines.padding, lines.unknown], [
    ...[["[PAD]", "the", "[UNK]", "cat"], 0, 2],
  ]);
  assert.deepEqual(vocabularyOf('["a", "<unk>"]', "v.json").unknown, 1);
  const map = vocabularyOf('{ "b": 1, " ": 0, "a": 2 }', "v.json");
  assert.deepEqual([map.tokens, map.padding, map.unknown, map.mask], [[" ", "b", "a"], 0, 0, 0]);
});

Deno.test("what stands for others and what fills is known by the names that files give them", () => {
  for (const name of ["[unknown]", "[UNK]", "<unk>", "<UNK>", "<oov>"]) {
    const { padding, unknown } = vocabularyOf(`a\r\nb\r\n${name}`, "v.txt");
    assert.deepEqual([padding, unknown], [0, 2], name);
  }
  for (const name of ["[padding]", "[PAD]", "<pad>", "<PAD>"]) {
    const { padding, unknown } = vocabularyOf(`a\nb\n${name}`, "v.txt");
    assert.deepEqual([padding, unknown], [2, 0], name);
  }
});

Deno.test("a file that is no vocabulary is refused with its name and what is wrong", () => {
  const refused = (text: string, why: RegExp) =>
    assert.throws(() => vocabularyOf(text, "v.json"), why);
  refused(
    '{ "a": 0, "b": 2 }',
    /"v.json": the numbers of its 2 tokens are not 0 to 1, each once; "b" has 2/,
  );
  refused('{ "a": 0, "b": 0 }', /"b" has 0/);
  refused('{ "a": 0, "b": -1 }', /"b" has -1/);
  refused('{ "a": 0, "b": 0.5 }', /"b" has 0.5/);
  refused('{ "a": 0, "b": "1" }', /"b" has "1"/);
  assert.deepEqual(byNumber({ b: 1, a: 0 }, "v.json"), ["a", "b"]);
  refused("[1, 2]", /^RangeError: Cannot use "v.json": a list of tokens holds texts$/);
  refused('["a", 1]', /a list of tokens holds texts/);
  refused('["a"]', /^RangeError: Cannot use "v.json": it has no tokens$/);
  refused("{ a", /"v.json": it is not JSON/);
  refused("", /it has no tokens/);
});
