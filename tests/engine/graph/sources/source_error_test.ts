import assert from "node:assert/strict";
import {
  FetchError,
  SourceError,
  TrustError,
} from "../../../../engine/graph/sources/source_error.ts";

Deno.test("what is wrong with a source names it, and has a code by which a run ends", () => {
  const error = new SourceError("./a", "it is gone", "look elsewhere");
  assert.deepEqual(
    [error.name, error.code, error.source, error.message, error.help],
    ["SourceError", "source", "./a", "it is gone", "look elsewhere"],
  );
  assert.equal("help" in new SourceError("./a", "it is gone"), false);
  const trust = new TrustError("https://a", "no", "do so");
  assert.deepEqual([trust.name, trust.code, trust.source, trust.help], [
    "TrustError",
    "untrusted",
    "https://a",
    "do so",
  ]);
});

Deno.test("a failure of the network says what the host answered, and whether it may pass", () => {
  const plain = new FetchError("no");
  assert.deepEqual([plain.name, plain.passing, plain.status], ["FetchError", false, undefined]);
  const busy = new FetchError("no", { status: 503, passing: true });
  assert.deepEqual([busy.status, busy.passing], [503, true]);
});
