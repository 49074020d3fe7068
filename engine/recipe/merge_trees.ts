/** A recipe that starts from another: maps merge by key, `null` removes, everything else replaces (language §1.11). */
import type { Entry, MapTree, Tree } from "./tree.ts";

/** What is never inherited. */
const own = new Set(["name", "description", "extends"]);

/** A recipe over the one it extends. */
export function inherit(parent: MapTree, child: MapTree): MapTree {
  const entries = new Map([...parent.entries].filter(([name]) => !own.has(name)));
  return merge({ ...parent, entries }, child);
}

function merge(parent: MapTree, child: MapTree): MapTree {
  const entries = new Map<string, Entry>(parent.entries);
  for (const [name, entry] of child.entries) {
    const inherited = parent.entries.get(name);
    if (inherited !== undefined && isNull(entry.value)) entries.delete(name);
    else entries.set(name, { ...entry, value: over(inherited?.value, entry.value) });
  }
  return { ...child, entries };
}

function over(inherited: Tree | undefined, value: Tree): Tree {
  return inherited?.type === "map" && value.type === "map" ? merge(inherited, value) : value;
}

function isNull(tree: Tree): boolean {
  return tree.type === "scalar" && tree.value === null && !tree.broken;
}
