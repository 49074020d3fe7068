/**
 * Pre-tokenizers of a `tokenizer.json` in words by which the library cuts as the reference does: classes of characters by
 * Unicode and not by ASCII, and each behaviour of a split that it has.
 */
import { quotedJson } from "../../../engine/quote.ts";
import { fieldsOf, type JsonFields, named, type Refusal } from "./tokenizer_json.ts";

/** Punctuation of the reference: Unicode's, and the signs of ASCII. */
const SIGN = "[\\p{P}!-/:-@\\[-`{-~]";

/** Characters that mean something in an expression. */
const SPECIAL = /[.*+?^${}()|[\]\\]/g;

const isolated = (pattern: unknown) => ({
  type: "Split",
  pattern,
  behavior: "Isolated",
  invert: false,
});
const regex = (pattern: string) => ({ Regex: pattern });

/** The pre-tokenizer in other words. Throws a RangeError where it is not known. */
export function knownCutter(cutter: unknown, cannot: Refusal): JsonFields | null {
  if (cutter === null) return null;
  const fields = fieldsOf(cutter);
  switch (fields.type) {
    case "Sequence": {
      const { pretokenizers } = fields;
      if (!Array.isArray(pretokenizers)) throw cannot("its pre-tokenizers are no list");
      return { ...fields, pretokenizers: pretokenizers.map((each) => knownCutter(each, cannot)) };
    }
    case "BertPreTokenizer":
    case "ByteLevel":
      return fields;
    case "Metaspace":
      return metaspace(fields, cannot);
    case "Whitespace":
      return {
        type: "Split",
        pattern: regex("\\w+|[^\\w\\s]+"),
        behavior: "Removed",
        invert: true,
      };
    case "WhitespaceSplit":
      return { type: "Split", pattern: regex("\\s+"), behavior: "Removed", invert: false };
    case "Digits":
      return isolated(regex(fields.individual_digits === true ? "\\p{N}" : "\\p{N}+"));
    case "Punctuation":
      return split({ ...fields, pattern: regex(SIGN), invert: false }, cannot);
    case "Split":
      return split(fields, cannot);
  }
  throw cannot(`it cuts words by ${named(cutter)}, which is not known`);
}

/** A split in the two behaviours that are known; a run of matches is one match. */
function split(fields: JsonFields, cannot: Refusal): JsonFields {
  const { behavior = "Isolated", invert = false, pattern } = fields;
  const { Regex: written, String: text } = fieldsOf(pattern);
  // Of a text that is removed the library would leave what it removes.
  const expression = typeof text === "string" ? text.replace(SPECIAL, "\\$&") : written;
  if (typeof expression !== "string") {
    throw cannot(`it splits by ${quotedJson(pattern)}, which is no pattern`);
  }
  switch (String(behavior).toLowerCase()) {
    case "isolated":
      return isolated(regex(expression));
    case "removed":
      return {
        type: "Split",
        pattern: regex(expression),
        behavior: "Removed",
        invert: invert === true,
      };
    case "contiguous":
      if (invert !== true) return isolated(regex(`(?:${expression})+`));
  }
  throw cannot(`it splits with the behavior ${quotedJson(behavior)}, which is not known`);
}

/** Spaces become marks, one before the first word too; words are cut before each, where the file does not say otherwise. */
function metaspace(fields: JsonFields, cannot: Refusal): JsonFields {
  const { replacement = "\u2581", prepend_scheme: scheme, add_prefix_space: prefix } = fields;
  if (typeof replacement !== "string" || replacement.length !== 1) {
    throw cannot(`its Metaspace marks spaces by ${quotedJson(replacement)}`);
  }
  const marks = {
    type: "Metaspace",
    replacement,
    "str_rep": replacement,
    "prepend_scheme": scheme ?? (prefix === false ? "never" : "always"),
  };
  if (fields.split === false) return marks;
  const mark = `\\x{${replacement.charCodeAt(0).toString(16)}}`;
  const words = regex(`${mark}[^${mark}]*|[^${mark}]+`);
  const before = { type: "Split", pattern: words, behavior: "Removed", invert: true };
  return { type: "Sequence", pretokenizers: [marks, before] };
}
