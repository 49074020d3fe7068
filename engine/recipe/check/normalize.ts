/**
 * Tree → plain value in its one long shape: shorthands written out, the tag picks one closed object, defaults filled
 * in, everything checked strictly. Every mistake is reported once, where it stands; what is unsound is left out.
 */
import { given } from "../../given.ts";
import type { Json } from "../../digest.ts";
import type { Task } from "../../facts.ts";
import { LARGEST, type TSchema } from "../../field.ts";
import { type Form, formOf, mustBeWritten, neededFields } from "../words/form.ts";
import { isMovement, leavesLimits } from "./number_limits.ts";
import { missingField, missingParameter, missingTag } from "./missing_field.ts";
import {
  type NamedValues,
  normalizeLeaf,
  readsAsNumber,
  unknownValue,
  wrongType,
} from "./normalize_leaf.ts";
import { type At, entryAt, problemList, type Problems } from "../parse/problems.ts";
import { treeFromValue } from "../parse/from_value.ts";
import { type Document, join, type MapTree, type ScalarTree, valueOf } from "../parse/tree.ts";
import { unknownField } from "./unknown_field.ts";

type FormNamed<F extends Form["form"]> = Extract<Form, { form: F }>;

/** The value of a tree by a schema; undefined after a report. */
export function normalize(schema: TSchema, at: At, problems: Problems): Json | undefined {
  const form = formOf(schema);
  const { tree } = at;
  if (tree.broken) return undefined;
  switch (form.form) {
    case "object":
      return tree.type === "map"
        ? normalizeObject(form, { ...at, tree }, problems, { block: blockOf(at.path) })
        : wrongType(form, at, problems);
    case "choice":
      return normalizeChoice(form, at, problems, { block: blockOf(at.path) });
    case "by-type":
      return normalizeByType(form, at, problems, schema);
    case "list":
      return normalizeList(form, at, problems);
    case "tuple":
      return normalizeTuple(form, at, problems);
    case "map":
      return normalizeMap(form, at, problems);
    case "selectors":
      return normalizeList(
        { form: "list", items: selector, least: 0, most: LARGEST.entries },
        at,
        problems,
      );
    case "any":
      return valueOf(at.tree);
    default:
      return normalizeLeaf(form, at, problems, schema);
  }
}

const selector: TSchema = { type: "string", minLength: 1, maxLength: 200 } as unknown as TSchema;

/** What a block is called in messages, and the tags that are already read of it. */
interface BlockContext {
  readonly block: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** The choice that the block is an alternative of. */
  readonly choice?: FormNamed<"choice">;
}

function normalizeObject(
  form: FormNamed<"object">,
  at: At & { readonly tree: MapTree },
  problems: Problems,
  { block, tags = {}, choice }: BlockContext,
): Json {
  const { entries } = at.tree;
  const epochs = epochsOf(form, at.tree) ?? at.epochs;
  const meant = new Set<string>();
  for (const [name, entry] of entries) {
    if (Object.hasOwn(tags, name) || Object.hasOwn(form.fields, name)) continue;
    const field = unknownField(
      entryAt(join(at.path, name), entry),
      { block, name, fields: form.fields, written: entries, choice },
      problems,
    );
    if (field !== undefined) meant.add(field);
  }
  const result: Record<string, Json> = { ...tags };
  for (const [name, schema] of Object.entries(form.fields)) {
    const entry = entries.get(name);
    if (entry !== undefined) {
      const spot = { ...entryAt(join(at.path, name), entry), ...given({ epochs }) };
      const value = normalize(schema, spot, problems);
      if (value !== undefined) result[name] = value;
    } else if (schema.default !== undefined) {
      result[name] = defaultOf(schema);
    } else if (mustBeWritten(form, name) && !meant.has(name)) {
      missingField(at, { block, name, schema }, problems);
    }
  }
  return result;
}

/** The epochs of the training that a block is, or that a stage has in its `finetune`. */
function epochsOf({ fields }: FormNamed<"object">, { entries }: MapTree): number | undefined {
  const { finetune } = fields;
  if (fields.epochs === undefined && finetune === undefined) return undefined;
  const inner = entries.get("finetune")?.value;
  const written = fields.epochs !== undefined
    ? entries.get("epochs")
    : inner?.type === "map"
    ? inner.entries.get("epochs")
    : undefined;
  const { type, value } = written?.value as Partial<ScalarTree> ?? {};
  return type === "scalar" && typeof value === "number" ? value : undefined;
}

function normalizeChoice(
  form: FormNamed<"choice">,
  at: At,
  problems: Problems,
  { block, tags = {} }: BlockContext,
): Json | undefined {
  const { tree } = at;
  const { tag, alternatives, untagged } = form;
  const within = (schema: TSchema, name: string, tree: MapTree) => {
    const inner = formOf(schema);
    const context = {
      block: tag === "use" || tag === "op" ? name : block,
      tags: { ...tags, [tag]: name },
      choice: form,
    };
    if (inner.form === "choice") return normalizeChoice(inner, { ...at, tree }, problems, context);
    if (inner.form === "object") return normalizeObject(inner, { ...at, tree }, problems, context);
    throw new TypeError("Cannot use anything but objects as the alternatives of a choice");
  };
  if (tree.type === "scalar" && typeof tree.value === "string") {
    const name = tree.value;
    const schema = Object.hasOwn(alternatives, name) ? alternatives[name] : undefined;
    if (schema === undefined) {
      return unknownValue(name, valuesOf(form), at, problems);
    }
    const needed = neededFields(schema);
    if (needed.length > 0) return missingParameter(at, { name, needed, schema, tag }, problems);
    return within(schema, name, { type: "map", entries: new Map(), document: tree.document });
  }
  if (tree.type !== "map") return wrongType(form, at, problems);
  const chosen = tree.entries.get(tag);
  if (chosen === undefined) {
    const inner = untagged && formOf(untagged);
    const begins = inner?.form === "object" &&
      [...inner.required].some((name) => tree.entries.has(name));
    if (inner?.form === "object" && begins) {
      return normalizeObject(inner, { ...at, tree }, problems, { block, tags });
    }
    return missingTag(at, { block, form }, problems);
  }
  const { value } = chosen;
  const spot = entryAt(join(at.path, tag), chosen);
  if (value.broken) return undefined;
  if (value.type !== "scalar" || typeof value.value !== "string") {
    return wrongType({ form: "word", words: Object.keys(alternatives) }, spot, problems);
  }
  const schema = Object.hasOwn(alternatives, value.value) ? alternatives[value.value] : undefined;
  if (schema === undefined) {
    return unknownValue(value.value, valuesOf(form), spot, problems);
  }
  return within(schema, value.value, tree);
}

