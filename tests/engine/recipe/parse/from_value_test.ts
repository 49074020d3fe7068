/** Values of TypeScript as trees: JSON comes through, and what JSON cannot say is told at its path. */
import assert from "node:assert/strict";
import type { Diagnostic } from "../../../../engine/error.ts";
import { treeFromValue } from "../../../../engine/recipe/parse/from_value.ts";
import { MAX_DEPTH, MAX_NODES } from "../../../../engine/recipe/parse/limits.ts";
import { isWhole, valueOf } from "../../../../engine/recipe/parse/tree.ts";
import { fc } from "../../../deps.ts";

const document = { source: "", base: "./" };

function read(value: unknown) {
  const found: Diagnostic[] = [];
  const tree = treeFromValue(value, document, (diagnostic) => found.push(diagnostic));
  return { tree, wrong: found.map(({ code, path, message }) => `${code} ${path}: ${message}`) };
}

const only = (value: unknown): string | undefined => read(value).wrong[0];

Deno.test("any JSON value comes through as it is, but for −0", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const { tree, wrong } = read(value);
    assert.deepEqual(wrong, []);
    assert.equal(JSON.stringify(valueOf(tree)), JSON.stringify(value));
  }));
  assert.ok(Object.is(valueOf(read(-0).tree), 0));
});

Deno.test("a field that is undefined is not there; an object without a prototype is plain", () => {
  assert.deepEqual(valueOf(read({ a: undefined, b: 1 }).tree), { b: 1 });
  assert.deepEqual(valueOf(read(Object.assign(Object.create(null), { a: 1 })).tree), { a: 1 });
});

Deno.test("what JSON cannot say is told at its path, and the node is broken", () => {
  const { tree, wrong } = read({ a: [1, new Map()], b: () => 1, c: NaN, d: 1n, e: [undefined] });
  assert.deepEqual(wrong, [
    "wrong-type a.1: `a.1` must be plain data; this is a Map",
    "wrong-type b: `b` must be plain data; this is a function",
    "wrong-type c: `c` must be a finite number; this is NaN",
    "wrong-type d: `d` must be plain data; this is a bigint",
    "wrong-type e.0: `e.0` must be plain data; this is undefined",
  ]);
  assert.ok(!isWhole(tree));
  assert.deepEqual([undefined, new Int8Array(1), new URL("https://h.org"), Infinity].map(only), [
    "wrong-type : a recipe must be plain data; this is undefined",
    "wrong-type : a recipe must be plain data; this is an Int8Array",
    "wrong-type : a recipe must be plain data; this is a URL",
    "wrong-type : a recipe must be a finite number; this is Infinity",
  ]);
});

Deno.test("a value that is too deep, as one that holds itself, is told once and ends", () => {
  const nested = (depth: number): unknown => depth === 0 ? 1 : [nested(depth - 1)];
  assert.deepEqual(read(nested(MAX_DEPTH)).wrong, []);
  const path = Array(MAX_DEPTH + 1).fill(0).join(".");
  const message = `too-large ${path}: A recipe may be nested 40 deep and no deeper`;
  assert.deepEqual(read(nested(MAX_DEPTH + 1)).wrong, [message]);
  const circle: unknown[] = [];
  circle.push(circle);
  assert.deepEqual(read(circle).wrong, [message]);
});

Deno.test("of a value that holds too many the first beyond the bound is told, and no other", () => {
  const { wrong } = read(Array(MAX_NODES + 3).fill(0));
  assert.deepEqual(wrong, [
    `too-large ${MAX_NODES - 1}: A recipe may hold ${MAX_NODES} values and no more`,
  ]);
});
