/** Numbers, words, texts, names and sources: what is taken, and what is said of the rest. */
import assert from "node:assert/strict";
import {
  ByType,
  Choice,
  ListOf,
  OneOf,
  Reference,
  Source,
  type TSchema,
  Type,
} from "../../../../engine/field.ts";
import { formOf } from "../../../../engine/recipe/words/form.ts";
import {
  type NamedValues,
  normalizeLeaf,
  readsAsNumber,
  unknownValue,
  wrongType,
} from "../../../../engine/recipe/check/normalize_leaf.ts";
import { normalize } from "../../../../engine/recipe/check/normalize.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import { inherit } from "../../../../engine/recipe/resolve/merge_trees.ts";
import type { Tree } from "../../../../engine/recipe/parse/tree.ts";
import { declaredVariables, substitute } from "../../../../engine/recipe/resolve/variables.ts";
import { child, params, parents, read } from "../classic.ts";
import { mapOf, told, treeOf } from "../trees.ts";

/** What is said of a text by a schema; its value where nothing is. */
function leaf(schema: TSchema, text: string, path = "at") {
  let value: unknown;
  const [wrong] = told((problems) => {
    const form = formOf(schema) as Parameters<typeof normalizeLeaf>[0];
    value = normalizeLeaf(form, { tree: treeOf(text), path }, problems, schema);
  });
  return wrong ?? value;
}

const share = Type.Number({
  exclusiveMinimum: 0,
  exclusiveMaximum: 1,
  description: "The fraction removed",
});

Deno.test("a number above 1 that would do in percent is answered with its hundredth", () => {
  assert.equal(leaf(share, "0.5"), 0.5);
  assert.equal(
    leaf(share, "50"),
    "out-of-range at: `at` is the fraction removed, above 0 and below 1; this is 50 | did you mean 0.5?",
  );
  assert.match(leaf(share, "1")!.toString(), /this is 1$/, "0.01 was hardly meant");
  assert.match(leaf(share, "-3")!.toString(), /this is -3$/);
});

