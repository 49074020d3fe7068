import assert from "node:assert/strict";
import { TokenPlaces } from "../../../../ops/data/text/token_places.ts";

Deno.test("a token is kept once, at the place where it was met first, whatever it is called", () => {
  const seen = new TokenPlaces();
  const text = ["b", "a", "b", "__proto__", "", "a", "__proto__"];
  assert.deepEqual(text.map((token) => seen.place(token)), [0, 1, 0, 2, 3, 1, 2]);
  assert.deepEqual(seen.tokens, ["b", "a", "__proto__", ""]);
});
