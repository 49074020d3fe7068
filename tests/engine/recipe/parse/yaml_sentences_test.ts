/** What is no YAML, in sentences: what cannot begin where, and the stretch that is marked. */
import assert from "node:assert/strict";
import { sentenceOfYaml } from "../../../../engine/recipe/parse/yaml_sentences.ts";

/** The sentence for what is wrong at the `^` of a text. */
function at(code: string, marked: string, message = "It Is wrong") {
  const start = marked.indexOf("^");
  const text = marked.replace("^", "");
  return sentenceOfYaml({ code, message, pos: [start, start] }, text);
}

Deno.test("a code without a sentence of ours is told in the parser's words, and marks one character", () => {
  const { message, start, end, help } = at("SOMETHING_NEW", "a: ^b");
  assert.match(message, /^it Is wrong/);
  assert.deepEqual([start, end, help], [3, 4, undefined]);
});

Deno.test("a stretch that the parser marks stays as long as it is", () => {
  const { start, end } = sentenceOfYaml({ code: "BAD_INDENT", message: "", pos: [2, 7] }, "");
  assert.deepEqual([start, end], [2, 7]);
});

Deno.test("an unexpected token is named with the brackets that are open around it", () => {
  const inside = (text: string) => at("UNEXPECTED_TOKEN", text).message;
  assert.equal(inside("a: ^]"), "`]` cannot begin here");
  assert.equal(inside("a: { b: ^]"), "`]` cannot begin here inside `{ … }`");
  assert.equal(inside("a: { b: [1 ^:"), "`:` cannot begin here inside `[ … ]`");
  assert.equal(inside("a: { b: [1] ^]"), "`]` cannot begin here inside `{ … }`");
  assert.equal(inside("a: {}\nb: ^]"), "`]` cannot begin here");
  assert.equal(inside("a: [^"), "what follows cannot begin here inside `[ … ]`");
  assert.equal(inside("a: [^ b"), "what follows cannot begin here inside `[ … ]`");
});

Deno.test("brackets in quotes and in comments are none; an apostrophe in a word opens no quote", () => {
  const inside = (text: string) => at("UNEXPECTED_TOKEN", text).message;
  assert.equal(inside('a: "{" ^]'), "`]` cannot begin here");
  assert.equal(inside("a: '[' ^]"), "`]` cannot begin here");
  assert.equal(inside("a: 1 # {\nb: ^]"), "`]` cannot begin here");
  assert.equal(inside("a: it's\nb: { ^]"), "`]` cannot begin here inside `{ … }`");
  assert.equal(inside("a: x#{ ^]"), "`]` cannot begin here inside `{ … }`", "no comment");
});

Deno.test("a variable in braces is answered with the plain one", () => {
  assert.equal(
    at("UNEXPECTED_TOKEN", "a: [$^{ratio}]").help,
    "variables are written without braces: $ratio",
  );
  assert.equal(at("UNEXPECTED_TOKEN", "a: [^{ratio}]").help, undefined);
});

Deno.test("what can be said with help has it", () => {
  assert.deepEqual(at("TAB_AS_INDENT", "^\ta: 1").help, "use spaces");
  assert.equal(at("BAD_SCALAR_START", "a: ^@b").message, "a plain value cannot start with `@`");
  assert.equal(at("TAG_RESOLVE_FAILED", "a: ^!env HOME").message, "a recipe has no tags (`!env`)");
  assert.match(at("MISSING_CHAR", "a: [^", "Flow sequence must end with a ]").message, /^flow/);
});

Deno.test("each way to be no YAML has its sentence", () => {
  const said = (code: string, text: string) => {
    const { message, help } = at(code, text);
    return help === undefined ? message : `${message} | ${help}`;
  };
  assert.deepEqual([
    said("BAD_INDENT", "^a"),
    said("TAB_AS_INDENT", "^\ta: 1"),
    said("BLOCK_AS_IMPLICIT_KEY", "a: ^b: c"),
    said("BAD_SCALAR_START", "a: ^%b"),
    said("MULTIPLE_DOCS", "a: 1\n^---\nb: 1"),
    said("TAG_RESOLVE_FAILED", "a: ^!env HOME"),
  ], [
    "this line is indented otherwise than its neighbours, or a bracket above is not closed",
    "a line cannot be indented with a tab | use spaces",
    "a second `: ` on one line makes a map inside a map | put the inner map in braces, or quote the value",
    "a plain value cannot start with `%` | quote it",
    "a recipe is one document; a second begins here",
    "a recipe has no tags (`!env`) | leave the tag out, or quote the value",
  ]);
});
