/** `--set`: variables and fields set from outside the recipe, on its tree. */
import { given } from "../../given.ts";
import type { TSchema } from "../../field.ts";
import type { Code } from "../../error.ts";
import { formOf } from "../words/form.ts";
import { treeFromValue } from "../parse/from_value.ts";
import { slipOf } from "../words/nearest.ts";
import { parseYaml } from "../parse/parse_yaml.ts";
import { diagnosticAt, type Problems } from "../parse/problems.ts";
import { fieldsOf } from "../words/schema_fields.ts";
import { child, type Document, type Entry, type MapTree, type Tree } from "../parse/tree.ts";

/** Values by name of a variable or dotted path of a field. A text is read as YAML; anything else is taken as it is. */
export type Settings = Readonly<Record<string, unknown>>;

/** Thrown inside this file only: why a path cannot be set. */
class Unsettable {
  constructor(readonly code: Code, readonly message: string, readonly help?: string) {}
}

/** The tree with the settings in place; what cannot be set is reported at its path. */
export function applySettings(
  root: MapTree,
  settings: Settings,
  grammar: TSchema,
  problems: Problems,
): MapTree {
  const fields = Object.keys(fieldsOf(grammar));
  let tree = root;
  for (const [path, value] of Object.entries(settings)) {
    const errors = problems.errors;
    const set = valueTree(path, value, root.document, problems);
    if (set === undefined || problems.errors > errors) continue;
    const variables = child(tree, "variables");
    const isVariable = variables?.type === "map" && variables.entries.has(path);
    const segments = isVariable ? ["variables", path] : path.split(".");
    try {
      const block = variedBy(root, path);
      if (block !== undefined) {
        throw new Unsettable(
          "order",
          `\`${path}\` takes its values from \`${block}\`, which would replace this one`,
          `give it one value there: --set ${block}.over.${path}=…, or change the recipe`,
        );
      }
      if (!isVariable && !fields.includes(segments[0]!)) {
        const names = [...fields, ...(variables?.type === "map" ? variables.entries.keys() : [])];
        const slip = slipOf(segments[0]!, names);
        throw new Unsettable(
          "unknown-name",
          `\`${path}\` is neither a variable nor a field of the recipe`,
          slip === undefined
            ? undefined
            : `did you mean ${[slip, ...segments.slice(1)].join(".")}?`,
        );
      }
      tree = place(tree, segments, grammar, { path, value: set }) as MapTree;
    } catch (error) {
      if (!(error instanceof Unsettable)) throw error;
      const { code, message, help } = error;
      problems.add(diagnosticAt(path, undefined, { code, message, help }));
    }
  }
  return tree;
}

/** The block that gives this variable its values, `sweep` or `search`. */
function variedBy(root: MapTree, name: string): string | undefined {
  return ["sweep", "search"].find((block) => {
    const varied = child(root, block);
    const over = varied?.type === "map" ? child(varied, "over") : undefined;
    const points = over?.type === "list" ? over.items : [over];
    return points.some((point) => point?.type === "map" && point.entries.has(name));
  });
}

function valueTree(
  path: string,
  value: unknown,
  { base }: Document,
  problems: Problems,
): Tree | undefined {
  if (typeof value !== "string") return treeFromValue(value, { source: "", base }, problems.add);
  return parseYaml({ source: `--set ${path}`, base, text: value }, problems.add);
}

/** One of the settings: its whole path, and its value as a tree. */
interface Setting {
  readonly path: string;
  readonly value: Tree;
}

/** The tree with a setting at what is left of its path; maps that are missing on the way are made. */
function place(
  tree: Tree | undefined,
  [segment, ...rest]: readonly string[],
  schema: TSchema | undefined,
  setting: Setting,
): Tree {
  const { path, value } = setting;
  if (segment === undefined) return value;
  const form = schema && formOf(schema);
  const inner = schema && schemaInside(schema, segment);
  if (tree?.type === "list" || tree !== undefined && /^\d+$/.test(segment)) {
    // `x` stands for `[x]`.
    const items = tree.type === "list" ? tree.items : [tree];
    const index = Number(segment);
    if (!/^\d+$/.test(segment) || index >= items.length) {
      throw new Unsettable(
        "unknown-name",
        `\`${path}\`: there ${
          items.length === 1 ? "is one entry" : `are ${items.length} entries`
        }, counted from 0`,
      );
    }
    const put = (item: Tree, at: number) => at === index ? place(item, rest, inner, setting) : item;
    return {
      type: "list",
      document: tree.document,
      ...given({ span: tree.span }),
      items: items.map(put),
    };
  }
  if (tree === undefined && /^\d+$/.test(segment)) {
    throw new Unsettable(
      "unknown-name",
      `\`${path}\`: the list is not written in the recipe`,
      "set the whole list",
    );
  }
  const map = asMap(tree, form?.form === "choice" ? form.tag : undefined, value.document);
  if (map === undefined) {
    throw new Unsettable(
      "wrong-type",
      `\`${path}\`: what is written there has no fields`,
      "set the whole value",
    );
  }
  const entries = new Map(map.entries);
  const old = entries.get(segment);
  const put = place(old?.value, rest, inner, setting);
  const removes = put.type === "scalar" && put.value === null && !put.broken;
  if (removes) entries.delete(segment);
  else entries.set(segment, { ...old, value: put });
  return { ...map, entries };
}

/** A map, or the map that a bare name stands for. */
function asMap(
  tree: Tree | undefined,
  tag: string | undefined,
  document: Document,
): MapTree | undefined {
  if (tree === undefined) return { type: "map", entries: new Map(), document };
  if (tree.type === "map") return tree;
  if (tree.type !== "scalar" || typeof tree.value !== "string" || tag === undefined) {
    return undefined;
  }
  const { document: written, span } = tree;
  const entry: Entry = { value: tree };
  return {
    type: "map",
    entries: new Map([[tag, entry]]),
    document: written,
    ...given({ span }),
  };
}

function schemaInside(schema: TSchema, segment: string): TSchema | undefined {
  const form = formOf(schema);
  if (form.form === "list") {
    return /^\d+$/.test(segment) ? form.items : schemaInside(form.items, segment);
  }
  if (form.form === "by-type") {
    const { object, list } = form.types;
    const inner = object ?? list;
    return inner && schemaInside(inner, segment);
  }
  const fields = fieldsOf(schema);
  return Object.hasOwn(fields, segment) ? fields[segment] : undefined;
}
