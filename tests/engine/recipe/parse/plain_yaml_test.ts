import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import type { Diagnostic } from "../../../../engine/error.ts";
import { plainYaml } from "../../../../engine/recipe/parse/plain_yaml.ts";
import { valueOf } from "../../../../engine/recipe/parse/tree.ts";
import { wholeYaml } from "../../../../engine/recipe/parse/whole_yaml.ts";
import { documents } from "../documents.ts";

const documentOf = (text: string) => ({ source: "a.yaml", base: "/", text });

/** Whether a text is read here; then the whole parser has nothing to say of it, and makes the same tree. */
function isReadAlike(text: string): boolean {
  const tree = plainYaml(documentOf(text));
  if (tree === undefined) return false;
  const said: Diagnostic[] = [];
  const whole = wholeYaml(documentOf(text), (diagnostic) => said.push(diagnostic));
  assert.deepEqual(said, [], JSON.stringify(text));
  assert.deepEqual(tree, whole, JSON.stringify(text));
  return true;
}

const recipes = await Array.fromAsync(
  Deno.readDir("recipes"),
  async ({ name }) => name.endsWith(".yaml") ? [await Deno.readTextFile(`recipes/${name}`)] : [],
);

const forms = [
  "a:\n  b: 1\n  c: [x, y]\nd:\n  - e\n  - f: 1\n    g: 2\nh: { i: 1, j: [2] }\n",
  "a: {\n  b: 1,\n  c: [\n    2,\n    3\n  ]\n}\n# end\n",
  "- a\n- b:\n    c: 1\n- { d: 1 }\n",
  "x: 'q' # c\ny: \"z\"\n\n# top\nw:\n  # in\n  v: 1\n",
  '{"a":1,"b":[true,null]}',
  "a:\n- b\n- c: -0.0\n\nd: é",
  "a: one\n  two  \n   three\nb:\n  - c\n    d\n  - e: 1\n      2\n",
  "0.7",
  "[a b, 1e3, .5]",
  "two words",
];

Deno.test("what recipes are written in is read without the whole parser, to the same tree and places", () => {
  for (const text of [...recipes.flat(), ...forms]) assert.ok(isReadAlike(text), text);
  assert.ok(Object.values(documents).filter(isReadAlike).length > 5);
});

Deno.test("plain values are what the core schema says", () => {
  const text =
    "[1, -0.0, 1., .5, 1e-3, +7, 007, true, NULL, nUll, yes, 1_0, 0.5x, $a, -a, a:b, a#b]";
  assert.deepEqual(valueOf(plainYaml(documentOf(text))!), [
    ...[1, 0, 1, 0.5, 0.001, 7, 7, true, null, "nUll", "yes", "1_0", "0.5x", "$a", "-a", "a:b"],
    "a#b",
  ]);
});

Deno.test("what is a mistake, or not plain, is left to the whole parser", () => {
  const left = [
    ...["", "# c\n", "a:\n", "a: 1\na: 2\n", "a: &x 1\n", "b: *x\n", "a: !!str x\n", "? a\n: b\n"],
    ...[
      "a: |\n  b\n",
      "a: >\n  b\n",
      "a: b\n\n  c\n",
      "a: b: c\n",
      "a: [1\n",
      "a: [b: 1]\n",
      "{a}",
    ],
    ...["a:\tb\n", "a: 1\r\n", "---\na: 1\n", "a: 1\n...\n", "a: 1\n  # inner\nb: 2\n", "[a,,b]"],
    ...[
      'a: "\\n"\n',
      "a: 'it''s'\n",
      "a: 0x1f\n",
      "a: .inf\n",
      "a: 9007199254740993\n",
      "a: 1e999",
    ],
    ...[
      "null: 1\n",
      "1: a\n",
      " a: 1\n",
      "a:\n b: 1\n  c: 2\n",
      "- a\nb: 1\n",
      "a: [b\nc]\n",
      "a: @b",
    ],
    ...[
      "[a # c\n]",
      "[a\n  b]",
      '["a" "b"]',
      "- - a\n",
      "-\n",
      "a: <<\n",
      "a: ~\n",
      "%YAML 1.2\na: 1",
    ],
    ...[`a: ${"[".repeat(30)}1${"]".repeat(30)}`, `a: ${"b".repeat(1 << 16)}`],
  ];
  for (const text of left) {
    assert.equal(plainYaml(documentOf(text)), undefined, JSON.stringify(text));
  }
});

