/** What is written, what it extends and what is set become one tree; its points are substituted. */
import assert from "node:assert/strict";
import { Type } from "../../../../engine/field.ts";
import { problemList, type Problems } from "../../../../engine/recipe/parse/problems.ts";
import {
  resolveTree,
  treeAround,
  treeAtPoint,
} from "../../../../engine/recipe/resolve/resolve_tree.ts";
import { treeFromValue } from "../../../../engine/recipe/parse/from_value.ts";
import { type MapTree, type Tree, valueOf } from "../../../../engine/recipe/parse/tree.ts";
import { mapOf, told, treeOf } from "../trees.ts";

const grammar = Type.Object({
  seed: Type.Integer({ description: "The seed" }),
  a: Type.Number({ description: "A value" }),
});

function resolve(
  written: MapTree,
  parents: readonly Tree[] = [],
  set = {},
  problems: Problems = problemList(),
) {
  return resolveTree(written, parents, { set, grammar, problems });
}

Deno.test("of three recipes the nearest wins, and a setting before all of them", () => {
  const written = mapOf("extends: b\na: 1\nvariables: { v: 1 }\nx: $v\n");
  const parents = [
    mapOf("a: 2\nb: 2\nvariables: { v: 2, w: 2 }\ny: $w\n"),
    mapOf("a: 3\nb: 3\nc: 3\n"),
  ];
  const resolved = resolve(written, parents, { a: 9 })!;
  assert.deepEqual(valueOf(treeAtPoint(resolved, new Map(), problemList())), {
    a: 9,
    b: 2,
    c: 3,
    x: 1,
    y: 2,
  });
  assert.deepEqual([...resolved.variables.keys()], ["v", "w"]);
});

Deno.test("a point gives variables its values and the seed; without it they have their own", () => {
  const resolved = resolve(mapOf("variables: { v: 1 }\nx: $v\nsweep: { over: { v: [5] } }\n"))!;
  const point = new Map([["v", treeOf("5")], ["seed", treeOf("3")]]);
  assert.deepEqual(valueOf(treeAtPoint(resolved, point, problemList())), { x: 5, seed: 3 });
  assert.deepEqual(valueOf(treeAtPoint(resolved, new Map(), problemList())), { x: 1 });
});

Deno.test("a sweep or a search is no part of the recipe at a point, and is substituted apart", () => {
  const resolved = resolve(
    mapOf("variables: { n: 4 }\na: 1\nsearch: { budget: { trials: $n } }\n"),
  )!;
  assert.deepEqual(valueOf(treeAround(resolved, problemList())), {
    search: { budget: { trials: 4 } },
  });
});

Deno.test("a recipe behind one that was not read, or is none, is told where it is named", () => {
  const wrong = (text: string, parents: readonly Tree[] = []) =>
    told((problems) => assert.equal(resolve(mapOf(text), parents, {}, problems), undefined));
  assert.deepEqual(wrong("extends: b.yaml\n"), ["source extends: `b.yaml` was not read"]);
  assert.deepEqual(wrong("extends: [b.yaml]\n"), [
    "wrong-type extends: `extends` must be one recipe: a path or a URL",
  ]);
  assert.deepEqual(wrong("a: 1\n", [mapOf("extends: c.yaml\n")]), [
    "source extends: `c.yaml` was not read",
  ]);
  const list = told((problems) => resolve(mapOf("a: 1\n"), [treeOf("[1]")], {}, problems));
  assert.deepEqual(list, ["wrong-type : a recipe is a map of fields"]);
});

Deno.test("eight objects may extend one another, and a ninth is refused", () => {
  const nested = (depth: number): unknown =>
    depth === 0 ? { a: 1 } : { extends: nested(depth - 1) };
  const tree = (depth: number) =>
    treeFromValue(nested(depth), { source: "", base: "./" }, () => assert.fail()) as MapTree;
  const whole = treeAtPoint(resolve(tree(8))!, new Map(), problemList());
  assert.deepEqual(valueOf(whole), { a: 1 });
  assert.deepEqual(told((problems) => resolve(tree(9), [], {}, problems)), [
    "too-large extends: more than 8 recipes stand behind this one",
  ]);
});

Deno.test("what is behind a recipe and cannot be there is told at `extends`", () => {
  const said = (text: string, parents: readonly Tree[] = []) =>
    told((problems) => resolve(mapOf(text), parents, {}, problems));
  assert.deepEqual(said("extends: ./a.yaml\n"), ["source extends: `./a.yaml` was not read"]);
  assert.deepEqual(said("extends: [./a.yaml]\n"), [
    "wrong-type extends: `extends` must be one recipe: a path or a URL",
  ]);
  assert.deepEqual(said("extends: 3\n"), [
    "wrong-type extends: `extends` must be one recipe: a path or a URL",
  ]);
  assert.deepEqual(said("extends: ./a.yaml\n", [treeOf("[1]")]), [
    "wrong-type : a recipe is a map of fields",
    "source extends: `./a.yaml` was not read",
  ]);
  const broken = { type: "scalar", value: null, document: { source: "", base: "" }, broken: true };
  const entries = new Map([["extends", { value: broken as Tree }]]);
  assert.deepEqual(
    told((problems) => resolve({ ...mapOf("{}"), entries }, [], {}, problems)),
    [],
    "told where it was parsed",
  );
});

Deno.test("an object may hold eight recipes that it extends, and no ninth", () => {
  const nested = (count: number): object => count === 0 ? { a: 1 } : { extends: nested(count - 1) };
  const said = (count: number) =>
    told((problems) => {
      const tree = treeFromValue(nested(count), { source: "", base: "" }, problems.add);
      resolve(tree as MapTree, [], {}, problems);
    });
  assert.deepEqual(said(8), []);
  assert.deepEqual(said(9), ["too-large extends: more than 8 recipes stand behind this one"]);
});
