/**
 * A document as a tree with places: what YAML text and a TypeScript object both become. Every node knows the
 * document that wrote it, so that a value keeps its place when trees are merged.
 */
import { quoted } from "../../quote.ts";
import type { Json } from "../../digest.ts";
import type { TextPlace } from "../../error.ts";

/** Where nodes come from. */
export interface Document {
  /** Path or URL, as messages show it; empty for a value written in TypeScript. */
  readonly source: string;
  /** Directory or URL against which its sources resolve, ending in a slash. */
  readonly base: string;
  /** That of the recipe that inherits from this document: its steps name sources as the recipe itself would. */
  readonly recipeBase?: string;
  /** Absent for a value written in TypeScript: it has paths, not places. */
  readonly text?: string;
}

/** Offsets in the document's text, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface NodeOrigin {
  readonly document: Document;
  readonly span?: Span;
  /** It was reported already: what is wrong with it is not looked for. */
  readonly broken?: true;
  /** The variable that it stands for, and where that is defined; document and span are then those of the use. */
  readonly variable?: { readonly name: string; readonly document: Document; readonly span?: Span };
}

/** One field of a map. */
export interface Entry {
  readonly key?: Span;
  readonly value: Tree;
}

export type MapTree = NodeOrigin & {
  readonly type: "map";
  readonly entries: ReadonlyMap<string, Entry>;
};
type ListTree = NodeOrigin & { readonly type: "list"; readonly items: readonly Tree[] };
export type ScalarTree = NodeOrigin & {
  readonly type: "scalar";
  readonly value: string | number | boolean | null;
};
export type Tree = MapTree | ListTree | ScalarTree;

/** A dotted path, one segment longer. */
export function join(path: string, segment: string | number): string {
  return path === "" ? String(segment) : `${path}.${segment}`;
}

/** The value of a field, if the tree is a map that has it. */
export function child(tree: Tree | undefined, name: string): Tree | undefined {
  return tree?.type === "map" ? tree.entries.get(name)?.value : undefined;
}

/** An entry of a list; `x` stands for `[x]`. */
export function itemOf(tree: Tree, index: number): Tree {
  return tree.type === "list" ? tree.items[index]! : tree;
}

/** The plain value of a tree. */
export function valueOf(tree: Tree): Json {
  if (tree.type === "scalar") return tree.value;
  if (tree.type === "list") return tree.items.map(valueOf);
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, valueOf(value)]));
}

/** The trees directly inside one. */
export function innerTrees(tree: Tree): readonly Tree[] {
  if (tree.type === "scalar") return [];
  return tree.type === "list" ? tree.items : [...tree.entries.values()].map(({ value }) => value);
}

/** Whether nothing in a tree was reported already. */
export function isWhole(tree: Tree): boolean {
  return !tree.broken && innerTrees(tree).every(isWhole);
}

/** The values of a tree, itself and all inside it. */
export function sizeOf(tree: Tree): number {
  return innerTrees(tree).reduce((sum, each) => sum + sizeOf(each), 1);
}

/** What kind of value a tree is, for a sentence. */
export function sortOf(tree: Tree): string {
  if (tree.type === "map") return "a map";
  if (tree.type === "list") return "a list";
  const { value } = tree;
  if (value === null) return "null";
  return typeof value === "string" ? `the text ${quoted(value)}` : String(value);
}

/**
 * The place of a node. One that runs over several lines is marked by its key where it has one, else by its first
 * line. Undefined for a value written in TypeScript.
 */
export function placeOf(tree: Tree, path: string, key?: Span): TextPlace | undefined {
  const { document, span, variable } = tree;
  if (document.text === undefined || span === undefined) return undefined;
  const runsOver = document.text.slice(span.start, span.end).trimEnd().includes("\n");
  const place = placeAt(document, runsOver && key ? key : span, path);
  const defined = variable?.span && placeAt(variable.document, variable.span, path);
  if (place === undefined || defined === undefined) return place;
  const { source, line, column } = defined;
  const note = `\`$${variable!.name}\` is defined at ${source}:${line}:${column}`;
  return { ...place, note };
}

/** The place of a span of text. */
export function placeAt(document: Document, span: Span, path: string): TextPlace | undefined {
  const { text, source } = document;
  if (text === undefined) return undefined;
  const starts = lineStarts(document, text);
  const line = lineOf(starts, span.start);
  const before = starts[line]!;
  const end = starts[line + 1] ?? text.length + 1;
  const [first = ""] = text.slice(span.start, Math.min(span.end, end)).split("\n");
  return {
    source,
    line: line + 1,
    column: span.start - before + 1,
    length: Math.max(1, first.trimEnd().length),
    path,
    text: text.slice(before, end - 1).trimEnd(),
  };
}

/** Where the lines of each document begin: found once, because a place is asked for at every mistake. */
const linesOf = new WeakMap<Document, readonly number[]>();

function lineStarts(document: Document, text: string): readonly number[] {
  const known = linesOf.get(document);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  linesOf.set(document, starts);
  return starts;
}

/** The index of the line that a position is in. */
function lineOf(starts: readonly number[], position: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The place of a dotted path, or of its nearest ancestor that is written. `x` stands for `[x]`, so a `0` on what
 * is no list stays where it is.
 */
export function placeOfPath(root: Tree, path: string): TextPlace | undefined {
  let tree = root;
  let key: Span | undefined;
  for (const segment of path === "" ? [] : path.split(".")) {
    if (tree.type === "map") {
      const entry = tree.entries.get(segment);
      if (entry === undefined) break;
      ({ value: tree, key } = entry);
    } else if (tree.type === "list") {
      const item = tree.items[Number(segment)];
      if (item === undefined) break;
      tree = item;
      key = undefined;
    } else if (segment !== "0") break;
  }
  return placeOf(tree, path, key);
}
