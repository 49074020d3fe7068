/** Variables: what they stand for, and what is wrong with one. */
import assert from "node:assert/strict";
import { expandedYaml } from "../../../../engine/recipe/expanded_yaml.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import { renderDiagnostics } from "../../../../engine/recipe/check/render_diagnostics.ts";
import {
  declaredVariables,
  reportUnused,
  substitute,
} from "../../../../engine/recipe/resolve/variables.ts";
import { classic, codes, params, read } from "../classic.ts";
import { placeOf, valueOf } from "../../../../engine/recipe/parse/tree.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import { mapOf, nodeAt, told } from "../trees.ts";
import { fakeOps } from "../fake_ops.ts";

Deno.test("a variable stands for a whole value and keeps its type", () => {
  const recipe = read(classic);
  assert.equal(params(recipe, "pruned").ratio, 0.5);
  assert.equal(params(recipe, "quantized").scheme, "int8");
  assert.equal(params(recipe, "distilled").epochs, 2);
  const written = classic.replace("$ratio", "0.5").replace("$scheme", "int8")
    .replace("$training", "{ epochs: 2, optimizer: { use: adam, learning_rate: 0.01 } }")
    .replace(/variables:[^]*?data:/, "data:");
  assert.equal(expandedYaml(read(written)), expandedYaml(recipe));
});

Deno.test("a mistake in a variable points at the use, with a note at the definition", () => {
  const text = classic.replace("ratio: 0.5", "ratio: 50");
  assert.equal(
    renderDiagnostics(parseRecipe(text, "classic.yaml", fakeOps).diagnostics),
    `classic.yaml:13:38  out-of-range  \`prune.ratio\` is the fraction removed, above 0 and below 1; this is 50
  13 | prune: { granularity: weight, ratio: $ratio }
     |                                      ^^^^^^
     note: \`$ratio\` is defined at classic.yaml:6:10
     help: did you mean 0.5?

1 problem. Nothing has run.
`,
  );
});

Deno.test("a text that begins with two dollars begins with one", () => {
  const text = classic.replace("description: to be extended", "description: $$$$ratio");
  assert.equal(read(text).about.description, "$ratio");
});

Deno.test("variables that are not there, not used, not named as variables are", () => {
  assert.deepEqual(codes(classic.replace("$ratio", "$ratoi")), [
    "unused variables.ratio",
    "unknown-name prune.ratio",
  ]);
  assert.deepEqual(codes(classic.replace("scheme: $scheme", "scheme: int8")), [
    "unused variables.scheme",
  ]);
  assert.deepEqual(codes(classic.replace("scheme: int8", "scheme: $ratio")), [
    "wrong-type variables.scheme",
  ]);
  assert.deepEqual(
    codes(classic.replaceAll("scheme", "Scheme").replace("{ Scheme:", "{ scheme:")),
    [
      "bad-name variables.Scheme",
    ],
  );
  assert.deepEqual(codes(classic.replace("  ratio:", "  prune:").replace("$ratio", "$prune")), [
    "bad-name variables.prune",
  ]);
});

Deno.test("a braced variable is answered with the plain one", () => {
  const text = classic.replace("quantize: { scheme: $scheme }", "quantize:\n  scheme: ${scheme}");
  const { diagnostics } = parseRecipe(text, "x.yaml", fakeOps);
  assert.deepEqual(diagnostics.map(({ code, help }) => [code, help]), [
    ["yaml", "$scheme"],
  ]);
});

Deno.test("what is declared is found by name; one that holds another is broken, so that it is told once", () => {
  const root = mapOf("variables: { a: 1, b: [2, $a], C: 3, seed: 4 }\n");
  const problems = problemList();
  const declared = declaredVariables(root, ["seed"], problems);
  assert.deepEqual([...declared].map(([name, { value }]) => [name, value.broken ?? false]), [
    ["a", false],
    ["b", true],
    ["C", false],
    ["seed", false],
  ]);
  assert.deepEqual(problems.list.map(({ code, path }) => `${code} ${path}`), [
    "wrong-type variables.b",
    "bad-name variables.C",
    "bad-name variables.seed",
  ]);
  assert.deepEqual(told((problems) => declaredVariables(mapOf("variables: [1]"), [], problems)), [
    "wrong-type variables: `variables` must be a map of names to values",
  ]);
});

