/** A value written in TypeScript, or a default, as a tree: paths serve as places. */
import type { Diagnostic } from "../../error.ts";
import { diagnosticAt } from "./problems.ts";
import { MAX_DEPTH, MAX_NODES } from "./limits.ts";
import { type Document, type Entry, join, type Tree } from "./tree.ts";

/** The tree of a value. Fields that are undefined are left out; what JSON cannot say is reported. */
export function treeFromValue(
  value: unknown,
  document: Document,
  report: (diagnostic: Diagnostic) => void,
): Tree {
  let nodes = 0;
  const wrong = (path: string, code: Diagnostic["code"], message: string): Tree => {
    report(diagnosticAt(path, undefined, { code, message }));
    return { type: "scalar", value: null, document, broken: true };
  };
  const walk = (value: unknown, path: string, depth: number): Tree => {
    if (depth > MAX_DEPTH) {
      return wrong(path, "too-large", `A recipe may be nested ${MAX_DEPTH} deep and no deeper`);
    }
    if (++nodes > MAX_NODES) {
      return nodes > MAX_NODES + 1
        ? { type: "scalar", value: null, document, broken: true }
        : wrong(path, "too-large", `A recipe may hold ${MAX_NODES} values and no more`);
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      return wrong(
        path,
        "wrong-type",
        `${pathInWords(path)} must be a finite number; this is ${value}`,
      );
    }
    if (value === null || typeof value === "string" || typeof value === "boolean") {
      return { type: "scalar", value, document };
    }
    if (typeof value === "number") return { type: "scalar", value: value + 0, document };
    if (Array.isArray(value)) {
      const items = value.map((item, index) => walk(item, join(path, index), depth + 1));
      return { type: "list", items, document };
    }
    if (typeof value === "object" && isPlain(value)) {
      const entries = new Map<string, Entry>();
      for (const [name, field] of Object.entries(value)) {
        if (field !== undefined) {
          entries.set(name, { value: walk(field, join(path, name), depth + 1) });
        }
      }
      return { type: "map", entries, document };
    }
    return wrong(
      path,
      "wrong-type",
      `${pathInWords(path)} must be plain data; this is ${sortOf(value)}`,
    );
  };
  return walk(value, "", 0);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const pathInWords = (path: string): string => path === "" ? "a recipe" : `\`${path}\``;

/** What is no JSON, for a sentence: a class by its name. */
function sortOf(value: unknown): string {
  if (value === undefined) return "undefined";
  const name = typeof value === "object" ? value!.constructor.name : typeof value;
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}
