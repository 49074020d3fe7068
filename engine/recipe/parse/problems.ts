/** A list of what is wrong, filled while a recipe is read. Reading never throws; it goes on and collects. */
import { given } from "../../given.ts";
import type { Code, Diagnostic, TextPlace } from "../../error.ts";
import {
  type Entry,
  innerTrees,
  join,
  placeAt,
  placeOf,
  placeOfPath,
  type Span,
  type Tree,
} from "./tree.ts";

/** A node of the document, its dotted path, and the key it stands under. */
export interface At {
  readonly tree: Tree;
  readonly path: string;
  readonly key?: Span;
  /** Of the training that it is part of, as far as its block says. */
  readonly epochs?: number;
}

/** The value of a field. */
export function entryAt(path: string, { key, value }: Entry): At {
  return { tree: value, path, ...given({ key }) };
}

/** The same of a map that stands at `path`; undefined where the field is not written. */
export function fieldAt(tree: Tree, path: string, name: string): At | undefined {
  const entry = tree.type === "map" ? tree.entries.get(name) : undefined;
  return entry && entryAt(join(path, name), entry);
}

/** What is said of what is wrong: an error where it says nothing of how bad it is. */
export type Saying =
  & Pick<Diagnostic, "code" | "message">
  & { readonly help?: string | undefined; readonly severity?: Diagnostic["severity"] };

/** The diagnostic that says something of a path, which has a place where it stands in a text. */
export function diagnosticAt(
  path: string,
  place: TextPlace | undefined,
  { code, message, help, severity = "error" }: Saying,
): Diagnostic {
  return given({ code, severity, message, path, place, help });
}

/** Most problems of a recipe that are listed; the rest is counted. Nobody reads the hundred-and-first. */
const LISTED = 100;

/** Most characters of a word, and of a whole sentence, that are shown of what a document says. */
const LONGEST_WORD = 200;
const LONGEST_SENTENCE = 2000;

/** Collects diagnostics. */
export interface Problems {
  readonly list: readonly Diagnostic[];
  /** More are there than will be listed: what is added from now on needs no help. */
  readonly tooMany: boolean;
  /** Whether nothing in a tree was reported, here or where it was parsed: what stands on the rest is not looked for. */
  sound(tree: Tree): boolean;
  /** Errors so far: a caller compares before and after to see whether its part is sound. */
  readonly errors: number;
  add(diagnostic: Diagnostic): void;
  /** An error that marks a node's value. */
  atValue(code: Code, at: At, message: string, help?: string): void;
  /** An error that marks the key a node stands under; the value where there is none. */
  atKey(code: Code, at: At, message: string, help?: string): void;
  /** An error at a dotted path below a node, or at its nearest ancestor that is written. */
  atPath(
    code: Code,
    below: Pick<At, "path"> & { root: Tree },
    message: string,
    help?: string,
  ): void;
}

/** An empty list. */
export function problemList(): Problems {
  const list: Diagnostic[] = [];
  let errors = 0;
  const reported = new Set<Tree>();
  const sound = (tree: Tree): boolean =>
    !tree.broken && !reported.has(tree) && innerTrees(tree).every(sound);
  const add = (diagnostic: Diagnostic) => {
    if (diagnostic.severity === "error") errors++;
    list.push(clipped(diagnostic));
  };
  return {
    list,
    get errors() {
      return errors;
    },
    get tooMany() {
      return errors > LISTED;
    },
    sound,
    add,
    atValue(code, { tree, path, key }, message, help) {
      reported.add(tree);
      add(diagnosticAt(path, placeOf(tree, path, key), { code, message, help }));
    },
    atKey(code, { tree, path, key }, message, help) {
      reported.add(tree);
      const place = key ? placeAt(tree.document, key, path) : placeOf(tree, path);
      add(diagnosticAt(path, place, { code, message, help }));
    },
    atPath(code, { root, path }, message, help) {
      add(diagnosticAt(path, placeOfPath(root, path), { code, message, help }));
    },
  };
}

/** A diagnostic whose sentences quote no word and no text of the document at full length. */
function clipped(diagnostic: Diagnostic): Diagnostic {
  const { message, help, path } = diagnostic;
  return {
    ...diagnostic,
    message: clip(message),
    path: clip(path),
    ...given({ help: help === undefined ? undefined : clip(help) }),
  };
}

function clip(text: string): string {
  if (text.length <= LONGEST_WORD) return text;
  const words = text.replace(/\S{201,}/g, (word) => `${word.slice(0, LONGEST_WORD)}…`);
  return words.length <= LONGEST_SENTENCE ? words : `${words.slice(0, LONGEST_SENTENCE)}…`;
}

/**
 * Diagnostics by place: source by source in the order of first mention, then line and column. What is said twice (of
 * every evaluation, at every point of a sweep) is there once. Of more than a hundred the first are there, errors
 * before the rest, and a note that counts the others.
 */
export function byPlace(list: readonly Diagnostic[]): Diagnostic[] {
  const distinct = new Map(list.map((each) => [`${each.code} ${each.path} ${each.message}`, each]));
  const diagnostics = [...distinct.values()].filter(({ more }) => more === undefined);
  const sources = new Map<string | undefined, number>();
  for (const { place } of diagnostics) {
    if (!sources.has(place?.source)) sources.set(place?.source, sources.size);
  }
  const order = ({ place }: Diagnostic) => [
    sources.get(place?.source)!,
    place?.line ?? 0,
    place?.column ?? 0,
  ];
  const sorted = diagnostics
    .map((diagnostic) => ({ diagnostic, order: order(diagnostic) }))
    .sort((a, b) => compare(a.order, b.order))
    .map(({ diagnostic }) => diagnostic);
  const unlisted = list.reduce((sum, { more = 0 }) => sum + more, 0);
  return listed(sorted, unlisted);
}

function listed(sorted: readonly Diagnostic[], unlisted: number): Diagnostic[] {
  const isError = ({ severity }: Diagnostic): boolean => severity === "error";
  const chosen = new Set(
    [...sorted.filter(isError), ...sorted.filter((each) => !isError(each))].slice(0, LISTED),
  );
  const more = unlisted + sorted.length - chosen.size;
  const kept = sorted.filter((each) => chosen.has(each));
  if (more === 0) return kept;
  const message = `${more} more ${more === 1 ? "is" : "are"} not listed`;
  return [...kept, { code: "too-large", severity: "note", message, path: "", more }];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, index) => value !== b[index]);
  return differing < 0 ? 0 : a[differing]! - b[differing]!;
}
