import assert from "node:assert/strict";
import {
  excerpt,
  fieldsOf,
  harmless,
  jsonText,
  listed,
  notJson,
  quoted,
  quotedJson,
  reasonOf,
  said,
  sentenceOf,
} from "../../engine/quote.ts";
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

Deno.test("an escape is cut off whole, and names of escapes are used where there are some", () => {
  assert.equal(excerpt("\t\r\n\u0007"), "\\t\\r\\n\\u0007");
  assert.equal(excerpt("x".repeat(58) + "\n"), `${"x".repeat(58)}\\n`);
  assert.equal(excerpt("x".repeat(59) + "\n"), `${"x".repeat(59)}…`);
  assert.equal(excerpt("\uffff\u{10ffff}"), "\\uffff\\u{10ffff}");
  assert.equal(excerpt("abc", 2), "ab…");
  assert.equal(excerpt("abc", 3), "abc");
});

Deno.test("eight names are listed, each half as long as other content, and what is left out is marked", () => {
  const names = [..."abcdefgh"];
  assert.equal(listed(names), "a, b, c, d, e, f, g, h");
  assert.equal(listed([...names, "i"]), "a, b, c, d, e, f, g, h, …");
  assert.equal(listed(["x".repeat(30), "y".repeat(31)]), `${"x".repeat(30)}, ${"y".repeat(30)}…`);
});

Deno.test("a value nested too deep to be written is said to be, another error is not hidden", () => {
  let nested: unknown = [];
  for (let depth = 0; depth < 1e5; depth++) nested = [nested];
  // Plain lists are written in a loop; through toJSON the engine calls itself.
  const value = { toJSON: () => nested };
  assert.equal(quotedJson(value), "a value that is nested too deep");
  assert.throws(() => quotedJson(1n), TypeError);
  assert.equal(quotedJson([1, "a", null]), '[1,"a",null]');
});

Deno.test("what the engine says of damaged content is not quoted, what a reader says is, twice as long", () => {
  const damaged = "it is damaged; get the file again";
  for (
    const error of [
      new TypeError("x is odd"),
      new ReferenceError("x"),
      new RangeError("Invalid typed array length: 7"),
      new RangeError("Offset is outside the bounds of the DataView"),
      new Error("index out of range"),
      new Error("Array buffer allocation failed"),
      new Error("size is NaN"),
      new Error("f is not a function"),
      new Error("byte length of Float32Array should be a multiple of 4"),
    ]
  ) assert.equal(reasonOf(error), damaged, error.message);
  assert.equal(reasonOf(new SyntaxError("undefined at 3")), "undefined at 3");
  assert.equal(reasonOf(new Error("no such chunk")), "no such chunk");
  assert.equal(reasonOf("thrown as text"), "thrown as text");
  assert.equal(reasonOf(new Error("x".repeat(121))), `${"x".repeat(120)}…`);
});

Deno.test("bytes that are no text are said to be binary, a text is said where it stops being JSON", () => {
  const said = (text: string) => {
    try {
      JSON.parse(text);
    } catch (error) {
      return notJson(text, error as SyntaxError);
    }
  };
  const binary = "is binary, no JSON";
  assert.match(said("{ a: 1 }")!, /^is not JSON: Expected property name/);
  // One character of five is strange: no more than a text may have. One of four is.
  assert.match(said("[\x01aaa")!, /^is not JSON: /);
  assert.equal(said("[\x01aa"), binary);
  assert.equal(said(`[${"a".repeat(510)}\0`), binary);
  assert.match(said(`[${"a".repeat(511)}\0`)!, /^is not JSON: /);
  assert.equal(said(`\ufffd${"a".repeat(99)}`), binary);
  assert.match(said(`[${"a".repeat(98)}\ufffd`)!, /^is not JSON: /);
  assert.match(said("[\t\t\t\n\n\r\r1 2]")!, /^is not JSON: /);
});

Deno.test("a document is written as JSON for a person, with a line end", () => {
  assert.equal(
    jsonText({ a: [1, "é"], b: {} }),
    '{\n  "a": [\n    1,\n    "é"\n  ],\n  "b": {}\n}\n',
  );
});

Deno.test("texts, numbers, truth values and lists of them are said as texts; what has parts, or is empty, is not", () => {
  const values = {
    ...{ text: "a", number: 3, truth: false, list: ["a", 2, null, ["b"], "c"] },
    ...{ empty: "", blank: " \n", object: { a: 1 }, nothing: null, absent: undefined, none: [] },
  };
  assert.deepEqual(said(Object.entries(values)), {
    list: "a, 2, c",
    number: "3",
    text: "a",
    truth: "false",
  });
});

Deno.test("licences come first, then authors, then the rest by name, whatever the order was", () => {
  const names = ["b", "author", "a", "model.licence", "License", "copyright", "coauthors"];
  const ordered = ["License", "copyright", "model.licence", "author", "coauthors", "a", "b"];
  for (const order of [names, names.toReversed()]) {
    assert.deepEqual(Object.keys(said(order.map((name) => [name, "x"]))), ordered);
  }
});

Deno.test("a text is on one line, bounded, and without anything that steers a terminal", () => {
  const one = (text: string) => said([["x", text]]).x;
  assert.equal(one("  two\r\n\t lines "), "two lines");
  assert.equal(one("a\u001b[31mb\u202ec\u0000"), "a\\u001b[31mb\\u202ec\\u0000");
  assert.equal(one("é".repeat(300)), "é".repeat(300));
  assert.equal(one("é".repeat(301)), `${"é".repeat(300)}…`);
  assert.equal(one(`${" ".repeat(2000)}a${" ".repeat(1e6)}b`), "a");
  assert.deepEqual(said([["n\u0007".repeat(30), "x"]]), {
    [`${"n\\u0007".repeat(5)}n…`]: "x",
  });
});

Deno.test("of many texts twenty stay, licence and author among them", () => {
  const many = Array.from({ length: 50 }, (_, i) => [`m${i + 10}`, i] as const);
  const kept = Object.keys(said([...many, ["zauthor", "A"], ["zlicense", "B"]]));
  assert.equal(kept.length, 20);
  assert.deepEqual(kept.slice(0, 4), ["zlicense", "zauthor", "m10", "m11"]);
  assert.equal(said([["list", Array(50).fill("x")]]).list?.split(", ").length, 20);
});

Deno.test("what is no object has no fields", () => {
  for (const value of [undefined, null, "text", 3]) assert.deepEqual(fieldsOf(value), {});
  assert.deepEqual(fieldsOf({ a: 1 }), { a: 1 });
});

Deno.test("a sentence of ours stays whole, and what the engine says of a reader is that the file is damaged", () => {
  const own = `its tensor ${"x".repeat(300)} is missing`;
  assert.equal(sentenceOf(new RangeError(own)), own);
  assert.equal(
    sentenceOf(new RangeError("Maximum call stack size exceeded")),
    "it is damaged; get the file again",
  );
});
