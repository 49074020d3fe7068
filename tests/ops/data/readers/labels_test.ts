import assert from "node:assert/strict";
import { answersOf, classNames } from "../../../../ops/data/readers/labels.ts";
import { columnOf } from "../../../../ops/data/table/column.ts";

const words = columnOf(["b", "a", "b"]);
const numbers = columnOf(["3", "10", "3"]);
const task = "classification";

Deno.test("labels that are words are classes, sorted; numbers are named by themselves", () => {
  assert.deepEqual(classNames(words, { task }, "d"), ["a", "b"]);
  assert.equal(classNames(numbers, { task }, "d"), undefined);
  assert.equal(classNames(words, { task: "regression" }, "d"), undefined);
  assert.deepEqual(classNames(columnOf(["b", "3"]), { task }, "d"), ["3", "b"]);
  assert.deepEqual(classNames(columnOf(["b", "3"]), { task, classes: ["c"] }, "d"), ["c"]);
  assert.equal(classNames(numbers, { task, classes: ["10", "x"] }, "d"), undefined);
  assert.deepEqual(classNames(words, { task, classes: ["b", "a"] }, "d"), ["b", "a"]);
  assert.deepEqual(classNames(numbers, { task, classes: ["10", "3"] }, "d"), ["10", "3"]);
  // Names for numbers that are indices, not for the numbers themselves.
  assert.equal(classNames(numbers, { task, classes: ["x", "y"] }, "d"), undefined);
});

Deno.test("answers are indices among the names, else the numbers that are written", () => {
  const place = { file: "d", lines: [1, 2, 3] };
  assert.deepEqual(answersOf(words, ["a", "b"], task, place).y, Int32Array.of(1, 0, 1));
  assert.deepEqual(answersOf(numbers, undefined, task, place).y, Int32Array.of(3, 10, 3));
  const halves = columnOf(["0.5", "1"]);
  assert.deepEqual(answersOf(halves, undefined, "regression", place).y, Float32Array.of(0.5, 1));
  const refused = (labels: typeof words, message: RegExp, names?: string[]) =>
    assert.throws(() => answersOf(labels, names, task, place), message);
  refused(words, /Cannot place the label "b" of "d" \(line 1\) among a$/, ["a"]);
  refused(words, /Cannot read the label "b" of "d" as a number \(line 1\): "b", not a number/);
  refused(
    columnOf(["1", "4294967296"]),
    /Cannot keep the label "4294967296" of "d" \(line 2\): numbers of classes have 32 bits$/,
  );
  refused(columnOf(["1", "0.5"]), /Cannot keep the label "0.5" of "d" \(line 2\)/);
  assert.throws(
    () => answersOf(words, undefined, "regression", { file: "d" }),
    /^RangeError: Cannot read the label "b" of "d" as a number: "b", not a number$/,
  );
});

Deno.test("numbers that are amounts, and labels that are all the same, are told", () => {
  const told = (labels: readonly string[], more: object = {}) => {
    const warnings: string[] = [];
    const warn = (sentence: string) => void warnings.push(sentence);
    classNames(columnOf(labels), { task, warn, ...more }, "d");
    return warnings.join();
  };
  const numbers = (count: number, different: number) =>
    Array.from({ length: count }, (_, i) => `${i % different}`);
  const amounts =
    ", and each is a class of its own; where they are amounts, say `task: regression`";
  assert.equal(
    told(["1", "2.5", "3"]),
    `the labels of "d" are 3 different numbers, as 2.5${amounts}`,
  );
  assert.equal(told(numbers(1009, 101)), `the labels of "d" are 101 different numbers${amounts}`);
  assert.equal(told(numbers(1010, 101)), "");
  assert.equal(told(numbers(200, 100)), "");
  assert.equal(told(["1.0", "2", "-3"]), "");
  assert.equal(told(["1.5", "2", "NA"]), "");
  assert.equal(told(["1.5", "2"], { classes: ["1.5", "2"] }), "");
  assert.equal(told(["1.5", "2"], { task: "regression" }), "");
  assert.equal(told([]), "");
  const one = 'the labels of "d" are all "p": with one class there is nothing to tell apart';
  assert.equal(told(["p", "p"]), one);
  assert.equal(told(["p"], { classes: ["p", "q"] }), one);
});
