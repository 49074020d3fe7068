/** How collections stand on lines: blocks where one line is too long, from the outside in; `{ a: 1 }` but `[1, 2]`. */
import { isMap, isScalar, isSeq, type YamlNode } from "../../deps/yaml.ts";

/** A line longer than this is broken. */
const LINE = 100;

/** Breaks what is too long. */
export function breakLongLines(node: YamlNode | null, indent = 0, column = 0): void {
  if (isMap(node)) {
    if (node.flow && node.items.length > 0 && column + lengthOf(node) > LINE) node.flow = false;
    if (node.flow) return;
    for (const { key, value } of node.items) {
      const width = lengthOf(key as YamlNode) + 2;
      const nested = isSeq(value) || isMap(value) ? indent + 2 : indent;
      breakLongLines(value as YamlNode | null, nested, indent + width);
    }
  } else if (isSeq(node)) {
    if (node.flow && node.items.length > 0 && column + lengthOf(node) > LINE) node.flow = false;
    if (node.flow) return;
    for (const item of node.items) breakLongLines(item as YamlNode | null, indent + 2, indent + 2);
  }
}

/** The length of a node on one line, in that style. */
function lengthOf(node: YamlNode | null): number {
  if (isScalar(node)) {
    const { source, value, type } = node;
    const quotes = type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE" ? 2 : 0;
    return (source ?? String(value)).length + quotes;
  }
  if (isMap(node)) {
    return 2 +
      node.items.reduce(
        (sum, { key, value }) =>
          sum + lengthOf(key as YamlNode) + lengthOf(value as YamlNode | null) + 4,
        0,
      );
  }
  if (isSeq(node)) {
    return node.items.reduce((sum: number, item) => sum + lengthOf(item as YamlNode) + 2, 2);
  }
  return 0;
}

/** What the library calls its stringifiers with. */
type Context = { readonly flowCollectionPadding: string };

/** Blanks inside the braces of maps, none inside the brackets of lists: the library knows one of both for all. */
export function padMaps(node: YamlNode | null): void {
  if (!isMap(node) && !isSeq(node)) return;
  const flowCollectionPadding = isMap(node) ? " " : "";
  const stringify = node.toString as (context?: Context, ...rest: unknown[]) => string;
  Object.defineProperty(node, "toString", {
    value: (context?: Context, ...rest: unknown[]) =>
      stringify.call(node, context && { ...context, flowCollectionPadding }, ...rest),
  });
  for (const item of node.items) {
    padMaps((isMap(node) ? (item as { value: unknown }).value : item) as YamlNode | null);
  }
}
