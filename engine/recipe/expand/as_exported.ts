/** Files that are timed are those that the recipe exports, where it exports some of their format. */
import type { Json } from "../../digest.ts";
import type { TSchema } from "../../field.ts";
import { formOf } from "../words/form.ts";
import { child, type Tree } from "../parse/tree.ts";
import { fieldsOf } from "../words/schema_fields.ts";
import type { Block, Draft } from "./draft.ts";

/**
 * Parameters with the options of an export in each choice that stands for the files of its format (`x-exported-as`),
 * unless the recipe writes options there. `tree`: where they are written.
 */
export function asExported(
  params: Block,
  { schema, tree, exports }: {
    readonly schema: TSchema;
    readonly tree: Tree | undefined;
    readonly exports: readonly Draft[];
  },
): Block {
  const fields = fieldsOf(schema);
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      fields[name] === undefined ? value : filled(fields[name], value, child(tree, name), exports),
    ]),
  );
}

function filled(
  schema: TSchema,
  value: Json,
  written: Tree | undefined,
  exports: readonly Draft[],
): Json {
  const form = formOf(schema);
  if (form.form !== "choice" || typeof value !== "object" || value === null) return value;
  const use = (value as Block)[form.tag];
  const chosen = form.alternatives[String(use)];
  const format = chosen?.["x-exported-as"];
  if (chosen === undefined || format === undefined || writesOptions(written)) return value;
  const fields = exports.find(({ broken, fields }) => !broken && fields.use === format)?.fields;
  const own = Object.entries(fields ?? {}).filter(([name]) => name in fieldsOf(chosen));
  return { ...value, ...Object.fromEntries(own) };
}

/** Whether more is written than what is chosen. */
const writesOptions = (tree: Tree | undefined): boolean =>
  tree?.type === "map" && tree.entries.size > 1;
