/** Diagnostics as text. */
import assert from "node:assert/strict";
import type { Diagnostic } from "../../../../engine/error.ts";
import { renderDiagnostics } from "../../../../engine/recipe/check/render_diagnostics.ts";

const place = { source: "x.yaml", line: 2, column: 4, length: 3, path: "a" };
const error: Diagnostic = {
  code: "yaml",
  severity: "error",
  message: "it is wrong",
  path: "a",
  place,
};

Deno.test("nothing wrong prints nothing", () => {
  assert.equal(renderDiagnostics([]), "");
});

Deno.test("the mark stands under what it marks, tabs and all", () => {
  assert.equal(
    renderDiagnostics([error], "one\na:\tbad"),
    "x.yaml:2:4  yaml  it is wrong\n   2 | a: bad\n     |    ^^^\n\n1 problem. Nothing has run.\n",
  );
});

Deno.test("a mark never runs past its line", () => {
  const long = { ...error, place: { ...place, length: 500, text: "a: bad" } };
  assert.match(renderDiagnostics([long]), /\n {5}\| {4}\^{3}\n/);
});

Deno.test("warnings and notes say that they are none worse, and do not stop a run", () => {
  const warning: Diagnostic = { ...error, severity: "warning", code: "order" };
  const note: Diagnostic = { ...error, severity: "note", code: "source" };
  assert.match(
    renderDiagnostics([warning, note], ""),
    /x.yaml:2:4 {2}warning order {2}it is wrong/,
  );
  assert.match(renderDiagnostics([warning, note], ""), /\n1 warning, 1 note\.\n$/);
  assert.match(
    renderDiagnostics([error, error, warning], ""),
    /\n2 problems, 1 warning\. Nothing has run\.\n$/,
  );
});

Deno.test("control characters and reversed text are shown, not sent to the terminal", () => {
  const message = "a \u001b[31mred\u0007 \u202egnorw";
  const shown = renderDiagnostics(
    [{ ...error, message, help: "x\u009b" }],
    "a\n\u001b]0;title\u0007",
  );
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(shown, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});

Deno.test("of a long line what stands around the mark is shown, and the mark stands under it", () => {
  for (const at of [1, 30, 41, 160, 500, 960, 1000]) {
    const line = `${"a".repeat(at - 1)}X${"b".repeat(1000 - at)}`;
    const long = { ...error, place: { ...place, column: at, length: 1, text: line } };
    const [, shown = "", mark = ""] = renderDiagnostics([long]).split("\n");
    assert.ok(shown.length < 180, `${shown.length}`);
    assert.equal(shown[mark.indexOf("^")], "X", `${at}`);
    assert.equal(shown.includes(` …`), at > 41, `${at}`);
  }
});

Deno.test("of a long line a hundred and sixty letters around the mark are shown", () => {
  const shown = (length: number, column: number, marked = 3) => {
    const text = "abcdefghij".repeat(length / 10);
    const at = { ...place, column, length: marked, text };
    const [, line, mark] = renderDiagnostics([{ ...error, place: at }]).split("\n") as [
      string,
      string,
      string,
    ];
    const [before, after] = [line.slice(7), mark.slice(7)];
    return [
      before.length,
      before.startsWith("…"),
      before.endsWith("…"),
      after.length - after.trimStart().length,
      after.trim().length,
      before[after.length - after.trimStart().length],
    ];
  };
  assert.deepEqual(shown(160, 160, 1), [160, false, false, 159, 1, "j"], "as it is");
  assert.deepEqual(shown(170, 1), [161, false, true, 0, 3, "a"]);
  assert.deepEqual(shown(200, 150), [161, true, false, 110, 3, "j"]);
  assert.deepEqual(shown(400, 201), [162, true, true, 41, 3, "a"], "a quarter stands before it");
  assert.deepEqual(
    shown(400, 201, 500),
    [162, true, true, 41, 120, "a"],
    "no longer than is shown",
  );
});
