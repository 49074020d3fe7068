/** Sources stay relative to the document that wrote them, whichever recipe inherits them. */
import type { Json } from "../../digest.ts";
import type { TSchema } from "../../field.ts";
import { moveSource } from "./sources.ts";
import { type Tree, treeAt } from "./tree.ts";
import { replaceAt, visit } from "../check/visit.ts";

type Params = Readonly<Record<string, Json>>;

/** Parameters of a step that is written in a tree, their sources as the recipe's own document (at `base`) would write them. */
export function moveSources(
  schema: TSchema,
  params: Params,
  { tree, base }: { readonly tree: Tree | undefined; readonly base: string },
): Params {
  let moved: Json = params;
  for (const { form, value, path: inside } of visit(schema, params)) {
    if (form.form !== "source" || typeof value !== "string") continue;
    const written = tree && treeAt(tree, inside);
    if (written === undefined) continue;
    const { document } = written.variable ?? written;
    const source = moveSource(value, document.base, base);
    if (source !== value) moved = replaceAt(moved, inside, source);
  }
  return moved as Params;
}
