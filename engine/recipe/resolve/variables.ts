/**
 * Variables: `$name` stands for a whole value and keeps its type. Substitution happens on the tree,
 * so a diagnostic points at the use, with a note at the definition.
 */
import { given } from "../../given.ts";
import { excerpt } from "../../quote.ts";
import { slipOf } from "../words/nearest.ts";
import { entryAt, type Problems } from "../parse/problems.ts";
import { type Entry, join, type MapTree, type Span, type Tree } from "../parse/tree.ts";

const NAME = /^[a-z][a-z0-9_]*$/;
/** Names that no variable may have are looked up too: their declaration is what is wrong. */
const USE = /^\$(\w+)$/;
/** How other languages write it; reported, and taken as a use. */
const BRACED = /^\$\{(\w*)\}$/;

/** Fields in which no variable is looked for. */
const verbatim = new Set(["decant", "name", "extends"]);

/** Names used in a tree. */
function variablesUsed(tree: Tree, used: Set<string> = new Set()): Set<string> {
  if (tree.type === "list") { for (const item of tree.items) variablesUsed(item, used); }
  else if (tree.type === "map") {
    for (const [name, { value }] of tree.entries) {
      if (name !== "variables") variablesUsed(value, used);
    }
  } else if (typeof tree.value === "string") {
    const name = (USE.exec(tree.value) ?? BRACED.exec(tree.value))?.[1];
    if (name !== undefined) used.add(name);
  }
  return used;
}

/** The declared variables of a recipe; names that cannot be variables are reported. `fields` are its top level. */
export function declaredVariables(
  root: MapTree,
  fields: readonly string[],
  problems: Problems,
): Map<string, Entry> {
  const declared = new Map<string, Entry>();
  const entry = root.entries.get("variables");
  if (entry === undefined || entry.value.broken) return declared;
  if (entry.value.type !== "map") {
    const at = entryAt("variables", entry);
    problems.atValue("wrong-type", at, "`variables` must be a map of names to values");
    return declared;
  }
  for (const [name, variable] of entry.value.entries) {
    const at = entryAt(join("variables", name), variable);
    if (!NAME.test(name)) {
      const message = `\`${
        excerpt(name)
      }\` cannot be a variable: lower-case letters, digits and _ make a name`;
      problems.atKey("bad-name", at, message);
    } else if (fields.includes(name)) {
      const message = `a variable cannot be called \`${name}\`, like a field of the recipe`;
      problems.atKey("bad-name", at, message);
    }
    const inside = [...variablesUsed(variable.value)];
    for (const used of inside) {
      const message = `\`$${used}\` stands inside another variable`;
      problems.atValue("wrong-type", at, message, "write its value there");
    }
    const value: Tree = inside.length === 0 ? variable.value : { ...variable.value, broken: true };
    declared.set(name, { ...variable, value });
  }
  return declared;
}

/** The tree with every `$name` replaced; undefined names are reported. */
export function substitute(
  root: MapTree,
  variables: ReadonlyMap<string, Pick<Entry, "value">>,
  problems: Problems,
): MapTree {
  const walk = (tree: Tree, path: string, key: Span | undefined): Tree => {
    if (tree.type === "list") {
      return {
        ...tree,
        items: tree.items.map((item, index) => walk(item, join(path, index), undefined)),
      };
    }
    if (tree.type === "map") {
      const entries = [...tree.entries].map(([name, entry]): [string, Entry] => [
        name,
        { ...entry, value: walk(entry.value, join(path, name), entry.key) },
      ]);
      return { ...tree, entries: new Map(entries) };
    }
    const { value } = tree;
    if (typeof value !== "string" || !value.startsWith("$")) return tree;
    if (value.startsWith("$$")) return { ...tree, value: value.slice(1) };
    const at = { tree, path, ...given({ key }) };
    const braced = BRACED.exec(value)?.[1];
    if (braced !== undefined) {
      problems.atValue("yaml", at, "variables are written without braces", `$${braced}`);
      return { ...tree, broken: true };
    }
    const name = USE.exec(value)?.[1];
    if (name === undefined) return tree;
    const defined = variables.get(name);
    if (defined !== undefined) return relocated(defined.value, tree, name);
    if (!NAME.test(name)) return tree;
    const slip = slipOf(name, [...variables.keys()]);
    const help = slip === undefined
      ? `variables: { ${excerpt(name)}: … }`
      : `did you mean $${slip}?`;
    problems.atValue("unknown-name", at, `there is no variable \`$${excerpt(name)}\``, help);
    return { ...tree, broken: true };
  };
  const entries = [...root.entries].flatMap(([name, entry]): [string, Entry][] => {
    if (name === "variables") return [];
    return [[
      name,
      verbatim.has(name) ? entry : { ...entry, value: walk(entry.value, name, entry.key) },
    ]];
  });
  return { ...root, entries: new Map(entries) };
}

/** A variable's value where it is used: every node of it stands at the use and remembers its definition. */
function relocated(tree: Tree, use: Tree, name: string): Tree {
  const { document, span } = tree;
  const variable = { name, document, ...given({ span }) };
  const place = { document: use.document, variable, ...given({ span: use.span }) };
  if (tree.type === "list") {
    return { ...tree, ...place, items: tree.items.map((item) => relocated(item, use, name)) };
  }
  if (tree.type === "scalar") return { ...tree, ...place };
  const entries = [...tree.entries].map(([field, { value }]): [string, Entry] => [
    field,
    { ...given({ key: use.span }), value: relocated(value, use, name) },
  ]);
  return { ...tree, ...place, entries: new Map(entries) };
}

/** Reports variables that a document declares and does not use; one that replaces an inherited one is meant for it. */
export function reportUnused(
  root: MapTree,
  inherited: ReadonlySet<string>,
  problems: Problems,
): void {
  const variables = root.entries.get("variables")?.value;
  if (variables?.type !== "map") return;
  const used = variablesUsed(root);
  for (const name of variedBy(root)) used.add(name);
  for (const [name, entry] of variables.entries) {
    if (used.has(name) || inherited.has(name) || !NAME.test(name)) continue;
    problems.atKey(
      "unused",
      entryAt(join("variables", name), entry),
      `\`${name}\` is declared and nothing uses it`,
      `write $${name} where it is meant, or leave it out`,
    );
  }
}

/** Names that `sweep` or `search` varies. */
function variedBy(root: MapTree): string[] {
  return ["sweep", "search"].flatMap((field) => {
    const block = root.entries.get(field)?.value;
    const over = block?.type === "map" ? block.entries.get("over")?.value : undefined;
    const maps = over?.type === "list" ? over.items : over ? [over] : [];
    return maps.flatMap((each) => each.type === "map" ? [...each.entries.keys()] : []);
  });
}
