import assert from "node:assert/strict";
import { refuse } from "../../../engine/cli/refuse.ts";
import { DecantError, type Diagnostic, RecipeError } from "../../../engine/error.ts";

/** What is printed for an error of a command, and its exit code. */
function said(error: unknown, ...words: string[]) {
  const printed = { out: "", err: "" };
  const terminal = {
    out: (text: string) => void (printed.out += text),
    err: (text: string) => void (printed.err += text),
    rewrite: () => {},
    live: false,
    columns: 100,
  };
  return { code: refuse(error, { terminal, words, text: TEXT }), ...printed };
}

/** The document that is pointed into. */
const TEXT = "decant: 1\nprune: half\n";

const diagnostic = (more: Partial<Diagnostic>): Diagnostic => ({
  code: "order",
  severity: "error",
  message: "no",
  path: "prune",
  ...more,
});

Deno.test("an error is a sentence and a way out, with its exit code", () => {
  assert.deepEqual(said(new DecantError("locked", "it is another", "write it anew"), "verify"), {
    code: 4,
    out: "",
    err: "decant: it is another\n     help: write it anew\n",
  });
  assert.deepEqual(said(new DecantError("usage", "no"), "run"), {
    code: 2,
    out: "",
    err: "decant: no\n",
  });
});

Deno.test("with --json it is a document on standard output", () => {
  const { code, out, err } = said(new DecantError("usage", "no", "so"), "run", "--json");
  assert.deepEqual([code, err], [2, ""]);
  assert.deepEqual(JSON.parse(out), {
    format: 1,
    ok: false,
    problems: [{ code: "usage", message: "no", help: "so", place: { path: "" } }],
  });
});

Deno.test("all that is wrong with a recipe is shown; in a document the errors, and how many are not listed", () => {
  const error = new RecipeError([
    diagnostic({}),
    diagnostic({ severity: "warning", message: "odd" }),
    diagnostic({ severity: "note", message: "more", more: 3 }),
  ]);
  const text = said(error, "check");
  assert.equal(text.code, 2);
  for (const word of ["no", "odd", "more"]) assert.match(text.err, new RegExp(word));
  const { problems } = JSON.parse(said(error, "check", "--json").out);
  assert.deepEqual(problems.map(({ message }: { message: string }) => message), ["no", "more"]);
});

Deno.test("a fault is one sentence, a denied permission says how to be allowed", () => {
  const fault = said(new TypeError("odd"), "run");
  assert.equal(fault.code, 1);
  assert.match(fault.err, /^decant: internal: odd\n {5}help: this is a fault of Decant/);
  const denied = (command: string) => said(new Deno.errors.NotCapable("no read"), command);
  assert.equal(denied("run").code, 2);
  assert.equal(
    denied("run").err,
    "decant: no read\n     help: decant plan RECIPE prints the flags a run needs; deno run -A allows everything\n",
  );
  assert.match(denied("plan").err, /help: deno run -A allows everything\n$/);
});

Deno.test("where nobody reads the output any more nothing is said", () => {
  assert.deepEqual(said(new Deno.errors.BrokenPipe("gone"), "run"), {
    code: 141,
    out: "",
    err: "",
  });
});

Deno.test("a document of what is wrong is indented, and ends its line", () => {
  const { out } = said(new DecantError("usage", "no"), "run", "--json");
  assert.equal(
    out,
    `{
  "format": 1,
  "ok": false,
  "problems": [
    {
      "code": "usage",
      "message": "no",
      "place": {
        "path": ""
      }
    }
  ]
}
`,
  );
});

Deno.test("a mistake is shown in the line of the document that it is about", () => {
  const place = { path: "prune", source: "my.yaml", line: 2, column: 8, length: 4 };
  const { err } = said(new RecipeError([diagnostic({ place })]), "check");
  assert.match(err, /^my\.yaml:2:8 {2}order {2}no\n {3}2 \| prune: half\n {5}\| {8}\^{4}\n/);
});
