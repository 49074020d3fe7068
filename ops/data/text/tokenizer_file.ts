/**
 * `tokenizer.json` as HuggingFace's tokenizers write it: WordPiece with BERT's normaliser and frame; or `vocab.txt`, the
 * list of its tokens.
 */
import { excerpt, notJson, quoted, quotedJson } from "../../../engine/quote.ts";
import {
  fieldsOf,
  frameOf,
  type JsonFields,
  named,
  type Refusal,
  withAdded,
} from "./tokenizer_json.ts";
import { byNumber } from "./vocabulary_file.ts";
import type { TokenCut, Vocabulary } from "./vocabulary.ts";
import { isWordList, listedTokenizer } from "./word_list.ts";
import { lengthsOf, type Normalizer, type Pieces, wordPieces } from "./word_piece.ts";

/** A tokenizer that a file describes. */
interface FileTokenizer {
  readonly rule: TokenCut;
  readonly vocabulary: Vocabulary;
  tokens(text: string): string[];
}

/**
 * Reads a tokenizer; `lowercase` says of a list of tokens whether it is of texts without upper case and accents, default
 * true. Throws a RangeError that names the file and what of it is not known: models other than WordPiece,
 * normalisers other than BertNormalizer, pre-tokenizers other than BertPreTokenizer.
 */
export function readTokenizer(text: string, file: string, lowercase?: boolean): FileTokenizer {
  const cannot = refusalOf(file);
  const list = isWordList(text);
  if (!list && lowercase !== undefined) {
    throw cannot("it says itself what is done to upper case; leave `lowercase` out");
  }
  const json = list ? fieldsOf(listedTokenizer(text, lowercase ?? true)) : parsed(text, cannot);
  const model = modelOf(json, cannot);
  const normalizer = normalizerOf(json.normalizer, cannot);
  assertCutter(json.pre_tokenizer, cannot);
  const tokens = byNumber(withAdded(fieldsOf(model.vocab), json.added_tokens), file);
  const whole = addedTokens(json.added_tokens);
  const pieces = piecesOf(model, tokens, cannot);
  return {
    rule: {
      use: "word-piece",
      ...normalizer,
      prefix: pieces.prefix,
      longest: pieces.longest,
      whole,
    },
    vocabulary: vocabularyOf(json, tokens, pieces.unknown, cannot),
    tokens: (text) =>
      cutAt(text, whole).flatMap(({ piece, whole }) =>
        whole ? [piece] : wordPieces(piece, normalizer, pieces)
      ),
  };
}

/** The file's model, which must be WordPiece. */
function modelOf(json: JsonFields, cannot: Refusal): JsonFields {
  const nameless = Array.isArray(json.added_tokens) &&
    json.added_tokens.some((each) => typeof fieldsOf(each).content !== "string");
  if (nameless) throw cannot("one of its added_tokens has no content");
  const model = fieldsOf(json.model);
  const type = model.type ?? (Array.isArray(model.merges) ? "BPE" : "WordPiece");
  if (type === "WordPiece") return model;
  const said = typeof type === "string" ? excerpt(type) : quotedJson(type);
  throw cannot(`its model is ${said}, and WordPiece is the one that can be read`);
}

function assertCutter(cutter: unknown, cannot: Refusal): void {
  if (fieldsOf(cutter).type === "BertPreTokenizer") return;
  throw cannot(`it cuts words by ${named(cutter)}, and BertPreTokenizer is the one that is known`);
}

/** What words are cut into. */
function piecesOf(model: JsonFields, tokens: readonly string[], cannot: Refusal): Pieces {
  const said = (field: string, usual: string): string => {
    const value = model[field] ?? usual;
    if (typeof value === "string") return value;
    throw cannot(`its ${field} is ${quotedJson(value)}, which is no text`);
  };
  const unknown = said("unk_token", "[UNK]");
  if (!tokens.includes(unknown)) throw cannot(`its vocabulary has no ${quoted(unknown)}`);
  const prefix = said("continuing_subword_prefix", "##");
  const longest = model.max_input_chars_per_word ?? 100;
  if (!isWithin(longest, 1, 1_000_000)) {
    throw cannot(`its max_input_chars_per_word is ${quotedJson(longest)}`);
  }
  return {
    vocabulary: new Set(tokens),
    lengths: lengthsOf(tokens, prefix),
    unknown,
    prefix,
    longest,
  };
}

