/**
 * `tokenizer.json` of any model (BPE, Unigram, WordPiece), cut by HuggingFace's own library in JavaScript. Where that is known
 * to cut otherwise than their reference, what the file says is put into other words first, or refused.
 */
import { HfTokenizer } from "../../../engine/deps/hf_tokenizers.ts";
import { canonical, type Json } from "../../../engine/digest.ts";
import { quoted, quotedJson, reasonOf } from "../../../engine/quote.ts";
import { knownCutter } from "./json_cutters.ts";
import { knownNormalizer } from "./json_normalizers.ts";
import { fieldsOf, frameOf, type JsonFields, type Refusal, withAdded } from "./tokenizer_json.ts";
import type { TokenCut, Vocabulary } from "./vocabulary.ts";
import { byNumber } from "./vocabulary_file.ts";

/** Names of the tokens that fill and that hide, as tokenizers have them. */
const PADDING = ["[PAD]", "<pad>", "<|padding|>"];
const MASK = ["[MASK]", "<mask>"];

/** A tokenizer of the library, and the numbers of its tokens. */
interface JsonTokenizer {
  readonly rule: TokenCut;
  readonly vocabulary: Vocabulary;
  tokens(text: string): string[];
}

/** The tokenizer that a file describes. Throws a RangeError that names the file, and what of it is not known. */
export function jsonTokenizer(json: JsonFields, file: string, cannot: Refusal): JsonTokenizer {
  const whole = plainJson(json, cannot);
  const model = fieldsOf(json.model);
  assertModel(model, cannot);
  const added = addedTokens(json, cannot);
  const tokens = byNumber(withAdded(numbersOf(model, cannot), added), file);
  const vocabulary = vocabularyOf(json, tokens, cannot);
  const cutter = built({
    model: json.model,
    added_tokens: added,
    normalizer: knownNormalizer(json.normalizer ?? null, cannot),
    pre_tokenizer: knownCutter(json.pre_tokenizer ?? null, cannot),
    post_processor: null,
    decoder: null,
  }, cannot);
  return {
    rule: { use: "tokenizer.json", json: whole },
    vocabulary,
    tokens(text) {
      try {
        return cutter.tokenize(text);
      } catch (error) {
        throw cannot(`it cuts no text (${reasonOf(error)})`);
      }
    },
  };
}

function built(json: JsonFields, cannot: Refusal) {
  try {
    return new HfTokenizer(json, {});
  } catch (error) {
    throw cannot(`its parts do not fit together (${reasonOf(error)})`);
  }
}

/** The file as it can be stored: what no canonical JSON says is refused. */
function plainJson(json: JsonFields, cannot: Refusal): Json {
  try {
    canonical(json as Json);
    return json as Json;
  } catch (error) {
    throw cannot(`it cannot be stored (${reasonOf(error)})`);
  }
}

/** Throws where a model has what the library leaves out. */
function assertModel(model: JsonFields, cannot: Refusal): void {
  const { type, dropout, continuing_subword_prefix: prefix, merges } = model;
  if (type !== "BPE") return;
  if (typeof dropout === "number" && dropout > 0) {
    throw cannot(
      `it leaves out merges by chance (dropout ${dropout}), and a text is cut in one way`,
    );
  }
  if (typeof prefix === "string" && prefix !== "") {
    throw cannot(`its pieces of BPE begin with ${quoted(prefix)}, which is not known`);
  }
  const pairs = Array.isArray(merges) &&
    merges.every((each) =>
      typeof each === "string"
        ? each.split(" ").length === 2
        : Array.isArray(each) && each.length === 2 && each.every((part) => typeof part === "string")
    );
  if (!pairs) throw cannot("its merges are no pairs of tokens");
}

/** Tokens from texts to numbers; of Unigram the places in a list of tokens with their scores. */
function numbersOf({ type, vocab }: JsonFields, cannot: Refusal): JsonFields {
  if (type !== "Unigram") return fieldsOf(vocab);
  const scored = Array.isArray(vocab) &&
    vocab.every((each) =>
      Array.isArray(each) && typeof each[0] === "string" && Number.isFinite(each[1])
    );
  if (!scored) throw cannot("its vocab is no list of tokens with their scores");
  const pairs = vocab as readonly (readonly [string, number])[];
  const numbers = Object.fromEntries(pairs.map(([token], number) => [token, number]));
  if (Object.keys(numbers).length === pairs.length) return numbers;
  throw cannot("its vocab has a token twice");
}

function addedTokens(
  { added_tokens: added = [] }: JsonFields,
  cannot: Refusal,
): readonly JsonFields[] {
  const tokens = Array.isArray(added) ? added.map(fieldsOf) : [];
  const nameless = tokens.some(({ content }) => typeof content !== "string" || content === "");
  if (!Array.isArray(added) || nameless) throw cannot("one of its added_tokens has no content");
  const single = tokens.find(({ single_word: alone }) => alone === true);
  if (single === undefined) return tokens;
  throw cannot(`${quotedJson(single.content)} counts as a single_word alone, which is not known`);
}

function vocabularyOf(json: JsonFields, tokens: readonly string[], cannot: Refusal): Vocabulary {
  if (tokens.length < 2) throw cannot("it has no tokens");
  const model = fieldsOf(json.model);
  const numbers = new Map(tokens.map((token, number) => [token, number]));
  const numberOf = (token: unknown) => typeof token === "string" ? numbers.get(token) : undefined;
  const first = (names: readonly string[]) =>
    names.map(numberOf).find((number) => number !== undefined);
  const padding = fieldsOf(json.padding).pad_id ?? first(PADDING) ?? 0;
  const unknown = (model.type === "Unigram" ? model.unk_id : numberOf(model.unk_token)) ?? padding;
  for (const [field, number] of [["pad_id", padding], ["unk_id", unknown]] as const) {
    if (Number.isInteger(number) && Object.hasOwn(tokens, number as number)) continue;
    throw cannot(`its ${field} is ${quotedJson(number)}`);
  }
  return {
    tokens,
    padding: padding as number,
    unknown: unknown as number,
    mask: first(MASK) ?? unknown as number,
    frame: frameOf(json.post_processor, numberOf, cannot),
  };
}
