import assert from "node:assert/strict";
import { excerpt, harmless, listed, quoted, quotedJson, reasonOf } from "../../engine/quote.ts";
import { fc } from "../deps.ts";

Deno.test("content in a sentence is printable and short, whatever it was", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
    const shown = excerpt(text);
    assert.doesNotMatch(shown, /[\p{C}\u2028\u2029\ufffd]/u);
    assert.ok(shown.length <= 61, `${shown.length}`);
  }));
});

Deno.test("short plain text stands as it is, in every script", () => {
  for (const text of ["", "owl", 'say "hi"', "Früh, 早い, صباح", "🦉"]) {
    assert.equal(excerpt(text), text);
  }
  assert.equal(quoted("owl"), '"owl"');
});

Deno.test("what cannot be printed is escaped, what is long is cut", () => {
  assert.equal(excerpt("a\0\n\ufffd\u202e\u{e0001}"), "a\\u0000\\n\\ufffd\\u202e\\u{e0001}");
  assert.equal(excerpt("\ud800x"), "\\ud800x");
  assert.equal(excerpt("x".repeat(61)), `${"x".repeat(60)}…`);
  assert.equal(quotedJson({ a: "x".repeat(99) }).length, 61);
  assert.equal(quotedJson(undefined), "nothing");
  assert.equal(quotedJson("a"), '"a"');
  assert.equal(listed(["a", "b"]), "a, b");
  assert.equal(listed(["a", "b\r", "c"], 2), "a, b\\r, …");
  assert.equal(reasonOf(new Error("\x89HDF")), "\\u0089HDF");
});

Deno.test("what steers a terminal, turns lines or is not seen is replaced; scripts and their joiners stay", () => {
  const unseen = [
    "\x00",
    "\x1b",
    "\r",
    "\x9b",
    "\u200b",
    "\u200e",
    "\u2028",
    "\u202e",
    "\u2066",
    "\u{e0041}",
  ];
  for (const each of [...unseen, "\ud800"]) assert.equal(harmless(`a${each}b`), "a\ufffdb");
  for (const text of ["a\tb\nc", "می\u200cخواهم", "👩\u200d🔬", "Früh 早い"]) {
    assert.equal(harmless(text), text);
  }
});