/** The tokens by number, and the numbers of those that mean something else than text. */
function vocabularyOf(
  json: JsonFields,
  tokens: readonly string[],
  unknown: string,
  cannot: Refusal,
): Vocabulary {
  const numberOf = (token: unknown): number | undefined => {
    const number = typeof token === "string" ? tokens.indexOf(token) : -1;
    return number < 0 ? undefined : number;
  };
  const padding = fieldsOf(json.padding).pad_id ?? numberOf("[PAD]") ?? 0;
  if (!isWithin(padding, 0, tokens.length - 1)) {
    throw cannot(`its pad_id is ${quotedJson(padding)}`);
  }
  return {
    tokens,
    padding,
    unknown: numberOf(unknown)!,
    mask: numberOf("[MASK]") ?? numberOf(unknown)!,
    frame: frameOf(json.post_processor, numberOf, cannot),
  };
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && value as number >= least && value as number <= most;
}

/** Tokens that the file adds to its vocabulary are found in a text as they stand, and never cut. */
function addedTokens(added: unknown): readonly string[] {
  return Array.isArray(added) ? added.map((each) => String(fieldsOf(each).content)) : [];
}

function cutAt(
  text: string,
  tokens: readonly string[],
): readonly { readonly piece: string; readonly whole: boolean }[] {
  if (!tokens.some((token) => text.includes(token))) return [{ piece: text, whole: false }];
  const quoted = tokens.map((token) => token.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.split(new RegExp(`(${quoted.join("|")})`, "u"))
    .map((piece, at) => ({ piece, whole: at % 2 === 1 }));
}

function normalizerOf(value: unknown, cannot: Refusal): Normalizer {
  if (value === null || value === undefined) {
    return { clean: false, chinese: false, accents: "keep", lowercase: false };
  }
  const fields = fieldsOf(value);
  if (fields.type !== "BertNormalizer") {
    throw cannot(`it normalises by ${named(value)}, and BertNormalizer is the one that is known`);
  }
  const lowercase = fields.lowercase !== false;
  return {
    clean: fields.clean_text !== false,
    chinese: fields.handle_chinese_chars !== false,
    // Where nothing is said, accents go with upper case.
    accents: fields.strip_accents ?? lowercase ? "strip" : "keep",
    lowercase,
  };
}

const refusalOf = (file: string): Refusal => (why) =>
  new RangeError(`Cannot use the tokenizer "${file}": ${why}`);

/**
 * A tokenizer of any form: one of BERT's is read here, whatever is wrong with it, and so is what is none at all; others are
 * read by a library. Throws as `readTokenizer` does.
 */
export async function anyTokenizer(
  text: string,
  file: string,
  lowercase?: boolean,
): Promise<FileTokenizer> {
  const cannot = refusalOf(file);
  const json = isWordList(text) || lowercase !== undefined ? {} : parsed(text, cannot);
  if (!isGeneral(json)) return readTokenizer(text, file, lowercase);
  const { jsonTokenizer } = await import("./json_tokenizer.ts");
  return jsonTokenizer(json, file, cannot);
}

function isGeneral(json: JsonFields): boolean {
  const { type } = fieldsOf(json.model);
  if (type === "BPE" || type === "Unigram") return true;
  if (type !== "WordPiece") return false;
  const normalizer = fieldsOf(json.normalizer).type ?? "BertNormalizer";
  return normalizer !== "BertNormalizer" ||
    fieldsOf(json.pre_tokenizer).type !== "BertPreTokenizer";
}

function parsed(text: string, cannot: Refusal): JsonFields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw cannot(`it ${notJson(text, error)}`);
  }
}