Deno.test("texts up to a length and nestings up to a depth are read, others left to the whole parser", () => {
  const maps = (depth: number) =>
    Array.from({ length: depth }, (_, i) => `${" ".repeat(i)}a:`).join("\n") + " 1\n";
  const lists = (depth: number) => "[".repeat(depth) + 1 + "]".repeat(depth);
  const bounds: readonly (readonly [(size: number) => string, number])[] = [
    [(size) => `a: ${"b".repeat(size - 3)}`, 1 << 16],
    [(size) => `${"k".repeat(size)}: 1\n`, 100],
    [maps, 25],
    [lists, 25],
    [(size) => `a: ${lists(size)}\n`, 24],
    [(size) => `- ${lists(size)}\n`, 24],
    [(size) => `- a: ${lists(size)}\n`, 23],
    [(size) => `- a: {b: ${lists(size)}}\n`, 22],
    [(size) => `a:\n- b: ${lists(size)}\n`, 22],
  ];
  for (const [text, most] of bounds) {
    assert.ok(isReadAlike(text(most)), text(4));
    assert.ok(!isReadAlike(text(most + 1)), text(4));
  }
});

Deno.test("blanks, comments and ends of lines stand where YAML lets them", () => {
  const read = [
    ...["a: 1\n# c\n  ", "[\na,\n b\n]\n", "a: [1,\n]\n", "a:\n  - [b\n  ]\n", "[ab\n\n ]\n"],
    ...["a: 'q'   # c\nb: x   # d\n", "a: x#y\n", "a: # c\n  b: 1\n", "a: [ 1 , 2 ]  \n", "a:1\n"],
    ...["-  c: 3\n   d: 4\n-   a\n", "a: {'b c': 1, 'd':  2}\n", "a: 1\n  2\n", "- a\n b\n- c\n"],
    ...["a: 9007199254740991\nb: -9007199254740991\n", "a: b'c\nd: 'e\"'\n", "a: ''\nb: {}\nc: []"],
  ];
  for (const text of read) assert.ok(isReadAlike(text), JSON.stringify(text));
  const left = [
    ...["a: 'x'#y\n", "a: []#\n", "a: {}x\n", "a: 'b'\n  c\n", "a: [b]\n  c\n", "a: b # c\n  d\n"],
    ...[
      "a: {b:1}\n",
      "a: {'': 1}\n",
      "a: {'b' : 1}\n",
      "a: {b: 1, b: 2}\n",
      "[ab\n, c]\n",
      "a: -\n",
    ],
    ...["a: [[b\n]]\n", "a:\n# c\n  b: 1\n", "# c\n  # d\na: 1\n", "a: 9007199254740992\n"],
  ];
  for (const text of left) assert.ok(!isReadAlike(text), JSON.stringify(text));
});

Deno.test("a text that was changed anywhere is left to the whole parser, or read as it reads it", () => {
  const bits = [
    ...[
      " ",
      "  ",
      "\n",
      "\n  ",
      "\n    ",
      "- ",
      "-",
      ":",
      ": ",
      "#",
      " # c",
      "# c\n",
      "  # c\n",
      "{",
    ],
    ...["}", "[", "]", ",", "'", '"', "a", "b: 1", "\n\n", "null", "1", "~", "&x", "!t", "|", "? "],
    ...["\n- ", "\n# c", "a: b", "{ a: 1 }", "[a, b]", "''", "\\", "%", "é", "\ufeff", "$x", "---"],
  ];
  const change = fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...bits));
  const texts = [...forms, ...forms, ...recipes.flat().filter(({ length }) => length < 1000)];
  let read = 0;
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(change, { maxLength: 3 }), (text, changes) => {
      for (const [where, left, bit] of changes) {
        const at = where % (text.length + 1);
        text = text.slice(0, at) + bit + text.slice(at + left);
      }
      if (isReadAlike(text)) read++;
    }),
    { numRuns: 500 },
  );
  assert.ok(read > 50, `${read} of 500 were read`);
});
