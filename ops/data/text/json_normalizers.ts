/**
 * Normalisers of a `tokenizer.json` in words by which the library normalises as the reference does. Rules that
 * SentencePiece compiled are applied as they are, and not taken for NFKC. Letters become small one by one. What
 * replaces is no pattern.
 */
import { HfPrecompiled } from "../../../engine/deps/hf_tokenizers.ts";
import { quotedJson } from "../../../engine/quote.ts";
import { Charsmap } from "./charsmap.ts";
import { fieldsOf, type JsonFields, type Refusal } from "./tokenizer_json.ts";

// The library makes its normalisers by their types, and one that was made elsewhere cannot be given to it.
HfPrecompiled.prototype.normalize = function (text) {
  return (this.config as unknown as { readonly charsmap: Charsmap }).charsmap.normalized(text);
};

/** The normaliser in other words; those that are not known the library refuses. Throws a RangeError where one is not as it should be. */
export function knownNormalizer(normalizer: unknown, cannot: Refusal): JsonFields | null {
  if (normalizer === null) return null;
  const fields = fieldsOf(normalizer);
  switch (fields.type) {
    case "Sequence": {
      const { normalizers } = fields;
      if (!Array.isArray(normalizers)) throw cannot("its normalizers are no list");
      return sequence(normalizers.map((each) => knownNormalizer(each, cannot)));
    }
    case "Precompiled":
      return { type: "Precompiled", charsmap: new Charsmap(fields, cannot) };
    case "Lowercase":
      return lowercase(fields);
    case "BertNormalizer":
      return fields.lowercase === false ? fields : lowercase(fields);
    case "Strip":
      return sequence([
        ...fields.strip_left === true ? [replaced({ Regex: `${START}${BLANKS}` }, "")] : [],
        ...fields.strip_right === true ? [replaced({ Regex: `${BLANKS}${END}` }, "")] : [],
      ]);
    case "Prepend":
      // Not where nothing is left.
      return replaced({ Regex: `${START}(?=[\\s\\S])` }, textOf(fields, "prepend", cannot));
    case "Replace": {
      const { String: text, Regex: written } = fieldsOf(fields.pattern);
      if (typeof text !== "string" && typeof written !== "string") {
        throw cannot(`it replaces ${quotedJson(fields.pattern)}, which is no pattern`);
      }
      return replaced(fields.pattern, textOf(fields, "content", cannot));
    }
  }
  return fields;
}

const BLANKS = "\\p{White_Space}+";
const START = "(?<![\\s\\S])";
const END = "(?![\\s\\S])";

const sequence = (normalizers: readonly unknown[]) => ({ type: "Sequence", normalizers });

/** What the library puts in the place of a match it reads as JavaScript does, with `$&` for what matched. */
const replaced = (pattern: unknown, content: string) => ({
  type: "Replace",
  pattern,
  content: content.replaceAll("$", "$$$$"),
});

/** A capital sigma becomes the letter that it is inside of words, wherever it stands. */
const lowercase = (fields: JsonFields) => sequence([replaced({ String: "Σ" }, "σ"), fields]);

function textOf(fields: JsonFields, field: string, cannot: Refusal): string {
  const text = fields[field];
  if (typeof text === "string") return text;
  throw cannot(`the ${field} of its normalizer is ${quotedJson(text)}, which is no text`);
}
