/**
 * The YAML that almost every recipe is written in, read in one pass: block maps and lists, flow collections, scalars
 * without escapes. To load the whole parser takes longer than all else that a cached run does. What is outside this part
 * of YAML, or might be, is refused, mistakes included: then the whole parser reads the text. What is read has the tree
 * that the whole parser would have made, places included; a test compares them.
 */
import type { Document, Entry, Span, Tree } from "./tree.ts";

/** Longer texts and deeper nesting are left to the whole parser, which bounds both. */
const MAX_PLAIN_TEXT = 1 << 16;
const MAX_PLAIN_DEPTH = 24;

/** Tabs, carriage returns and other control characters, other ends of lines; the ends of documents. */
// deno-lint-ignore no-control-regex -- these are looked for
const UNUSUAL = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]|^(?:---|\.\.\.)/m;

const KEY = /[A-Za-z_][\w.-]{0,99}(?=:)/y;
const RESERVED_KEY = /^(?:null|true|false)$/i;
const QUOTED = /"[^"\\\n]*"|'[^'\n]*'(?!')/y;
const PLAIN = /(?:[\p{L}\d_$./+(]|-(?=[\w.]))[^\n]*/uy;
const PLAIN_IN_FLOW = /(?:[\p{L}\d_$./+(]|-(?=[\w.]))[^\n,[\]{}]*/uy;
const COMMENT = / +#.*/;
const PAIR = /:(?= |$)/;
const DECIMAL = /^[-+]?(?:\d+|\.\d+|\d+\.\d*|(?:\.\d+|\d+(?:\.\d*)?)[eE][-+]?\d+)$/;
const OTHER_NUMBER = /^(?:0o[0-7]+|0x[\da-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const CONSTANTS = /^(?:(null|Null|NULL)|(true|True|TRUE)|false|False|FALSE)$/;

/** Thrown inside this file only: the text is for the whole parser. */
class Refused {}

function refuse(): never {
  throw new Refused();
}

interface YamlCursor {
  readonly document: Document;
  readonly text: string;
  /** Where the line begins that is read next. */
  at: number;
  /** Where the line of the last value ends. */
  ended: number;
}

/** A line that holds more than a comment. */
interface YamlLine {
  /** Where its first character that is no space stands. */
  readonly start: number;
  readonly indent: number;
}

type Spanned = Tree & { readonly span: Span };

/** Where a value stands: in how many others, and how far at least what belongs to it must be indented. */
interface Nesting {
  readonly depth: number;
  readonly indent: number;
}

/** The tree of a document; undefined where the whole parser must read it. */
export function plainYaml(document: Document & { readonly text: string }): Tree | undefined {
  const { text } = document;
  if (text.length > MAX_PLAIN_TEXT || UNUSUAL.test(text)) return undefined;
  const reading: YamlCursor = { document, text, at: 0, ended: 0 };
  try {
    const line = lineAhead(reading) ?? refuse();
    const isBlock = isItem(text, line.start) || keyAt(text, line.start) !== undefined;
    if (isBlock && line.indent > 0) return undefined;
    const tree = isBlock
      ? blockFrom(reading, line, 0)
      : valueOnLine(reading, line.start, { depth: 0, indent: -1 });
    return lineAhead(reading) === undefined ? tree : undefined;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/**
 * The next line with content. A comment above it must be indented as it is: any other may belong to what stands before,
 * and change where that ends.
 */
function lineAhead(reading: YamlCursor): YamlLine | undefined {
  const { text } = reading;
  let comment: number | undefined;
  for (;;) {
    const start = behindSpaces(text, reading.at);
    const letter = text[start];
    const indent = letter === undefined ? 0 : start - reading.at;
    if (letter !== "\n" && comment !== undefined && comment !== indent) refuse();
    if (letter === undefined) return undefined;
    if (letter === "#") comment = indent;
    else if (letter !== "\n") return { start, indent };
    reading.at = behindLine(text, start);
  }
}

function behindSpaces(text: string, at: number): number {
  while (text[at] === " ") at++;
  return at;
}

function behindLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

const isItem = (text: string, at: number): boolean => text[at] === "-" && text[at + 1] === " ";

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The end of the plain key that begins here. */
function keyAt(text: string, at: number): number | undefined {
  const key = matchAt(KEY, text, at);
  if (key === undefined || RESERVED_KEY.test(key)) return undefined;
  const end = at + key.length;
  const behind = text[end + 1];
  return behind === undefined || behind === " " || behind === "\n" ? end : undefined;
}

/** A block map or list whose first line is this one. */
function blockFrom(reading: YamlCursor, line: YamlLine, depth: number): Tree {
  return isItem(reading.text, line.start)
    ? listFrom(reading, line, depth)
    : mapFrom(reading, line, depth);
}

function listFrom(reading: YamlCursor, first: YamlLine, depth: number): Tree {
  const { document, text } = reading;
  const around = { depth: depth + 1, indent: first.indent };
  const items: Tree[] = [];
  let line: YamlLine | undefined = first;
  while (line?.indent === first.indent && isItem(text, line.start)) {
    const start = behindSpaces(text, line.start + 1);
    const inner = { start, indent: line.indent + start - line.start };
    const isMap = keyAt(text, start) !== undefined;
    items.push(
      isMap ? mapFrom(reading, inner, depth + 1) : valueOnLine(reading, start, around),
    );
    line = lineAhead(reading);
  }
  return { type: "list", items, document, span: { start: first.start, end: reading.ended } };
}

function mapFrom(reading: YamlCursor, first: YamlLine, depth: number): Tree {
  if (depth > MAX_PLAIN_DEPTH) refuse();
  const { document, text } = reading;
  const around = { depth: depth + 1, indent: first.indent };
  const entries = new Map<string, Entry>();
  let line: YamlLine | undefined = first;
  while (line?.indent === first.indent) {
    const key = { start: line.start, end: keyAt(text, line.start) ?? refuse() };
    const start = behindSpaces(text, key.end + 1);
    const isBlock = text[start] === undefined || text[start] === "\n" || text[start] === "#";
    const value = isBlock
      ? blockBelow(reading, start, around)
      : valueOnLine(reading, start, around);
    add(entries, text.slice(key.start, key.end), { key, value });
    line = lineAhead(reading);
  }
  return { type: "map", entries, document, span: { start: first.start, end: reading.ended } };
}

function add(entries: Map<string, Entry>, name: string, entry: Entry): void {
  if (entries.has(name)) refuse();
  entries.set(name, entry);
}

/** The block below a key. A list may be indented as the key is. */
function blockBelow(reading: YamlCursor, at: number, { depth, indent }: Nesting): Tree {
  reading.at = behindLine(reading.text, at);
  const line = lineAhead(reading) ?? refuse();
  const isInside = line.indent > indent ||
    line.indent === indent && isItem(reading.text, line.start);
  return isInside ? blockFrom(reading, line, depth) : refuse();
}

/** A value that ends with its line, or with the line of its last bracket or its last words. */
function valueOnLine(reading: YamlCursor, at: number, around: Nesting): Tree {
  const { text } = reading;
  const isFlow = isOpening(text[at]);
  const first = isFlow ? flowFrom(reading, at, around, 1) : scalarAt(reading, at);
  const isPlain = !isFlow && text[at] !== "'" && text[at] !== '"';
  const tree = isPlain ? goneOn(reading, first, around.indent) : first;
  const { end } = tree.span;
  const rest = behindSpaces(text, end);
  if (text[rest] !== undefined && text[rest] !== "\n" && (text[rest] !== "#" || rest === end)) {
    refuse();
  }
  reading.at = reading.ended = behindLine(text, rest);
  return tree;
}

/** A plain scalar with the lines below it that are indented further. */
function goneOn({ text, document }: YamlCursor, first: Spanned, indent: number): Spanned {
  const { start } = first.span;
  let { end } = first.span;
  let words = text.slice(start, end);
  for (;;) {
    const line = behindSpaces(text, end);
    const next = behindSpaces(text, line + 1);
    if (text[line] !== "\n" || next - line - 1 <= indent) break;
    const more = matchAt(PLAIN, text, next)?.trimEnd();
    if (more === undefined) break;
    if (COMMENT.test(more) || PAIR.test(more) || indent < 0) refuse();
    end = next + more.length;
    words += ` ${more}`;
  }
  const span = { start, end };
  return end === first.span.end ? first : { type: "scalar", value: words, document, span };
}

const isOpening = (letter: string | undefined): boolean => letter === "{" || letter === "[";

function flowFrom(reading: YamlCursor, start: number, around: Nesting, level: number): Spanned {
  if (around.depth > MAX_PLAIN_DEPTH) refuse();
  const { document, text } = reading;
  const isMap = text[start] === "{";
  const close = isMap ? "}" : "]";
  const behind = (at: number) => behindBreaks(text, at, around.indent, level);
  const valueAt = (at: number): Spanned =>
    isOpening(text[at])
      ? flowFrom(reading, at, { ...around, depth: around.depth + 1 }, level + 1)
      : scalarAt(reading, at, PLAIN_IN_FLOW);
  const entries = new Map<string, Entry>();
  const items: Tree[] = [];
  let at = behind(start + 1);
  while (text[at] !== close) {
    const key = isMap ? flowKeyAt(reading, at) : undefined;
    const value = valueAt(key === undefined ? at : key.next);
    if (key === undefined) items.push(value);
    else add(entries, key.name, { key: key.span, value });
    at = behind(value.span.end);
    if (text[at] === ",") at = behind(at + 1);
    else if (text[at] !== close) refuse();
  }
  const span = { start, end: at + 1 };
  return isMap ? { type: "map", entries, document, span } : { type: "list", items, document, span };
}

/** The key of a flow map, and where its value begins: on the same line. */
function flowKeyAt({ text }: YamlCursor, at: number) {
  const quoted = matchAt(QUOTED, text, at);
  const end = quoted === undefined ? keyAt(text, at) ?? refuse() : at + quoted.length;
  const name = quoted === undefined ? text.slice(at, end) : quoted.slice(1, -1);
  if (text[end] !== ":" || name === "") refuse();
  return { name, span: { start: at, end }, next: behindSpaces(text, end + 1) };
}

/** Skips spaces and ends of lines. A line inside brackets is indented further than what they belong to. */
function behindBreaks(text: string, at: number, indent: number, level: number): number {
  let next = behindSpaces(text, at);
  if (text[next] !== "\n") return next;
  while (text[next] === "\n") next = behindSpaces(text, at = next + 1);
  const closes = level === 1 && (text[next] === "}" || text[next] === "]");
  return next - at > indent || next - at === indent && closes ? next : refuse();
}

function scalarAt({ document, text }: YamlCursor, start: number, plain = PLAIN): Spanned {
  const quoted = matchAt(QUOTED, text, start);
  if (quoted !== undefined) {
    const span = { start, end: start + quoted.length };
    return { type: "scalar", value: quoted.slice(1, -1), document, span };
  }
  const rest = matchAt(plain, text, start) ?? refuse();
  const source = (plain === PLAIN ? rest.replace(COMMENT, "") : rest).trimEnd();
  const end = start + source.length;
  if (PAIR.test(source) || plain === PLAIN_IN_FLOW && !endsInFlow(text, end, rest)) refuse();
  return { type: "scalar", value: valueOf(source), document, span: { start, end } };
}

/** Whether a plain scalar between brackets ends with its line: the next one might go on with it. */
function endsInFlow(text: string, end: number, rest: string): boolean {
  if (rest.includes(" #")) return false;
  let next = behindSpaces(text, end);
  if (text[next] !== "\n") return true;
  while (text[next] === " " || text[next] === "\n") next++;
  return text[next] === "}" || text[next] === "]";
}

/** What a plain scalar stands for, by the core schema. */
function valueOf(source: string): string | number | boolean | null {
  const constant = CONSTANTS.exec(source);
  if (constant !== null) return constant[1] === undefined ? constant[2] !== undefined : null;
  if (OTHER_NUMBER.test(source)) refuse();
  if (!DECIMAL.test(source)) return source;
  const value = Number(source);
  const isSafe = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  return isSafe ? value + 0 : refuse();
}
