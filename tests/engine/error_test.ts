import assert from "node:assert/strict";
import {
  DecantError,
  type Diagnostic,
  endingOf,
  exitCodes,
  hasCode,
  ParameterError,
  RecipeError,
} from "../../engine/error.ts";
import { SourceError, TrustError } from "../../engine/graph/sources/source_error.ts";
import { CorruptBlobError, StoreError } from "../../engine/store/store.ts";
import type { Digest } from "../../engine/digest.ts";

const exitOf = (error: DecantError): number => exitCodes[endingOf(error)];

Deno.test("the code alone says with what a process exits", () => {
  const codes = ["usage", "denied", "recipe", "cache-version", "cache-place"] as const;
  for (const code of codes) assert.equal(exitOf(new DecantError(code, "no")), 2, code);
  for (const code of ["locked", "not-reproducible", "untrusted", "damaged", "cache-pin"] as const) {
    assert.equal(exitOf(new DecantError(code, "no")), 4, code);
  }
  for (const code of ["source", "out", "internal", "at-chance", "cache-full"] as const) {
    assert.equal(exitOf(new DecantError(code, "no")), 1, code);
  }
});

Deno.test("a code of the recipe that is met only in a run is a failure of the run", () => {
  assert.equal(exitOf(new ParameterError("out-of-range", "ratio", "too much")), 1);
  assert.equal(exitOf(new ParameterError("diverged", "optimizer", "away")), 1);
});

Deno.test("named errors are the one class with their code, and keep the fields they had", () => {
  const errors: [DecantError, string, string][] = [
    [new TrustError("https://a", "no", "pin it"), "TrustError", "untrusted"],
    [new SourceError("a.csv", "gone"), "SourceError", "source"],
    [new StoreError("full", "no room"), "StoreError", "cache-full"],
    [new CorruptBlobError("ab".repeat(32) as Digest, "missing"), "CorruptBlobError", "damaged"],
    [new ParameterError("order", "op", "late"), "ParameterError", "order"],
    [new RecipeError([]), "RecipeError", "recipe"],
  ];
  for (const [error, name, code] of errors) {
    assert.ok(error instanceof DecantError && error instanceof Error);
    assert.deepEqual([error.name, error.code], [name, code]);
  }
  assert.equal(new StoreError("full", "no room").reason, "full");
  assert.equal(new TrustError("https://a", "no", "pin it").source, "https://a");
});

Deno.test("help and place are absent where there is none, and the cause is kept", () => {
  const bare = new DecantError("usage", "no");
  assert.equal(`${bare}`, "DecantError: no");
  assert.equal("help" in bare || "place" in bare, false);
  assert.equal(new ParameterError("order", "op", "late", "move it").help, "move it");
  const cause = new Error("disk");
  const place = { path: "prune" };
  const full = new DecantError("out", "no", "move it", { cause, place });
  assert.deepEqual([full.help, full.place, full.cause], ["move it", place, cause]);
});

Deno.test("an error is told by its code, whatever its class", () => {
  assert.ok(hasCode(new SourceError("a", "gone"), "out", "source"));
  assert.ok(!hasCode(new SourceError("a", "gone"), "out"));
  assert.ok(!hasCode(new Error("source"), "source"));
});

Deno.test("a RecipeError says every diagnostic with path and help, and has no stack of ours", () => {
  const diagnostics: Diagnostic[] = [
    { code: "order", severity: "error", message: "too late", path: "prune", help: "before it" },
    { code: "yaml", severity: "error", message: "no map", path: "" },
  ];
  const error = new RecipeError(diagnostics);
  assert.equal(error.message, "prune: too late\n  help: before it\nno map");
  assert.ok(!error.stack?.includes("at "));
});

Deno.test("every ending has its exit code, the signals those of shells", () => {
  assert.deepEqual(exitCodes, {
    done: 0,
    failed: 1,
    recipe: 2,
    expectation: 3,
    refused: 4,
    interrupted: 130,
    terminated: 143,
  });
});

Deno.test("errors made after a RecipeError have their stacks again", () => {
  const { stackTraceLimit } = Error;
  assert.ok(stackTraceLimit > 0);
  new RecipeError([]);
  assert.equal(Error.stackTraceLimit, stackTraceLimit);
});
