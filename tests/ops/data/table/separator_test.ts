import assert from "node:assert/strict";
import { separatorOf } from "../../../../ops/data/table/separator.ts";

const told = (text: string) => separatorOf(new TextEncoder().encode(text));

Deno.test("a table is separated by what its first two rows have where the first has no comma", () => {
  assert.equal(told("a,b\n1,2\n"), ",");
  assert.equal(told("a;b\n1;2\n"), ";");
  assert.equal(told("a\tb\r\n1\t2\r\n"), "\t");
  assert.equal(told("\n\na;b\n\n\r1;2"), ";");
  // Numbers may be written with commas, and texts of a column with semicolons.
  assert.equal(told("a;b\n0,5;1,5\n"), ";");
  assert.equal(told("a,b\nx;y,1\nx;y,1\n"), ",");
  assert.equal(told("a;b,c\n1;2,3\n"), ",");
  assert.equal(told("a\tb;c\n1\t2\n"), "\t");
  assert.equal(told("a\tb;c\n1;2\t3\n"), ";");
});

Deno.test("a column whose name or whose cells hold a semicolon stays one", () => {
  assert.equal(told("text\nx;y\nz;w\n"), ",");
  assert.equal(told("a;b\n1\n2;3\n"), ",");
  assert.equal(told("a;b\n"), ",");
  assert.equal(told(""), ",");
  assert.equal(told('"a;b"\n1;2\n'), ",");
  assert.equal(told('"a\nb";c\n1;2\n'), ";");
  assert.equal(told('"a"";""b"\n1;2\n'), ",");
  assert.equal(told('\ufeff"a;b"\n1;2\n'), ",");
  assert.equal(told('"a,b";c\n1;2\n'), ";");
  // A quote within a cell quotes nothing.
  assert.equal(told('5";b\n1;2\n'), ";");
  assert.equal(told('a;"b"\n1;"2"\n'), ";");
});