Deno.test("a number as a text is one without its quotes; percent is a fraction where that is allowed", () => {
  assert.match(String(leaf(share, '"0.5"')), /\| without quotes it is one: 0\.5$/);
  assert.match(String(leaf(share, "30 %")), /\| percent is for claims; as a fraction: 0\.3$/);
  assert.match(String(leaf(share, "300 %")), /\| percent is for claims$/);
  assert.match(String(leaf(share, "many")), /this is the text "many"$/);
  assert.deepEqual(["8", " 8 ", "50%", "1e3", "%", "", "8x", 8].map(readsAsNumber), [
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

Deno.test("a whole number is answered with the nearest that is allowed, if there is one", () => {
  const whole = Type.Integer({ minimum: 1, description: "Passes" });
  assert.equal(leaf(whole, "3"), 3);
  assert.match(
    String(leaf(whole, "2.6")),
    /must be a whole number; this is 2\.6 \| did you mean 3\?$/,
  );
  assert.match(String(leaf(whole, "0.2")), /this is 0\.2$/);
});

Deno.test("a word is one of its list; a slip or another toolkit's word is answered with it", () => {
  const word = OneOf(["int8", "float16"], { description: "How" });
  assert.equal(leaf(word, "int8"), "int8");
  assert.equal(
    leaf(word, "int9"),
    "unknown-value at: `at` has no value `int9` | did you mean int8? All: int8, float16",
  );
  assert.match(String(leaf(word, "FP16")), /did you mean float16\?/);
  assert.match(String(leaf(word, "qqqqqq")), /\| one of: int8, float16$/);
  assert.match(String(leaf(word, "8")), /^wrong-type at: `at` must be one of int8, float16/);
});

Deno.test("a text keeps its length and its pattern; a bad name is answered with one that will do", () => {
  const name = Type.String({ pattern: "^[a-z][a-z0-9-]*$", minLength: 1, maxLength: 8 });
  assert.equal(leaf(name, "mine"), "mine");
  assert.equal(leaf(name, '""'), "out-of-range at: `at` must have at least 1 character");
  assert.equal(leaf(name, "abcdefghi"), "out-of-range at: `at` must have at most 8 characters");
  assert.match(String(leaf(name, "My Net!")), /^bad-name .* \| did you mean my-net\?$/);
  assert.match(String(leaf(name, "'123'")), /this is "123"$/, "nothing of it would do");
});

Deno.test("constants, switches, names of steps and sources are taken as they are", () => {
  const [source, step] = [Source({ description: "x" }), Reference("model", { description: "x" })];
  assert.equal(leaf(Type.Literal("a"), "a"), "a");
  assert.match(String(leaf(Type.Literal("a"), "b")), /must be a; this is the text "b"$/);
  assert.equal(leaf(Type.Boolean(), "true"), true);
  assert.match(String(leaf(share, "true")), /there are no switches in a recipe/);
  assert.equal(leaf(step, "pruned"), "pruned");
  assert.match(String(leaf(step, "3")), /must be the name of a step or role; this is 3$/);
  assert.equal(leaf(source, "./x"), "./x");
  assert.match(String(leaf(source, "http://h.org/x")), /^source at: `at` is no source: "http:/);
});

Deno.test("null and collections are no leaves", () => {
  assert.match(String(leaf(share, "null")), /null only removes an inherited field/);
  assert.match(String(leaf(share, "[0.5]")), /must be a number; this is a list$/);
  assert.match(String(leaf(share, "{ a: 1 }")), /must be a number; this is a map$/);
});

Deno.test("a word that the language has and this version has not is told as that", () => {
  const word = OneOf(["channel", "weight"], { description: "How" });
  assert.match(
    String(leaf(word, "head", "granularity")),
    /^not-yet .* \| so far: channel, weight$/,
  );
  assert.match(String(leaf(share, "sensitivity", "prune.ratio")), /^not-yet /);
});

Deno.test("a format of others is told as that where a field says that it is one, with those that it takes", () => {
  const values = { words: ["onnx", "tfjs"], foreignFormats: ["coreml", "h5"] };
  const said = (value: string, of: NamedValues = values) =>
    told((problems) => unknownValue(value, of, { tree: treeOf("x"), path: "export" }, problems));
  assert.deepEqual(said("Core-ML"), [
    "not-yet export: `Core-ML` is a format that cannot be written yet | those that can: onnx, tfjs",
  ]);
  assert.match(said("h5")[0]!, /^not-yet export: `h5` is a format/);
  assert.match(said("onx")[0]!, /^unknown-value .*did you mean onnx\?/);
  assert.match(said("coreml", { words: values.words })[0]!, /^unknown-value /);
});

Deno.test("a path in the place of a name is shown in the field for paths", () => {
  const untagged = Type.Object({ from: Type.String() });
  const said = (path: string, value = "./net.json") =>
    told((problems) =>
      unknownValue(value, { words: ["mlp"], untagged }, { tree: treeOf("x"), path }, problems)
    )[0]!.split(" | ")[1];
  assert.equal(said("teacher"), "teacher: { from: ./net.json }");
  assert.equal(said("teacher.1"), "- { from: ./net.json }");
  assert.equal(said("teacher.use"), "from: ./net.json, and no use");
  assert.equal(said("teacher", "./my net.json"), 'teacher: { from: "./my net.json" }');
  assert.equal(said("teacher", "net"), "one of: mlp");
});

Deno.test("a value of another type than a choice is shown as a map of it; the recipe itself is called so", () => {
  const choice = Choice({ adam: Type.Object({}) }, { description: "x" });
  const wrong = (path: string) =>
    told((problems) => wrongType(formOf(choice), { tree: treeOf("3"), path }, problems))[0];
  assert.equal(
    wrong("optimizer"),
    "wrong-type optimizer: `optimizer` must be a name or a map with `use`; this is 3 | a map: { use: adam, … }",
  );
  assert.match(wrong("")!, /^wrong-type : a recipe must be /);
});

Deno.test("a word that another block takes is told where; alternatives by type are named", () => {
  const times = Type.Integer({ description: "Batches" });
  assert.match(
    String(leaf(times, "always", "quantize.recalibrate")),
    /\| here it is a number of batches, .* finetune: \{ recalibrate: always \}$/,
  );
  const rank = ByType({ number: share, object: Type.Object({}) }, { description: "x" });
  assert.deepEqual(
    told((problems) => wrongType(formOf(rank), { tree: treeOf("true"), path: "at" }, problems)),
    [
      "wrong-type at: `at` must be a number or a map; this is true" +
      " | there are no switches in a recipe: a field is there or it is not",
    ],
  );
  assert.match(String(leaf(Type.String(), "3")), /^wrong-type at: `at` must be a text; this is 3$/);
});

Deno.test("sources stay relative to the file that wrote them", () => {
  const recipe = read(child, { parents });
  assert.equal(params(recipe, "data").from, "./data/digits/");
  assert.equal(params(recipe, "teacher").from, "./base/teacher.json");
  assert.equal(recipe.base, "recipes/");
});

const sources = Type.Object({
  from: Source({ description: "Where it is" }),
  more: ListOf(Source({ description: "More of it" }), { description: "All", default: ["./z"] }),
  label: Type.String({ description: "A text", default: "none" }),
});

const sourcesIn = (tree: Tree) => normalize(sources, { tree, path: "" }, problemList());

Deno.test("only sources move, and each from the document that wrote it", () => {
  const text = "from: ./x\nmore: [./y, https://h.org/z]\nlabel: ./x\n";
  const inherited = mapOf(text, "/r/base/a.yaml", "/r/base/", "/r/");
  assert.deepEqual(sourcesIn(inherited), {
    from: "./base/x",
    more: ["./base/y", "https://h.org/z"],
    label: "./x",
  });
  const own = mapOf("from: ./x\nmore: ./y\n", "/r/a.yaml", "/r/");
  assert.deepEqual(sourcesIn(inherit(inherited, own)), {
    from: "./x",
    more: ["./y"],
    label: "./x",
  });
});

Deno.test("a source that a variable holds moves from where the variable is defined", () => {
  const parent = mapOf("variables: { where: ./x }\n", "/r/base/a.yaml", "/r/base/", "/r/");
  const use = mapOf("from: $where\n", "/r/b.yaml", "/r/");
  const variables = declaredVariables(parent, [], problemList());
  assert.deepEqual(sourcesIn(substitute(use, variables, problemList())), {
    from: "./base/x",
    more: ["./z"],
    label: "none",
  });
});

Deno.test("a default source that nobody wrote stays as it is", () => {
  const inherited = mapOf("from: https://h.org/x\n", "/r/base/a.yaml", "/r/base/", "/r/");
  assert.deepEqual(sourcesIn(inherited), {
    from: "https://h.org/x",
    more: ["./z"],
    label: "none",
  });
});

Deno.test("what a leaf must be is said in whole, with a way out where there is one", () => {
  const source = Source({ description: "x" });
  assert.equal(
    leaf(source, "http://h.org/x"),
    'source at: `at` is no source: "http://h.org/x"' +
      " | a path relative to the recipe, an https URL, or npm:package@1.2.3/path",
  );
  const name = Type.String({ pattern: "^[a-z][a-z0-9-]*$", description: "x" });
  assert.equal(
    leaf(name, "My_Model 1-"),
    "bad-name at: `at` must begin with a lower-case letter and go on in lower-case letters, digits and hyphens, " +
      '64 at most; this is "My_Model 1-" | did you mean my-model-1?',
  );
  assert.equal(
    leaf(name, '"1_"'),
    "bad-name at: `at` must begin with a lower-case letter and go on in lower-case letters, digits and hyphens, " +
      '64 at most; this is "1_"',
  );
  assert.equal(
    leaf(share, "null"),
    "wrong-type at: `at` must be a number; this is null" +
      " | null only removes an inherited field; leave the field out",
  );
  assert.equal(
    leaf(share, "true"),
    "wrong-type at: `at` must be a number; this is true" +
      " | there are no switches in a recipe: a field is there or it is not",
  );
  assert.equal(
    leaf(Type.Boolean({ description: "x" }), "3"),
    "wrong-type at: `at` must be true or false; this is 3",
  );
});

Deno.test("a text has as many characters as its bounds say, the bounds among them", () => {
  const text = Type.String({ minLength: 2, maxLength: 3, description: "x" });
  assert.deepEqual(["ab", "abc"].map((each) => leaf(text, each)), ["ab", "abc"]);
  assert.equal(leaf(text, "a"), "out-of-range at: `at` must have at least 2 characters");
  assert.equal(leaf(text, "abcd"), "out-of-range at: `at` must have at most 3 characters");
});

Deno.test("what each form asks for is said of a value of another type", () => {
  const asked = (form: Parameters<typeof wrongType>[0]) =>
    told((problems) => wrongType(form, { tree: treeOf("3"), path: "" }, problems))[0];
  const number = Type.Number();
  const said = (what: string) => `wrong-type : a recipe must be ${what}; this is 3`;
  assert.deepEqual([
    asked({ form: "map", values: number }),
    asked({ form: "list", items: number, least: 0, most: 1 }),
    asked({ form: "tuple", items: [number, number], ascending: false }),
    asked({ form: "selectors", of: "model" }),
    asked({ form: "reference", kind: "model" }),
    asked({ form: "source" }),
    asked({ form: "word", words: ["a", "b"] }),
    asked({ form: "constant", value: 1 }),
    asked({ form: "number", whole: true, limits: {} }),
    asked({ form: "text", least: 0, most: 1 }),
    asked({ form: "any" }),
    asked({ form: "by-type", types: { number, string: number, list: number, object: number } }),
  ], [
    said("a map"),
    said("a list"),
    said("a list of 2"),
    said("a name of layers or a list of them"),
    said("the name of a step or role"),
    said("a source"),
    said("one of a, b"),
    said("1"),
    said("a whole number"),
    said("a text"),
    said("a value"),
    said("a number or a name or a list or a map"),
  ]);
});

Deno.test("a path where a word belongs is shown in the field for it, in quotes where it needs them", () => {
  const untagged = Type.Object({ from: Type.String() });
  const values = { words: ["mlp"], alternatives: {}, untagged };
  const said = (value: string, path: string) =>
    told((problems) => unknownValue(value, values, { tree: treeOf("x"), path }, problems))[0];
  assert.equal(
    said("./m.json", "model"),
    "wrong-type model: `model` takes a path in `from`, not as a bare word | model: { from: ./m.json }",
  );
  assert.equal(
    said("./m.json", "teacher.1"),
    "wrong-type teacher.1: `teacher.1` takes a path in `from`, not as a bare word | - { from: ./m.json }",
  );
  assert.equal(
    said("./a b.json", "model.use"),
    'wrong-type model.use: `model.use` takes a path in `from`, not as a bare word | from: "./a b.json", and no use',
  );
  assert.equal(
    said("m", "model"),
    "unknown-value model: `model` has no value `m` | one of: mlp",
  );
});
