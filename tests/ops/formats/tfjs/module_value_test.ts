import assert from "node:assert/strict";
import { isModule, moduleBytes, moduleValue } from "../../../../ops/formats/tfjs/module_value.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const value = (text: string) => moduleValue(bytes(`module.exports = ${text}`), "a.js");

Deno.test("an object is read as JavaScript has it", () => {
  const text = `{a:1,"b c":[-.5,2e-3,1.,+3],'d':{$e_1:!0,f:!1,g:null},h:void 0,"__proto__":[],}`;
  const found = value(text) as Record<string, unknown>;
  assert.deepEqual(Object.keys(found), ["a", "b c", "d", "h", "__proto__"]);
  // What JavaScript itself makes of it.
  const own = new Function(`return ${text.replace(/"__proto__":\[\],/, "")}`)();
  for (const [name, each] of Object.entries(own)) assert.deepEqual(found[name], each, name);
  assert.deepEqual(Object.getPrototypeOf(found), Object.prototype);
  assert.deepEqual(value("[ ]"), []);
  assert.deepEqual(value("{\n\t}"), {});
});

Deno.test("strings have quotes, escapes and codes", () => {
  for (const text of [`"a'b"`, `'a"b'`, String.raw`"\n\t\\\"\u00e9\x41\q"`, `""`]) {
    assert.equal(value(text), new Function(`return ${text}`)(), text);
  }
});

Deno.test("what exports is found behind what bundlers write, and JSON is none", () => {
  const bundled = `!function(e){"object"==typeof exports&&(module.exports=e())}(function(){` +
    `return{1:[function(e,a,n){a.exports={format:"x"}},{}]}});`;
  assert.ok(isModule(bytes(bundled)));
  assert.deepEqual(moduleValue(bytes(bundled), "a.js"), { format: "x" });
  assert.deepEqual(moduleValue(bytes(`export default {"a": 1};`), "a.mjs"), { a: 1 });
  for (const text of ["", "{}", ` {"a":"b.exports={"}`, "\ufeff{}", "exports", "a.exports = b"]) {
    assert.ok(!isModule(bytes(text)), text);
  }
});

Deno.test("code is none of it, and neither is what does not end", () => {
  for (
    const text of [
      ...["{a:b}", "{a:1+1}", "{a:f(1)}", "{a(){}}", "[1 2]", "{a 1}", "{[a]:1}", "[,1]", "{,}"],
      ...["{a:1", "[1,", '{a:"b', "{a:new X}", "{a:`b`}", "[1n]", "[...a]", "{a:/b/}", "[1.x]"],
      `${"[".repeat(100)}${"]".repeat(100)}`,
    ]
  ) {
    assert.throws(
      () => value(text),
      /`a.js` is a JavaScript module that exports no plain data/,
      text,
    );
  }
  assert.throws(() => moduleValue(bytes("let a = 1"), "a.js"), /no code is run/);
});

Deno.test("bytes are base64", () => {
  assert.deepEqual([...moduleBytes(bytes(`module.exports="AQID"`), "s.js")], [1, 2, 3]);
  for (const text of [`module.exports="A?"`, "module.exports={}"]) {
    assert.throws(() => moduleBytes(bytes(text), "s.js"), /`s.js` exports no bytes as base64/);
  }
});

Deno.test("a string of many quotes and escapes takes time that grows with its length alone", () => {
  const text = String.raw`\"`.repeat(1 << 18);
  assert.equal((value(`"${text}"`) as string).length, 1 << 18);
  const strings = value(`[${'"a",'.repeat(1 << 17)}]`) as string[];
  assert.equal(strings.length, 1 << 17);
});
