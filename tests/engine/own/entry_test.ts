/** Entries of one's own: what they state, what of them a key holds, which of them parameters name. */
import assert from "node:assert/strict";
import {
  chosenDefinition,
  DEFINITION,
  endsAs,
  ENTRIES,
  namedEntries,
  ownEntry,
} from "../../../engine/own/entry.ts";
import { digestOf } from "../../../engine/digest.ts";

const about = { name: "mine", version: 3 };
const code = (written: object) => ownEntry("terms", about, written, { definition: written }).code;

Deno.test("an entry states its list, name, version and module, and what it is made of", () => {
  const definition = { value: () => 1 };
  const entry = ownEntry("terms", { ...about, module: "file:///m.ts" }, definition, {
    suffixes: ["x"],
    definition,
  });
  assert.deepEqual({ ...entry, code: undefined }, {
    ...{ list: "terms", name: "mine", version: 3, code: undefined, module: "file:///m.ts" },
    ...{ suffixes: ["x"], definition },
  });
  assert.equal("module" in ownEntry("terms", about, {}, { definition: {} }), false);
});

Deno.test("the code of an entry is the text of all its functions, by where they stand, and of nothing else", () => {
  const written = { inner: { a: () => 1 }, b: () => 2, summary: "s", none: null, list: [1] };
  const text = JSON.stringify([`.b ${written.b}`, `.inner.a ${written.inner.a}`]);
  assert.equal(code(written), digestOf(new TextEncoder().encode(text)));
  assert.equal(code({ ...written, summary: "t" }), code(written));
  assert.notEqual(code({ ...written, b: () => 3 }), code(written));
  assert.notEqual(code({ inner: { a: () => 2 }, b: () => 1 }), code(written));
});

Deno.test("names that a recipe could not tell from others, and versions that are none, are refused", () => {
  const define = (name: string, version: number) => () =>
    ownEntry("terms", { name, version }, {}, { definition: {} });
  for (const name of ["", "A", "a b", "1a", "a-", "-a", "a--b", "a.b"]) {
    assert.throws(define(name, 1), /a name is of small letters, digits and dashes/, name);
  }
  for (const name of ["a", "a1", "a-b2"]) define(name, 1)();
  for (const version of [0, 1.5, -1, NaN, undefined as never]) {
    assert.throws(define("a", version), /Cannot define "a": say version: 1, and raise it/);
  }
});

Deno.test("parameters have the definition that they choose, and the entries that they name, by list", () => {
  const definition = { value: () => 1 };
  assert.equal(chosenDefinition({ use: "x", [DEFINITION]: definition }), definition);
  assert.equal(chosenDefinition({ use: "x" }), undefined);
  const entries = (["terms", "metrics"] as const).map((list) =>
    ownEntry(list, about, {}, { definition })
  );
  assert.deepEqual(namedEntries({ [ENTRIES]: entries }, "metrics"), [entries[1]]);
  assert.deepEqual(namedEntries({}, "metrics"), []);
});

Deno.test("a source is of an entry whose suffix it ends in, whatever its letters, gzip or pin", () => {
  const ends = (source: string, suffixes?: readonly string[]) =>
    endsAs({ ...(suffixes && { suffixes }) }, source);
  for (const source of ["./a.pts", "a.PTS", "a.pts.gz", "https://x/a.pts#sha256=0", "b.x.pts"]) {
    assert.equal(ends(source, ["other", "pts"]), true, source);
  }
  for (const source of ["a.pt", "pts", "a.pts/b", "apts", "a.gz"]) {
    assert.equal(ends(source, ["pts"]), false, source);
  }
  assert.equal(ends("a.pts"), false);
});
