/** How collections stand on lines: what is too long is broken from the outside in. */
import assert from "node:assert/strict";
import { parse, parseDocument, type YamlNode } from "../../../../engine/deps/yaml.ts";
import { breakLongLines, padMaps } from "../../../../engine/recipe/parse/flow_lines.ts";
import { fc } from "../../../deps.ts";

/** A text with its lines broken and its braces padded. */
function laid(text: string): string {
  const document = parseDocument(text);
  const contents = document.contents as YamlNode | null;
  breakLongLines(contents);
  padMaps(contents);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true, indent: 2 });
}

const word = (length: number) => "x".repeat(length);

Deno.test("braces have blanks inside, brackets none, whichever is inside the other", () => {
  assert.equal(laid("a: {b: [ 1,2 ], c: [{d: 1}]}\n"), "a: { b: [1, 2], c: [{ d: 1 }] }\n");
});

Deno.test("what fits in a hundred characters stays on its line, as the length is counted", () => {
  // Each field counts four beside its key and value, the braces two: 3 + 2 + (1 + n + 4).
  const line = (length: number) => `a: { b: ${word(length)} }\n`;
  assert.equal(laid(line(90)), line(90));
  assert.equal(laid(line(91)), `a:\n  b: ${word(91)}\n`);
});

Deno.test("only the outermost collection that is too long is broken, if what is inside it then fits", () => {
  const inner = `{ c: ${word(40)}, d: ${word(30)} }`;
  assert.equal(
    laid(`a: { b: ${inner}, e: ${word(30)} }\n`),
    `a:\n  b: ${inner}\n  e: ${word(30)}\n`,
  );
  assert.equal(
    laid(`a: [${word(50)}, ${word(60)}]\n`),
    `a:\n  - ${word(50)}\n  - ${word(60)}\n`,
  );
});

Deno.test("an empty collection stays, and a block stays a block", () => {
  const key = word(110);
  assert.equal(laid(`${key}: {}\nb: []\n`), `${key}: {}\nb: []\n`);
  assert.equal(laid("a:\n  b: 1\nc:\n  - 2\n"), "a:\n  b: 1\nc:\n  - 2\n");
});

Deno.test("whatever is laid out otherwise reads as before, and stays as it is the second time", () => {
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.integer(),
      fc.stringMatching(/^[a-z]{1,40}$/),
      fc.array(tie("json"), { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), tie("json"), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    ),
  }));
  fc.assert(fc.property(json, (value) => {
    const once = laid(`a: ${JSON.stringify(value)}\n`);
    assert.deepEqual(parse(once), { a: value });
    assert.equal(laid(once), once);
  }));
});

Deno.test("quotes count, and so does how far in a collection stands", () => {
  const quoted = (length: number) => `a: { b: "${word(length)}" }\n`;
  assert.equal(laid(quoted(88)), quoted(88));
  assert.equal(laid(quoted(89)), `a:\n  b: "${word(89)}"\n`);
  // In the map: 2 + 3 up to the brace, then 2 + (1 + n + 4); in the list 4 up to the brace.
  const inMap = (length: number) => `a:\n  b: { c: ${word(length)} }\n`;
  assert.equal(laid(inMap(88)), inMap(88));
  assert.equal(laid(inMap(89)), `a:\n  b:\n    c: ${word(89)}\n`);
  const inList = (length: number) => `a:\n  - { c: ${word(length)} }\n`;
  assert.equal(laid(inList(89)), inList(89));
  assert.equal(laid(inList(90)), `a:\n  - c: ${word(90)}\n`);
});
