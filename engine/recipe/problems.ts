/** A list of what is wrong, filled while a recipe is read. Reading never throws; it goes on and collects. */
import type { Code, Diagnostic } from "./diagnostic.ts";
import { placeAt, placeOf, type Span, type Tree } from "./tree.ts";

/** A node of the document, its dotted path, and the key it stands under. */
export interface At {
  readonly tree: Tree;
  readonly path: string;
  readonly key?: Span;
}

/** Collects diagnostics. */
export interface Problems {
  readonly list: readonly Diagnostic[];
  /** Errors so far: a caller compares before and after to see whether its part is sound. */
  readonly errors: number;
  add(diagnostic: Diagnostic): void;
  /** An error that marks a node's value. */
  atValue(code: Code, at: At, message: string, help?: string): void;
  /** An error that marks the key a node stands under; the value where there is none. */
  atKey(code: Code, at: At, message: string, help?: string): void;
}

/** An empty list. */
export function problemList(): Problems {
  const list: Diagnostic[] = [];
  let errors = 0;
  const add = (diagnostic: Diagnostic) => {
    if (diagnostic.severity === "error") errors++;
    list.push(diagnostic);
  };
  const error = (
    code: Code,
    path: string,
    place: Diagnostic["place"],
    message: string,
    help?: string,
  ) =>
    add({
      code,
      severity: "error",
      message,
      path,
      ...(place && { place }),
      ...(help !== undefined && { help }),
    });
  return {
    list,
    get errors() {
      return errors;
    },
    add,
    atValue: (code, { tree, path, key }, message, help) =>
      error(code, path, placeOf(tree, path, key), message, help),
    atKey: (code, { tree, path, key }, message, help) =>
      error(
        code,
        path,
        key ? placeAt(tree.document, key, path) : placeOf(tree, path),
        message,
        help,
      ),
  };
}

/**
 * Diagnostics by place: source by source in the order of first mention, then line and column. What is said twice (of
 * every evaluation, at every point of a sweep) is there once.
 */
export function byPlace(list: readonly Diagnostic[]): Diagnostic[] {
  const distinct = new Map(list.map((each) => [`${each.code} ${each.path} ${each.message}`, each]));
  const diagnostics = [...distinct.values()];
  const sources = [...new Set(diagnostics.map(({ place }) => place?.source))];
  const order = ({ place }: Diagnostic) => [
    sources.indexOf(place?.source),
    place?.line ?? 0,
    place?.column ?? 0,
  ];
  return diagnostics
    .map((diagnostic) => ({ diagnostic, order: order(diagnostic) }))
    .sort((a, b) => compare(a.order, b.order))
    .map(({ diagnostic }) => diagnostic);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, index) => value !== b[index]);
  return differing < 0 ? 0 : a[differing]! - b[differing]!;
}
