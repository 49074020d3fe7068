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
