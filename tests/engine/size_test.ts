import assert from "node:assert/strict";
import {
  assertFits,
  assertText,
  bytesOf,
  bytesText,
  enough,
  MEMORY,
  MemoryError,
  overBudget,
  scaled,
  significant,
} from "../../engine/size.ts";
import { fc } from "../deps.ts";

Deno.test("three digits are written, without an exponent while that is short", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0"],
    [1, "1.00"],
    [-2.345, "-2.35"],
    [99.95, "100"],
    [999.4, "999"],
    [999.5, "1000"],
    [123_456, "123456"],
    [1e6, "1.00e+6"],
    [0.0001, "0.000100"],
    [0.00099, "0.000990"],
    [0.00009, "9.00e-5"],
    [-1e-5, "-1.00e-5"],
  ];
  for (const [value, text] of cases) assert.equal(significant(value), text);
});

Deno.test("a number is written in the largest unit of which there is a whole one, the last however large", () => {
  const units = ["B", "kB", "MB"];
  assert.deepEqual([0, 999, 1000, 999_499, 999_500, 5e9].map((value) => scaled(value, units)), [
    "0 B",
    "999 B",
    "1.00 kB",
    "999 kB",
    "1.00 MB",
    "5000 MB",
  ]);
  assert.equal(scaled(0.5, units), "0.500 B");
  assert.equal(scaled(7, [""]), "7");
  assert.deepEqual([3e9, 4e12].map(bytesText), ["3.00 GB", "4.00 TB"]);
});

Deno.test("a size is read in decimal and binary units, and what is none is not", () => {
  assert.deepEqual(
    ["7", "7B", "1.5 kB", "2MB", "3GB", "4TB", "1KiB", "2 MiB", "4GiB", "1TiB"].map(bytesOf),
    [7, 7, 1500, 2e6, 3e9, 4e12, 1024, 2 * 1024 ** 2, 4 * 1024 ** 3, 1024 ** 4],
  );
  for (const text of ["", "kB", "-1", "1 KB", "1.", "1  kB", "1 kB ", "1e3", "0x10"]) {
    assert.equal(bytesOf(text), undefined, text);
  }
  assert.equal(MEMORY, bytesOf("4GiB"));
});

Deno.test("what fits into the budget passes, and what does not says both figures and the ways out", () => {
  assertFits("a list", 1000, 1000);
  assert.throws(() => assertFits("a list", 1001, 1000, "fewer entries"), (error) => {
    assert.ok(error instanceof MemoryError);
    assert.equal(
      error.message,
      "a list would take 1.00 kB of memory, and the budget is 1.00 kB; fewer entries, or allow more: --memory 1GB",
    );
    return true;
  });
  assert.throws(() => assertFits("x", 2e9 + 1, 1), /1\.00 B|; allow more: --memory 3GB$/);
  assert.deepEqual([enough(1), enough(1e9), enough(1e9 + 1)], ["1GB", "1GB", "2GB"]);
  assert.equal(overBudget("x", 2000, 1), "x would take 2.00 kB of memory, and the budget is 1 B");
});

Deno.test("a text is as long as the engine can hold, and no longer", () => {
  const longest = 2 ** 29 - 24;
  assertText("a file", longest);
  assert.throws(
    () => assertText("a file", longest + 1),
    new MemoryError("a file of 537 MB is longer than a text can be, 537 MB; divide it"),
  );
  assert.equal("x".repeat(longest).length, longest, "the engine agrees");
  assert.throws(() => "x".repeat(longest + 1), RangeError);
});

Deno.test("a number in a unit is within half of its last digit of the number", () => {
  const units = ["B", "kB", "MB", "GB", "TB"];
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 49 }), (bytes) => {
    const [number, unit] = scaled(bytes, units).split(" ");
    const shown = Number(number) * 1000 ** units.indexOf(unit!);
    assert.ok(Math.abs(shown - bytes) <= bytes * 0.00501, `${bytes} is shown as ${number} ${unit}`);
    assert.ok(unit === "TB" || Number(number) < 1000);
    // What is shown can be read back.
    assert.equal(bytesOf(bytesText(bytes)), shown);
  }));
});

Deno.test("the size that is advised is enough, and no gigabyte too much", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 45 }), (bytes) => {
    const advised = bytesOf(enough(bytes))!;
    assert.ok(advised >= bytes && advised - bytes < 1e9);
  }));
});
