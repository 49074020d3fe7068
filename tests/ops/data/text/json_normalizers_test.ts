/** Normalisers as the library has them when they are put into other words, against the reference's texts. */
import assert from "node:assert/strict";
import { HfTokenizer } from "../../../../engine/deps/hf_tokenizers.ts";
import { knownNormalizer } from "../../../../ops/data/text/json_normalizers.ts";

const FIXTURES = new URL("../../../fixtures/tokenizers/", import.meta.url);
const cannot = (why: string) => new RangeError(why);

/** What the library does to a text by a normaliser. */
function normalizing(normalizer: unknown): (text: string) => string {
  const built = new HfTokenizer({
    ...{ model: { type: "Unigram", vocab: [["a", 0]], ["unk_id"]: 0 }, ["added_tokens"]: [] },
    ...{ normalizer, ["pre_tokenizer"]: null, ["post_processor"]: null, decoder: null },
  }, {});
  return (text) => built.normalizer!.normalize(text);
}

Deno.test("every normaliser makes of every text what the reference makes of it", async () => {
  const { texts, rows } = JSON.parse(
    await Deno.readTextFile(new URL("normalizers.json", FIXTURES)),
  ) as {
    readonly texts: readonly string[];
    readonly rows: readonly { readonly normalizer: object; readonly made: readonly string[] }[];
  };
  assert.ok(rows.length > 15 && texts.length > 14);
  for (const { normalizer, made } of rows) {
    const normalize = normalizing(knownNormalizer(normalizer, cannot));
    for (const [at, text] of texts.entries()) {
      assert.equal(normalize(text), made[at], JSON.stringify([normalizer, text]));
    }
  }
});

Deno.test("none stays none, and one that is not known is left to be refused", () => {
  assert.equal(knownNormalizer(null, cannot), null);
  const other = { type: "Other", a: 1 };
  assert.deepEqual(knownNormalizer(other, cannot), other);
  assert.throws(() => normalizing(other), /Unknown Normalizer type: Other/);
});

Deno.test("a normaliser that is not as it should be is refused", () => {
  for (
    const [normalizer, why] of [
      [{ type: "Sequence", normalizers: 3 }, /^its normalizers are no list$/],
      [{ type: "Sequence", normalizers: [{ type: "Prepend" }] }, /^the prepend of its normalizer/],
      [{ type: "Replace", pattern: "x", content: "y" }, /^it replaces "x", which is no pattern$/],
      [{ type: "Replace", pattern: { Regex: 3 }, content: "y" }, /^it replaces .*no pattern$/],
      [{ type: "Replace", pattern: { String: "x" } }, /^the content of its normalizer is/],
      [{ type: "Precompiled" }, /^its precompiled_charsmap is no text/],
    ] as const
  ) {
    const reason = { name: "RangeError", message: why };
    assert.throws(() => knownNormalizer(normalizer, cannot), reason, JSON.stringify(normalizer));
  }
});
