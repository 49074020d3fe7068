/** Where a recipe is unsound: what stands on it is not looked at further, so that one cause has one message. */
import type { Diagnostic } from "../../error.ts";
import { join, type Tree } from "../parse/tree.ts";

/** Whether something at or under a path was reported, or could not be read because of something reported elsewhere. */
export function brokenPaths(root: Tree, list: readonly Diagnostic[]): (path: string) => boolean {
  const broken = new Set<string>();
  const add = (path: string) => {
    const parts = path.split(".");
    for (let count = 1; count <= parts.length; count++) broken.add(parts.slice(0, count).join("."));
  };
  for (const { path, severity } of list) if (severity === "error") add(path);
  const walk = (tree: Tree, path: string): void => {
    if (tree.broken) add(path);
    else if (tree.type === "list") {
      tree.items.forEach((item, index) => walk(item, join(path, index)));
    } else if (tree.type === "map") {
      for (const [name, { value }] of tree.entries) walk(value, join(path, name));
    }
  };
  walk(root, "");
  return (path) => broken.has(path);
}