function valuesOf(form: FormNamed<"choice">): NamedValues {
  return { ...form, words: Object.keys(form.alternatives) };
}

function normalizeByType(
  form: FormNamed<"by-type">,
  at: At,
  problems: Problems,
  { description }: TSchema,
): Json | undefined {
  const { tree } = at;
  const type = tree.type === "map" ? "object" : tree.type === "list" ? "list" : typeof tree.value;
  const { types } = form;
  // A bare name stands for its map, one entry for a list of it; a text that reads as a number was meant as one.
  const named = type === "string" && types.string === undefined
    ? readsAsNumber(valueOf(tree)) ? types.number ?? types.object : types.object
    : type === "object"
    ? types.list
    : undefined;
  const schema = type === "object" || type === "list" || type === "number" || type === "string"
    ? types[type] ?? named
    : undefined;
  if (schema === undefined) return wrongType(form, at, problems);
  const errors = problems.errors;
  const value = normalize(schema, at, problems);
  const { curve: limits } = form;
  const moves = limits !== undefined && problems.errors === errors && isMovement(value);
  return moves && leavesLimits(value, { description, limits }, at, problems) ? undefined : value;
}

function normalizeList(
  { form, items, least, most }: FormNamed<"list">,
  at: At,
  problems: Problems,
): Json | undefined {
  const { tree } = at;
  const trees = tree.type === "list" ? tree.items : [tree];
  if (trees.length < least || trees.length > most) {
    const bound = trees.length < least ? `at least ${least}` : `at most ${most}`;
    problems.atValue(
      "out-of-range",
      at,
      `\`${at.path}\` must have ${bound} ${
        bound.endsWith(" 1") ? "entry" : "entries"
      }; this has ${trees.length}`,
    );
    return undefined;
  }
  if (tree.type === "scalar" && tree.value === null) {
    return wrongType({ form, items, least, most }, at, problems);
  }
  // An unsound entry leaves a hole, so that those behind it keep their index.
  return trees.map((item, index) => {
    // `x` stands for `[x]`, and then keeps the path it is written at.
    const spot = tree.type === "list"
      ? { tree: item, path: join(at.path, index), ...given({ epochs: at.epochs }) }
      : at;
    return normalize(items, spot, problems) ?? null;
  });
}

function normalizeTuple(form: FormNamed<"tuple">, at: At, problems: Problems): Json | undefined {
  const { tree } = at;
  if (tree.type !== "list" || tree.items.length !== form.items.length) {
    return wrongType(form, at, problems);
  }
  const values = tree.items.map((item, index) =>
    normalize(form.items[index]!, { tree: item, path: join(at.path, index) }, problems)
  );
  if (values.includes(undefined)) return undefined;
  if (form.ascending && values.some((value, index) => index > 0 && value! <= values[index - 1]!)) {
    problems.atValue(
      "out-of-range",
      at,
      `\`${at.path}\` must rise; this is [${values.join(", ")}]`,
    );
    return undefined;
  }
  return values as Json[];
}

function normalizeMap(form: FormNamed<"map">, at: At, problems: Problems): Json | undefined {
  const { tree } = at;
  if (tree.type !== "map") return wrongType(form, at, problems);
  const values = [...tree.entries].map(([name, entry]) => {
    const spot = entryAt(join(at.path, name), entry);
    return [name, normalize(form.values, spot, problems) ?? null] as const;
  });
  return Object.fromEntries(values);
}

const nowhere: Document = { source: "", base: "" };
const defaults = new WeakMap<TSchema, Map<Task | undefined, Json>>();

/**
 * A field's default in its long shape; that for data of a task where the field has one for it. Throws a TypeError where
 * an op's default is not one of its own values.
 */
export function defaultOf(schema: TSchema, task?: Task): Json {
  let known = defaults.get(schema);
  if (known === undefined) defaults.set(schema, known = new Map());
  let value = known.get(task);
  if (value === undefined) {
    const { default: usual, "x-task-defaults": byTask } = schema;
    const written = task === undefined ? usual : byTask?.[task] ?? usual;
    known.set(task, value = normalizeValue(schema, written));
  }
  return value;
}

/** A value written in our own code, in its long shape. Throws a TypeError where the schema refuses it. */
export function normalizeValue(schema: TSchema, written: unknown): Json {
  const problems = problemList();
  const tree = treeFromValue(written, nowhere, problems.add);
  const value = normalize(schema, { tree, path: "" }, problems);
  if (value === undefined || problems.errors > 0) {
    throw new TypeError(
      `Cannot use this value: ${problems.list.map(({ message }) => message).join("; ")}`,
    );
  }
  return value;
}

/** What messages call the block at a path. */
function blockOf(path: string): string {
  return path.split(".").filter((part) => !/^\d+$/.test(part)).at(-1) ?? "";
}
