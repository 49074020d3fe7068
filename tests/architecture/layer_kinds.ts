/** The list of layer kinds in `recipes/own_code.md`: what each computes, as its doc comment says, and its attributes. */
import type { TSchema } from "../../engine/field.ts";
import { Activated } from "../../ops/model/kinds/attributes.ts";
import { kinds } from "../../ops/model/kinds/mod.ts";
import { fromFileUrl, sources } from "./imports.ts";

/** All kinds as a list, in the order of `kinds/mod.ts`; ahead of it, the activations that many of them end in. */
export async function layerKindList(): Promise<string> {
  const comments = await commentsOfKinds();
  const activations = words(Activated).map((each) => `\`${each}\``).join(" ");
  const lines = kinds.map(({ kind, attributes }) => {
    const fields = Object.entries(attributes.properties as Readonly<Record<string, TSchema>>)
      .map(([name, schema]) => `\`${name}\` (${valuesOf(schema)})`);
    const comment = comments.get(kind);
    if (comment === undefined) throw new Error(`no doc comment stands above the kind ${kind}`);
    return `- \`${kind}\`${fields.length === 0 ? "" : `: ${fields.join(", ")}`}. ${comment}`;
  });
  return [
    `Whole numbers are at least 1 where nothing else is said; an activation is one of ${activations}.`,
    "",
    ...lines,
  ].join("\n");
}

const words = ({ anyOf }: TSchema): readonly string[] =>
  (anyOf as readonly TSchema[]).map(valuesOf);

/** The doc comment above each definition, or that of its file where the definition is all that stands there. */
async function commentsOfKinds(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const path of await sources()) {
    if (!path.startsWith("ops/model/kinds/")) continue;
    const text = await Deno.readTextFile(fromFileUrl(path));
    for (const [, comment, , kind] of text.matchAll(DEFINITION)) {
      found.set(kind!, plain(comment ?? /^\/\*\*([\s\S]*?)\*\//.exec(text)![1]!));
    }
  }
  return found;
}

const DEFINITION =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export const (\w+) = defineLayer\(\{\n\s*kind: "([^"]+)"/g;

const plain = (comment: string): string => comment.replace(/\s*\n?\s*\*?\s+/g, " ").trim();

/** What may stand in an attribute, in words. */
function valuesOf(schema: TSchema): string {
  const { anyOf, const: only, type, items, minimum, exclusiveMaximum } = schema;
  if (schema === Activated) return "an activation";
  if (anyOf !== undefined) return (anyOf as readonly TSchema[]).map(valuesOf).join(" ");
  if (only !== undefined) return String(only);
  if (type === "boolean") return "true false";
  if (type === "array") {
    return Array.isArray(items) ? `[${items.map(valuesOf).join(", ")}]` : `[${valuesOf(items)} …]`;
  }
  if (type === "integer") return minimum === 1 ? "whole" : `whole ≥ ${minimum}`;
  const least = minimum === undefined ? "" : ` ≥ ${minimum}`;
  return `number${least}${exclusiveMaximum === undefined ? "" : ` < ${exclusiveMaximum}`}`;
}