Deno.test("a value stands at each use with its definition noted, deep ones too, and nothing else moves", () => {
  const root = mapOf("variables: { a: { x: [1, 2] } }\nname: $a\nb: $a\nc: [$a, a, $$a]\n");
  const variables = declaredVariables(root, [], problemList());
  const tree = substitute(root, variables, problemList());
  assert.deepEqual(valueOf(tree), {
    name: "$a",
    b: { x: [1, 2] },
    c: [{ x: [1, 2] }, "a", "$a"],
  });
  const inner = nodeAt(tree, "b.x.1");
  assert.deepEqual([inner.variable?.name, inner.span], ["a", nodeAt(root, "b").span]);
  assert.match(placeOf(inner, "b.x.1")!.note!, /^`\$a` is defined at a\.yaml:1:/);
});

Deno.test("a variable counts as used where a field, a braced use, a sweep or a search has its name", () => {
  const unused = (text: string, inherited: string[] = []) =>
    told((problems) => reportUnused(mapOf(text), new Set(inherited), problems)).map((line) =>
      line.split(":")[0]
    );
  assert.deepEqual(unused("variables: { a: 1, b: 2 }\nx: [{ y: $a }]\n"), ["unused variables.b"]);
  assert.deepEqual(unused("variables: { a: 1 }\nx: ${a}\n"), []);
  assert.deepEqual(unused("variables: { a: 1 }\nsweep: { over: { a: [1, 2] } }\n"), []);
  assert.deepEqual(unused("variables: { a: 1 }\nsweep: { over: [{ a: 1 }, { a: 2 }] }\n"), []);
  assert.deepEqual(unused("variables: { a: 1 }\nsearch: { over: { a: [1, 2] } }\n"), []);
  assert.deepEqual(unused("variables: { a: 1 }\n", ["a"]), [], "it replaces an inherited one");
  assert.deepEqual(unused("variables: { a: $a }\n"), ["unused variables.a"], "by itself alone");
});

const declaring = (text: string) =>
  told((problems) => declaredVariables(mapOf(text), ["seed"], problems));
const using = (text: string) =>
  told((problems) => {
    const root = mapOf(text);
    substitute(root, declaredVariables(root, [], problems), problems);
  });

Deno.test("what cannot be a variable is told why", () => {
  assert.deepEqual(declaring("variables: { A: 1, seed: 2, b: $c }\n"), [
    "bad-name variables.A: `A` cannot be a variable: lower-case letters, digits and _ make a name",
    "bad-name variables.seed: a variable cannot be called `seed`, like a field of the recipe",
    "wrong-type variables.b: `$c` stands inside another variable | write its value there",
  ]);
});

Deno.test("a name that is not declared is told at its path, inside a list by its index", () => {
  assert.deepEqual(using("x: [1, $nope]\n"), [
    "unknown-name x.1: there is no variable `$nope` | variables: { nope: … }",
  ]);
  assert.deepEqual(using("variables: { ratio: 1 }\nx: [{ y: $ratoi }]\n"), [
    "unknown-name x.0.y: there is no variable `$ratoi` | did you mean $ratio?",
  ]);
  assert.deepEqual(using("x: [${nope}]\n".replace("${nope}", "'${nope}'")), [
    "yaml x.0: variables are written without braces | $nope",
  ]);
});

Deno.test("what begins with a dollar and could be no variable is a text", () => {
  assert.deepEqual(using("a: $A\nb: $1\nc: $\nd: $a-b\n"), []);
});

Deno.test("a use that is wrong is broken, so that nothing more is said of it", () => {
  const root = mapOf("x: [$nope, '${nope}', $A]\n");
  const tree = substitute(root, new Map(), problemList());
  assert.deepEqual(
    [0, 1, 2].map((index) => nodeAt(tree, `x.${index}`).broken ?? false),
    [true, true, false],
  );
});

Deno.test("a mistake is marked at the use; a variable without a use by its key", () => {
  const problems = problemList();
  const root = mapOf("variables: { a: 1 }\nx:\n  - $nope\n");
  substitute(root, new Map(), problems);
  reportUnused(root, new Set(), problems);
  assert.deepEqual(problems.list.map(({ place }) => [place!.line, place!.column, place!.length]), [
    [3, 5, 5],
    [1, 14, 1],
  ]);
  assert.deepEqual(
    told((problems) => reportUnused(root, new Set(), problems)),
    [
      "unused variables.a: `a` is declared and nothing uses it" +
      " | write $a where it is meant, or leave it out",
    ],
  );
});
