import assert from "node:assert/strict";
import { columnOf } from "../../../../ops/data/table/column.ts";
import { isName, notANumber, numberAt, numberIn } from "../../../../ops/data/table/numbers.ts";

Deno.test("a cell is a number where it is written as one that 32 bits hold", () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ["1.5", 1.5],
    ["-2e3", -2000],
    ["0x10", 16],
    [" 7 ", 7],
    ["", undefined],
    ["1,5", undefined],
    ["nan", undefined],
    ["Infinity", undefined],
    ["3.4e38", 3.4e38],
    ["3.5e38", undefined],
    [String(3.5e38), undefined],
    ["-3.5e+38", undefined],
  ];
  const column = columnOf(cases.map(([cell]) => cell));
  for (const [place, [cell, number]] of cases.entries()) {
    assert.equal(numberIn(cell), number, cell);
    assert.equal(numberAt(column, place), number, cell);
  }
});

Deno.test("what is no number is quoted, with why", () => {
  assert.equal(notANumber("x"), '"x", not a number');
  assert.equal(notANumber(""), '"", not a number');
  assert.equal(notANumber("1e39"), '"1e39", more than 32 bits hold');
});

Deno.test("a cell of a first row is a name unless it is a number or a missing one", () => {
  for (const cell of ["", "width", "1a", "not"]) assert.ok(isName(cell), cell);
  for (const cell of ["1", "-2.5", "nan", "NaN", "-inf", "+Inf"]) assert.ok(!isName(cell), cell);
});
