/** A vocabulary that a file gives: for a model that has learned with these numbers. */
import { notJson, quoted, quotedJson } from "../../../engine/quote.ts";
import { plainVocabulary, type Vocabulary } from "./vocabulary.ts";

/** What files call the token that stands for others, and the one that fills. */
const UNKNOWN = ["[unknown]", "[UNK]", "<unk>", "<UNK>", "<oov>"];
const PADDING = ["[padding]", "[PAD]", "<pad>", "<PAD>"];

/**
 * A JSON object from tokens to numbers, a JSON list of tokens, or a token a line; numbers from 0 on. Where none of them
 * is called as such (`[UNK]`, `<unk>` …), number 0 stands for what is unknown and for padding. Throws a RangeError that
 * names the file.
 */
export function vocabularyOf(text: string, file: string): Vocabulary {
  const tokens = tokensIn(text, file);
  if (tokens.length < 2) throw new RangeError(`Cannot use "${file}": it has no tokens`);
  const first = (names: readonly string[]) =>
    Math.max(0, ...names.map((name) => tokens.indexOf(name)));
  return plainVocabulary(tokens, first(PADDING), first(UNKNOWN));
}

function tokensIn(text: string, file: string): readonly string[] {
  // A line may be `[PAD]`.
  if (!/^\s*(?:\{|\[\s*["\d])/.test(text)) return text.replace(/\n$/, "").split(/\r?\n/);
  const json = parsed(text, file);
  if (Array.isArray(json)) {
    if (json.every((each) => typeof each === "string")) return json;
    throw new RangeError(`Cannot use "${file}": a list of tokens holds texts`);
  }
  return byNumber(json as Readonly<Record<string, unknown>>, file);
}

/** The keys of a map from tokens to 0 … n − 1, in the order of their numbers. */
export function byNumber(
  numbers: Readonly<Record<string, unknown>>,
  file: string,
): readonly string[] {
  const entries = Object.entries(numbers);
  const tokens: string[] = [];
  for (const [token, number] of entries) {
    const free = typeof number === "number" && number >= 0 && number < entries.length &&
      Number.isInteger(number) && tokens[number] === undefined;
    if (!free) {
      throw new RangeError(
        `Cannot use "${file}": the numbers of its ${entries.length} tokens are not 0 to ` +
          `${entries.length - 1}, each once; ${quoted(token)} has ${quotedJson(number)}`,
      );
    }
    tokens[number] = token;
  }
  return tokens;
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RangeError(`Cannot use "${file}": it ${notJson(text, error)}`);
  }
}
