/** Trees of YAML, and what is told about them: what the tests of single steps of the reading begin with. */
import assert from "node:assert/strict";
import { given } from "../../../engine/given.ts";
import { problemList, type Problems } from "../../../engine/recipe/parse/problems.ts";
import { loadWholeYaml, parseYaml } from "../../../engine/recipe/parse/parse_yaml.ts";
import { child, type MapTree, type Tree } from "../../../engine/recipe/parse/tree.ts";

await loadWholeYaml();

/** The tree of a sound YAML text. */
export function treeOf(text: string, source = "a.yaml", base = "./", recipeBase?: string): Tree {
  const document = given({ source, base, text, recipeBase });
  const tree = parseYaml(document, ({ message }) => assert.fail(message));
  assert.ok(tree);
  return tree;
}

/** The same where it is a map. */
export function mapOf(
  text: string,
  source = "a.yaml",
  base = "./",
  recipeBase?: string,
): MapTree {
  const tree = treeOf(text, source, base, recipeBase);
  assert.equal(tree.type, "map");
  return tree as MapTree;
}

/** The node at a dotted path, which is written. */
export function nodeAt(root: Tree, path: string): Tree {
  return path.split(".").reduce((tree, segment) => {
    const inner = tree.type === "list" ? tree.items[Number(segment)] : child(tree, segment);
    assert.ok(inner, path);
    return inner;
  }, root);
}

/** What some step reports: code, path and sentence of each, and its help where it has one. */
export function told(step: (problems: Problems) => void): string[] {
  const problems = problemList();
  step(problems);
  return problems.list.map(({ code, path, message, help }) =>
    `${code} ${path}: ${message}${help === undefined ? "" : ` | ${help}`}`
  );
}
