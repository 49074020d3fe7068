/** Content from outside (files, recipes, answers of hosts) in sentences and reports for people: escaped, and never at length. */

/** Most characters of content that a sentence quotes. */
const LONGEST = 60;

/** Control and format characters, halves of surrogate pairs, private and unassigned ones, and what stands for no text. */
const UNPRINTABLE = /[\p{C}\u2028\u2029\ufffd]/u;

/** The beginning of a text, at most 60 characters (or `most`) of it, what cannot be printed as JavaScript escapes it. */
export function excerpt(text: string, most: number = LONGEST): string {
  let shown = "";
  for (const character of text) {
    const next = UNPRINTABLE.test(character) ? escaped(character) : character;
    if (shown.length + next.length > most) return `${shown}…`;
    shown += next;
  }
  return shown;
}

/** The same in double quotes. */
export function quoted(text: string): string {
  return `"${excerpt(text)}"`;
}

/** A value out of JSON in the same way: texts in double quotes, everything else as JSON writes it. */
export function quotedJson(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  try {
    return excerpt(JSON.stringify(value) ?? "nothing");
  } catch (error) {
    // The engine writes lists in lists by calling itself.
    if (!(error instanceof RangeError)) throw error;
    return "a value that is nested too deep";
  }
}

/** Names that a file has, the first eight (or `most`) of them. */
export function listed(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).map((name) => excerpt(name, LONGEST / 2));
  return shown.join(", ") + (names.length > most ? ", …" : "");
}

/**
 * What a reader of somebody else's says is wrong: its sentence may hold a piece of the content. What the engine says of a
 * reader that stumbled over its content is no sentence for a person: the content is damaged, is all that it means.
 */
export function reasonOf(error: unknown): string {
  return excerpt(error instanceof Error ? sentenceOf(error) : String(error), 2 * LONGEST);
}

/** The sentence of a reader of our own, whole; of what the engine says of one that stumbled as `reasonOf`. */
export function sentenceOf(error: Error): string {
  const stumbled = error instanceof TypeError || error instanceof ReferenceError ||
    !(error instanceof SyntaxError) && ENGINE.test(error.message);
  return stumbled ? "it is damaged; get the file again" : error.message;
}

/** What is wrong with a text that does not parse as JSON, as a predicate; of bytes that are no text nothing is quoted. */
export function notJson(text: string, error: SyntaxError): string {
  const reason = reasonOf(error);
  const head = text.slice(0, BINARY_HEAD);
  // deno-lint-ignore no-control-regex -- control characters are what tells it
  const strange = head.match(/[\0-\x08\x0e-\x1f\x7f\ufffd]/g)?.length ?? 0;
  const binary = head.includes("\0") || strange > head.length * BINARY_SHARE ||
    error.message.startsWith("Unexpected token '\ufffd'");
  return binary ? "is binary, no JSON" : `is not JSON: ${reason}`;
}

/** As far as a text is looked at, and the share of characters that no text has. */
const [BINARY_HEAD, BINARY_SHARE] = [512, 0.2];

/**
 * Text from outside made fit to be shown whole: what would steer a terminal, turn lines around or not be seen is shown
 * as a replacement character. Tabs, line ends and the two joiners that writing systems need stay.
 */
export function harmless(text: string): string {
  return text.replace(/(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "\ufffd");
}

/** Of the engine's own errors, and of sentences with a value that is none. */
const ENGINE =
  /\b(?:undefined|NaN|null)\b|^Invalid (?:typed array|array|string|DataView|count)|call stack|out ?side (?:of )?the bounds|out of (?:bounds|range|memory)|allocation failed|is not (?:a function|iterable|defined)|(?:byte|start) ?(?:length|offset) /i;

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  return NAMED[character] ?? (code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`);
}

/** A document as JSON that a person can read: indented by two blanks, and with a line end. */
export const jsonText = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;

/** What a file or package says of itself: texts by the names that it has for them, `license`, `producer_name` … */
export type Said = Readonly<Record<string, string>>;

/** Most texts of one place, and most characters of a text and of its name. */
const MOST = { texts: 20, text: 300, name: 40 } as const;

/** What comes first, and stays where there is more than is kept. */
const FIRST = [/licen[cs]e|copyright/i, /author/i] as const;

/**
 * The texts among values from outside: on one line each, bounded and escaped. Numbers, truth values and lists of them are
 * written as texts; what is empty, and what has parts of its own, is left out. Licences come first, then authors, else by
 * name: a record in a cache keeps no other order, and what it gives must be the same.
 */
export function said(values: Iterable<readonly [name: string, value: unknown]>): Said {
  const found = new Map<string, string>();
  for (const [name, value] of values) {
    const text = textOf(value);
    if (text !== "") found.set(excerpt(name, MOST.name), text);
  }
  const ordered = [...found].sort(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  return Object.fromEntries(ordered.slice(0, MOST.texts));
}

function textOf(value: unknown): string {
  const words = Array.isArray(value)
    ? value.slice(0, MOST.texts).map(wordOf).filter((word) => word !== "").join(", ")
    : wordOf(value);
  // White space may shrink: more than is kept is looked at, but never all of a long text.
  return excerpt(words.slice(0, 8 * MOST.text).replace(/\s+/g, " ").trim(), MOST.text);
}

const wordOf = (value: unknown): string =>
  ["string", "number", "boolean"].includes(typeof value) ? String(value) : "";

function rankOf(name: string): number {
  const rank = FIRST.findIndex((pattern) => pattern.test(name));
  return rank < 0 ? FIRST.length : rank;
}

/** The note of a step that holds what its first source says in itself. */
export const SAID_NOTE = "provenance";

/** Notes what a file says in itself; `note` is a running step's. */
export function noteSaid(
  says: Said,
  note: ((name: string, value: Said) => void) | undefined,
): void {
  if (Object.keys(says).length > 0) note?.(SAID_NOTE, says);
}

/** What a value from outside has by name; nothing where it is no object. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? value as Readonly<Record<string, unknown>> : {};
