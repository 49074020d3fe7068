/** Sources of a recipe that is inherited. */
import assert from "node:assert/strict";
import { ListOf, Source, Type } from "../../../../engine/field.ts";
import { problemList } from "../../../../engine/recipe/check/problems.ts";
import { inherit } from "../../../../engine/recipe/parse/merge_trees.ts";
import { moveSources } from "../../../../engine/recipe/parse/move_sources.ts";
import { declaredVariables, substitute } from "../../../../engine/recipe/parse/variables.ts";
import { mapOf } from "../trees.ts";
import { child, params, parents, read } from "../classic.ts";

Deno.test("sources stay relative to the file that wrote them", () => {
  const recipe = read(child, { parents });
  assert.equal(params(recipe, "data").from, "./data/digits/");
  assert.equal(params(recipe, "teacher").from, "./base/teacher.json");
  assert.equal(recipe.base, "recipes/");
});

const schema = Type.Object({
  from: Source({ description: "Where it is" }),
  more: ListOf(Source({ description: "More of it" }), { description: "All" }),
  label: Type.String({ description: "A text" }),
});

Deno.test("only sources move, and each from the document that wrote it", () => {
  const params = { from: "./x", more: ["./y", "https://h.org/z"], label: "./x" };
  const tree = mapOf(
    "from: ./x\nmore: [./y, https://h.org/z]\nlabel: ./x\n",
    "/r/base/a.yaml",
    "/r/base/",
  );
  assert.deepEqual(moveSources(schema, params, { tree, base: "/r/" }), {
    from: "./base/x",
    more: ["./base/y", "https://h.org/z"],
    label: "./x",
  });
  const own = mapOf("from: ./x\nmore: ./y\n", "/r/a.yaml", "/r/");
  const mixed = inherit(tree, own);
  assert.deepEqual(
    moveSources(schema, { ...params, more: ["./y"] }, { tree: mixed, base: "/r/" }),
    {
      ...params,
      more: ["./y"],
    },
  );
});

Deno.test("a source that a variable holds moves from where the variable is defined", () => {
  const parent = mapOf("variables: { where: ./x }\n", "/r/base/a.yaml", "/r/base/");
  const use = mapOf("from: $where\n", "/r/b.yaml", "/r/");
  const variables = declaredVariables(parent, [], problemList());
  const tree = substitute(use, variables, problemList());
  assert.deepEqual(moveSources(schema, { from: "./x" }, { tree, base: "/r/" }), {
    from: "./base/x",
  });
});

Deno.test("a default that nobody wrote stays as it is", () => {
  const params = { from: "./x" };
  assert.equal(moveSources(schema, params, { tree: undefined, base: "/r/" }), params);
  assert.equal(moveSources(schema, params, { tree: mapOf("label: x\n"), base: "/r/" }), params);
});
