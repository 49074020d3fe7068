/** What is wrong with a recipe: collected, cut to length, in order of place. */
import assert from "node:assert/strict";
import type { Diagnostic } from "../../../../engine/error.ts";
import { byPlace, fieldAt, problemList } from "../../../../engine/recipe/parse/problems.ts";
import { fc } from "../../../deps.ts";
import { mapOf, nodeAt } from "../trees.ts";

function found(message: string, place?: readonly [source: string, line: number, column: number]) {
  const diagnostic: Diagnostic = { code: "yaml", severity: "error", message, path: "" };
  if (place === undefined) return diagnostic;
  const [source, line, column] = place;
  return { ...diagnostic, place: { source, line, column, length: 1, path: "" } };
}

const messages = (list: readonly Diagnostic[]) => list.map(({ message }) => message);

Deno.test("errors are counted, and what is not one is not", () => {
  const problems = problemList();
  problems.add(found("a"));
  problems.add({ ...found("b"), severity: "warning" });
  assert.deepEqual([problems.errors, problems.list.length], [1, 2]);
});

Deno.test("a hundred errors are not too many, one more is", () => {
  const problems = problemList();
  for (let count = 0; count < 100; count++) problems.add(found(`${count}`));
  assert.equal(problems.tooMany, false);
  problems.add(found("100"));
  assert.equal(problems.tooMany, true);
});

Deno.test("a value is marked itself or by its key, and is sound no more; nor is what holds it", () => {
  const root = mapOf("a: { b: 10 }\nc: 1\n");
  const { key, value: tree } = (nodeAt(root, "a") as typeof root).entries.get("b")!;
  const problems = problemList();
  assert.ok(problems.sound(root));
  problems.atValue("wrong-type", { tree, path: "a.b", key: key! }, "x");
  problems.atKey("wrong-type", { tree, path: "a.b", key: key! }, "x", "y");
  assert.deepEqual(problems.list.map(({ place, help }) => [place?.column, place?.length, help]), [
    [9, 2, undefined],
    [6, 1, "y"],
  ]);
  assert.deepEqual([root, tree, nodeAt(root, "c")].map(problems.sound), [false, false, true]);
});

Deno.test("a path is marked where it is written, else at what is above it", () => {
  const root = mapOf("a: { b: 10 }\nc: 1\n");
  const problems = problemList();
  problems.atPath("wrong-type", { root, path: "a.b" }, "x");
  problems.atPath("claim", { root, path: "c.d" }, "y", "z");
  assert.deepEqual(
    problems.list.map(({ code, severity, message, path, place, help }) =>
      [code, severity, message, path, place?.line, place?.column, help] as const
    ),
    [
      ["wrong-type", "error", "x", "a.b", 1, 9, undefined],
      ["claim", "error", "y", "c.d", 2, 4, "z"],
    ],
  );
  assert.ok(problems.sound(root), "no node is at fault");
});

Deno.test("a field is where its entry is, below the path of its map", () => {
  const root = mapOf("a: { b: 10 }\n");
  const { tree, path, key } = fieldAt(nodeAt(root, "a"), "x.a", "b")!;
  assert.deepEqual([tree, path, key], [nodeAt(root, "a.b"), "x.a.b", { start: 5, end: 6 }]);
  assert.equal(fieldAt(root, "", "b"), undefined);
  assert.equal(fieldAt(nodeAt(root, "a.b"), "", "b"), undefined);
});

Deno.test("no word and no sentence of a document is shown at full length", () => {
  const problems = problemList();
  problems.add({
    ...found(`${"x".repeat(300)} y`),
    help: "z ".repeat(2000),
    path: "p".repeat(201),
  });
  problems.add(found(`${"word ".repeat(60)}end`));
  const [long, sentence] = problems.list as [Diagnostic, Diagnostic];
  assert.equal(long.message, `${"x".repeat(200)}… y`);
  assert.equal(long.help, `${"z ".repeat(1000)}…`);
  assert.equal(long.path, `${"p".repeat(200)}…`);
  assert.equal(sentence.message, `${"word ".repeat(60)}end`);
});

Deno.test("sources stand in the order in which they were first named, then lines and columns", () => {
  const list = [
    found("b2", ["b", 2, 1]),
    found("a9", ["a", 9, 1]),
    found("b1c2", ["b", 1, 2]),
    found("a1", ["a", 1, 1]),
    found("b1c1", ["b", 1, 1]),
  ];
  assert.deepEqual(messages(byPlace(list)), ["b1c1", "b1c2", "b2", "a1", "a9"]);
});

Deno.test("what is said twice is there once; the same sentence at another path is another", () => {
  const list = [found("a"), found("a"), { ...found("a"), path: "x" }];
  assert.equal(byPlace(list).length, 2);
});

Deno.test("of more than a hundred, errors come before the rest, and a note counts what is left out", () => {
  const warnings = Array.from({ length: 30 }, (_, at): Diagnostic => ({
    ...found(`w${at}`, ["a", at + 1, 1]),
    severity: "warning",
  }));
  const errors = Array.from({ length: 90 }, (_, at) => found(`e${at}`, ["a", 100 + at, 1]));
  const listed = byPlace([...warnings, ...errors]);
  assert.equal(listed.filter(({ severity }) => severity === "error").length, 90);
  assert.deepEqual(messages(listed).slice(0, 11), [
    ...Array.from({ length: 10 }, (_, at) => `w${at}`),
    "e0",
  ]);
  assert.equal(listed.at(-1)!.message, "20 more are not listed");
  const after = warnings.map((each, at) => found(each.message, ["a", 200 + at, 1]))
    .map((each): Diagnostic => ({ ...each, severity: "warning" }));
  assert.deepEqual(messages(byPlace([...errors, ...after])).slice(89), [
    "e89",
    ...Array.from({ length: 10 }, (_, at) => `w${at}`),
    "20 more are not listed",
  ]);
  assert.equal(
    byPlace([...errors, ...warnings.slice(0, 11)]).at(-1)!.message,
    "1 more is not listed",
  );
});

Deno.test("a list that is put in order again keeps its count, so nothing is lost on the way", () => {
  fc.assert(fc.property(fc.nat(150), fc.nat(150), (first, second) => {
    const some = (count: number, name: string) =>
      Array.from({ length: count }, (_, at) => found(`${name}${at}`));
    const listed = byPlace([...byPlace(some(first, "a")), ...some(second, "b")]);
    const shown = listed.filter(({ more }) => more === undefined).length;
    const rest = listed.reduce((sum, { more = 0 }) => sum + more, 0);
    assert.equal(shown + rest, first + second);
    assert.ok(shown <= 100);
  }));
});
