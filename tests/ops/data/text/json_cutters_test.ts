/** Pre-tokenizers in words by which the library cuts as the reference does; that it does, `json_tokenizer_test.ts` shows. */
import assert from "node:assert/strict";
import { knownCutter } from "../../../../ops/data/text/json_cutters.ts";

const cannot = (why: string) => new RangeError(why);
const known = (cutter: unknown) => knownCutter(cutter, cannot);
const refused = (cutter: unknown, why: string) =>
  assert.throws(() => known(cutter), { name: "RangeError", message: why });

Deno.test("what is known as it is stays so, in a sequence too", () => {
  for (const type of ["ByteLevel", "BertPreTokenizer"]) {
    assert.deepEqual(known({ type, use_regex: true }), { type, use_regex: true });
  }
  assert.equal(known(null), null);
  const pretokenizers = [{ type: "ByteLevel" }, { type: "BertPreTokenizer" }];
  assert.deepEqual(known({ type: "Sequence", pretokenizers }), { type: "Sequence", pretokenizers });
  refused({ type: "Sequence" }, "its pre-tokenizers are no list");
  refused({ type: "FixedLength" }, "it cuts words by FixedLength, which is not known");
  refused({ type: "Sequence", pretokenizers: [3] }, "it cuts words by nothing, which is not known");
});

Deno.test("digits and signs are cut by Unicode, one by one or in runs", () => {
  const split = (Regex: string) => ({
    ...{ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false },
  });
  assert.deepEqual(known({ type: "Digits", individual_digits: true }), split("\\p{N}"));
  assert.deepEqual(known({ type: "Digits", individual_digits: false }), split("\\p{N}+"));
  const sign = "[\\p{P}!-/:-@\\[-`{-~]";
  assert.deepEqual(known({ type: "Punctuation" }), split(sign));
  assert.deepEqual(known({ type: "Punctuation", behavior: "Contiguous" }), split(`(?:${sign})+`));
  refused(
    { type: "Punctuation", behavior: "MergedWithNext" },
    'it splits with the behavior "MergedWithNext", which is not known',
  );
});

Deno.test("a split keeps its pattern, and whether matches or what lies between them goes", () => {
  const pattern = { Regex: "e" };
  const text = { type: "Split", pattern: { String: "e.(" }, behavior: "Removed" };
  assert.deepEqual(known(text)!.pattern, { Regex: "e\\.\\(" });
  const removed = { type: "Split", pattern, behavior: "Removed" };
  assert.deepEqual(known({ ...removed, invert: true }), { ...removed, invert: true });
  assert.deepEqual(known(removed), { ...removed, invert: false });
  const isolated = { type: "Split", pattern, behavior: "Isolated" };
  assert.deepEqual(known({ ...isolated, invert: true }), { ...isolated, invert: false });
  refused({ type: "Split", pattern: {} }, "it splits by {}, which is no pattern");
  const run = { type: "Split", behavior: "Contiguous", pattern };
  assert.deepEqual(known(run)!.pattern, { Regex: "(?:e)+" });
  refused({ ...run, invert: true }, 'it splits with the behavior "Contiguous", which is not known');
});

Deno.test("marks of spaces stand before words as the file says, and cut them unless it does not", () => {
  const marks = (scheme: string) => ({
    ...{ type: "Metaspace", replacement: "▁", str_rep: "▁", prepend_scheme: scheme },
  });
  assert.deepEqual(known({ type: "Metaspace", split: false }), marks("always"));
  const older = { type: "Metaspace", split: false, "add_prefix_space": false };
  assert.deepEqual(known(older), marks("never"));
  assert.deepEqual(known({ ...older, prepend_scheme: "first" }), marks("first"));
  assert.deepEqual(known({ type: "Metaspace" }), {
    type: "Sequence",
    pretokenizers: [marks("always"), {
      ...{ type: "Split", pattern: { Regex: "\\x{2581}[^\\x{2581}]*|[^\\x{2581}]+" } },
      ...{ behavior: "Removed", invert: true },
    }],
  });
  refused({ type: "Metaspace", replacement: "ab" }, 'its Metaspace marks spaces by "ab"');
});
