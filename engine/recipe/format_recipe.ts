/**
 * A recipe in its shorter spelling: a bare name for a choice that says nothing else, `x` for `[x]`,
 * one style for the rest. Comments, blank lines, quotes and the order of keys stay. Formatting twice changes nothing more.
 */
import { given } from "../given.ts";
import {
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type YAMLMap,
  type YamlNode,
} from "../deps/yaml.ts";
import type { TSchema } from "../field.ts";
import type { OpSet } from "../op.ts";
import { breakLongLines, padMaps } from "./parse/flow_lines.ts";
import { formOf, neededFields } from "./words/form.ts";
import { grammarOf } from "./words/grammar.ts";
import { taughtStage } from "./words/language.ts";

type Replace = (node: YamlNode) => unknown;

/** The text of a sound recipe, formatted. */
export function formatRecipe(text: string, ops: OpSet): string {
  const document = parseDocument(text, { version: "1.2", schema: "core", logLevel: "error" });
  const { contents } = document;
  if (isMap(contents)) {
    for (const [name, schema] of shortened(contents, ops)) {
      const pair = contents.items.find(({ key }) => nameOf(key) === name);
      if (pair?.value) {
        shorten(schema, pair.value as YamlNode, (node) => void (pair.value = node as never));
      }
    }
  }
  breakLongLines(contents as YamlNode | null);
  padMaps(contents as YamlNode | null);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true, indent: 2 });
}

/**
 * The top-level fields in which a shorter spelling means the same. Where maps merge (with what is inherited, with what
 * an assistant's training leaves out) a map and a bare name are two things.
 */
function shortened(root: YAMLMap, ops: OpSet): [string, TSchema][] {
  const written = new Set(root.items.map(({ key }) => nameOf(key)));
  if (written.has("extends")) return [];
  const merging = written.has("assistant") ? ["assistant", taughtStage(ops)?.name] : [];
  return Object.entries(grammarOf(ops).properties as Record<string, TSchema>)
    .filter(([name]) => !merging.includes(name));
}

function shorten(schema: TSchema, node: YamlNode, replace: Replace): void {
  const form = formOf(schema);
  switch (form.form) {
    case "object":
      if (isMap(node)) shortenFields(form.fields, node);
      return;
    case "choice": {
      if (!isMap(node)) return;
      const tag = node.items.find(({ key }) => nameOf(key) === form.tag);
      const name = tag === undefined ? undefined : nameOf(tag.value);
      const chosen = name !== undefined && Object.hasOwn(form.alternatives, name)
        ? form.alternatives[name]
        : form.untagged;
      if (chosen === undefined) return;
      const bare = node.items.length === 1 && name !== undefined && isQuiet(node) &&
        neededFields(chosen).length === 0;
      if (bare) replace(withComments(tag!.value as YamlNode, node));
      else shorten(chosen, node, () => {});
      return;
    }
    case "by-type": {
      const { object, list, string } = form.types;
      if (isMap(node) && object !== undefined) {
        // A text that is an alternative of its own is no bare name.
        shorten(object, node, string === undefined ? replace : () => {});
      } else if (isSeq(node) && list !== undefined) {
        // One map stands for the list of it where no map is an alternative of its own; a text would not.
        shorten(list, node, (only) => object === undefined && isMap(only) && replace(only));
      }
      return;
    }
    case "list":
    case "selectors": {
      const items = form.form === "list" ? form.items : undefined;
      if (!isSeq(node)) {
        if (items !== undefined) shorten(items, node, replace);
        return;
      }
      for (const [index, item] of node.items.entries()) {
        if (items === undefined) continue;
        shorten(items, item as YamlNode, (shorter) => void (node.items[index] = shorter));
      }
      const [only, more] = node.items as YamlNode[];
      if (only === undefined || more !== undefined || isSeq(only)) return;
      if (form.form === "list" && form.least > 1 || !isQuiet(node) || !isValue(only)) return;
      if (isScalar(only) || !isCommented(node)) replace(withComments(only, node));
      return;
    }
    case "map":
      if (!isMap(node)) return;
      for (const pair of node.items) {
        if (!pair.value) continue;
        shorten(form.values, pair.value as YamlNode, (shorter) => void (pair.value = shorter));
      }
  }
}

function shortenFields(fields: Readonly<Record<string, TSchema>>, map: YAMLMap): void {
  for (const pair of map.items) {
    const name = nameOf(pair.key);
    const schema = name !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (schema === undefined || !pair.value) continue;
    shorten(schema, pair.value as YamlNode, (shorter) => void (pair.value = shorter));
  }
}

/** `null` in a list is another thing than `null` in its place. */
function isValue(node: YamlNode): boolean {
  return !isScalar(node) || node.value !== null;
}

type Comments = { comment?: string | null; commentBefore?: string | null } | null | undefined;

function isCommented(node: unknown): boolean {
  return Boolean((node as Comments)?.comment || (node as Comments)?.commentBefore);
}

/** Whether what is directly in a collection carries no comment that would be lost with it. */
function isQuiet(node: YamlNode): boolean {
  if (isMap(node)) {
    return !node.items.some(({ key, value }) => isCommented(key) || isCommented(value));
  }
  return !isSeq(node) || !node.items.some(isCommented);
}

/** A node that takes another's place, with the comments around that. */
function withComments(node: YamlNode, { comment, commentBefore, spaceBefore }: YamlNode): YamlNode {
  return Object.assign(
    node,
    given({
      comment: comment || undefined,
      commentBefore: commentBefore || undefined,
      spaceBefore: spaceBefore || undefined,
    }),
  );
}

function nameOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === "string" ? node.value : undefined;
}
