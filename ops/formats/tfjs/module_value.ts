/**
 * A CommonJS module that holds data, as `nsfwjs` ships its models: an object, or a string of base64. What it exports is read
 * as it is written; nothing of it runs.
 */
import { UnreadableModelError } from "../format.ts";

/** What a module may be made of besides objects and lists. */
type Literal = string | number | boolean | null | undefined;
type ModuleValue = Literal | readonly ModuleValue[] | { readonly [name: string]: ModuleValue };

/** Where a module says what it exports. */
const EXPORTS = /(?:\bmodule\s*)?\.exports\s*=\s*(?=[{["'])|\bexport\s+default\s+(?=[{["'])/;

const MOST_DEPTH = 64;

/** Whether bytes are text of a module that exports an object or a string, and no JSON. */
export function isModule(bytes: Uint8Array): boolean {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, HEAD));
  return !/^(?:\xef\xbb\xbf)?\s*[{[]/.test(head) && EXPORTS.test(head);
}

/** A module says what it exports within so many bytes, behind what bundlers write. */
const HEAD = 4096;

/** What a module exports. Throws an UnreadableModelError for one that does more than that. */
export function moduleValue(bytes: Uint8Array, name: string): unknown {
  const text = new TextDecoder().decode(bytes);
  const found = EXPORTS.exec(text);
  const wrong = () =>
    new UnreadableModelError(
      `\`${name}\` is a JavaScript module that exports no plain data, and no code is run`,
      { help: "name the model.json that it is made of" },
    );
  if (found === null) throw wrong();
  const value = valueAt(text, found.index + found[0].length);
  if (value === undefined) throw wrong();
  return value.value;
}

/** The bytes of a module that exports base64. */
export function moduleBytes(bytes: Uint8Array, name: string): Uint8Array {
  const text = moduleValue(bytes, name);
  try {
    if (typeof text === "string") return Uint8Array.fromBase64(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UnreadableModelError(`\`${name}\` exports no bytes as base64`);
}

/** A value, and where the text goes on. */
interface ValueInText {
  readonly value: ModuleValue;
  readonly end: number;
}

/** The value written at a place; undefined where it is more than data. */
function valueAt(text: string, from: number, depth = 0): ValueInText | undefined {
  const at = skipped(text, from);
  const first = text[at];
  if (depth > MOST_DEPTH) return undefined;
  if (first === "{" || first === "[") return listAt(text, at, depth);
  if (first === '"' || first === "'") return stringAt(text, at);
  const word = matched(WORD, text, at);
  if (word === undefined) return undefined;
  const value = Object.hasOwn(WORDS, word) ? WORDS[word] : Number(word);
  return Number.isNaN(value) ? undefined : { value, end: at + word.length };
}

const WORD = /(?:![01]|void 0|true|false|null|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?![\w$.(])/iy;
const WORDS: Readonly<Record<string, Literal>> = {
  true: true,
  "!0": true,
  false: false,
  "!1": false,
  null: null,
  "void 0": undefined,
};
const KEY = /[\w$]+/y;

function matched(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The place behind white space. */
function skipped(text: string, at: number): number {
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return at;
}

/** An object or a list. */
function listAt(text: string, from: number, depth: number): ValueInText | undefined {
  const named = text[from] === "{";
  const close = named ? "}" : "]";
  const names = new Map<string, ModuleValue>();
  const values: ModuleValue[] = [];
  let at = skipped(text, from + 1);
  while (text[at] !== close) {
    let key = "";
    if (named) {
      const quoted = text[at] === '"' || text[at] === "'" ? stringAt(text, at) : undefined;
      const bare = quoted === undefined ? matched(KEY, text, at) : undefined;
      if (quoted === undefined && bare === undefined) return undefined;
      key = String(quoted?.value ?? bare);
      at = skipped(text, quoted?.end ?? at + bare!.length);
      if (text[at++] !== ":") return undefined;
    }
    const read = valueAt(text, at, depth + 1);
    if (read === undefined) return undefined;
    if (named) names.set(key, read.value);
    else values.push(read.value);
    at = skipped(text, read.end);
    if (text[at] === ",") at = skipped(text, at + 1);
    else if (text[at] !== close) return undefined;
  }
  // As JSON.parse makes one: a name is a property of its own, whatever it is.
  return { value: named ? Object.fromEntries(names) : values, end: at + 1 };
}

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** A string in quotes; undefined where it does not end. */
function stringAt(text: string, from: number): ValueInText | undefined {
  const quote = text[from]!;
  const parts: string[] = [];
  let at = from + 1;
  for (;;) {
    const end = text.indexOf(quote, at);
    if (end < 0) return undefined;
    const plain = text.slice(at, end);
    const escape = at + plain.indexOf("\\");
    if (escape < at) {
      parts.push(plain);
      return { value: parts.join(""), end: end + 1 };
    }
    const code = matched(CODE, text, escape);
    const one = text[escape + 1] ?? "";
    parts.push(
      text.slice(at, escape),
      code === undefined
        ? ESCAPED[one] ?? one
        : String.fromCharCode(Number.parseInt(code.slice(2), 16)),
    );
    at = escape + (code?.length ?? 2);
  }
}

const CODE = /\\(?:u[\da-f]{4}|x[\da-f]{2})/iy;
