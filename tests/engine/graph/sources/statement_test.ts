import assert from "node:assert/strict";
import type { Json } from "../../../../engine/digest.ts";
import {
  licencesIn,
  statedBeside,
  statement,
  statementNoted,
  statementsIn,
} from "../../../../engine/graph/sources/statement.ts";
import { noteSaid, said } from "../../../../engine/quote.ts";

Deno.test("what was said is the same when it is said again, as out of a cache", () => {
  const rough = [["a\n", "x\u0001".repeat(400)], ["__proto__", "p"], ["license", ["M\n", "I"]]];
  const once = said(rough as [string, unknown][]);
  assert.deepEqual(said(Object.entries(once)), once);
  const [again] = statementsIn(JSON.parse(JSON.stringify(statement("file", once))));
  assert.deepEqual([again?.in, Object.entries(again!.says)], ["file", Object.entries(once)]);
});

Deno.test("nothing said is no statement", () => {
  assert.deepEqual(statement("package.json", {}), []);
  assert.deepEqual(statement("a", { license: "MIT" }), [{ in: "a", says: { license: "MIT" } }]);
});

Deno.test("of values that are no statements nothing is read, and the rest is bounded", () => {
  for (
    const value of [undefined, null, 3, "x", {}, [null, 1, "a", {}, { in: 3, says: { a: "b" } }]]
  ) {
    assert.deepEqual(statementsIn(value), []);
  }
  const sound = { in: "p\u0007", says: { license: "M\nT", deep: {} } };
  assert.deepEqual(statementsIn([{ in: "a", says: null }, sound]), [
    { in: "p\\u0007", says: { license: "M T" } },
  ]);
  assert.equal(statementsIn(Array(50).fill(sound)).length, 8);
});

Deno.test("what a file says is noted, and read of the notes again; nothing is noted of nothing", () => {
  const notes: Record<string, Json> = {};
  const note = (name: string, value: Json) => void (notes[name] = value);
  noteSaid({}, note);
  assert.deepEqual([notes, statementNoted(notes)], [{}, []]);
  noteSaid({ producer: "p" }, note);
  assert.deepEqual(notes, { provenance: { producer: "p" } });
  assert.deepEqual(statementNoted(notes), [{ in: "its files", says: { producer: "p" } }]);
  noteSaid({ producer: "p" }, undefined);
  assert.deepEqual(statementNoted({ provenance: "text" }), []);
});

Deno.test("what stands beside a source is told from what its files say", () => {
  const beside = { in: "package.json", says: { a: "b" } };
  const own = statementNoted({ provenance: { a: "c" } });
  assert.deepEqual(statedBeside([beside, ...own]), [beside]);
});

Deno.test("licences are told by names of theirs, each with its place", () => {
  const says = { license: "MIT", "general.licence": "BSD", licenses: "X", "license_link": "no" };
  assert.deepEqual(
    licencesIn([{ in: "a", says }, { in: "b", says: { License: "ISC", unlicense: "no" } }]),
    ["MIT (a)", "BSD (a)", "X (a)", "ISC (b)"],
  );
});
