/** A claim that is written out reads as the same claim. */
import assert from "node:assert/strict";
import { claimText } from "../../../../engine/recipe/claims/claim_text.ts";
import { parseClaim } from "../../../../engine/recipe/claims/parse_claim.ts";
import { fc } from "../../../deps.ts";
import { metrics } from "../../metrics.ts";

function claim(text: string) {
  const read = parseClaim(text, metrics);
  assert.ok("claim" in read, JSON.stringify(read));
  return read.claim;
}

Deno.test("terms, keys, factors and signs are written where they were read", () => {
  for (
    const text of [
      "result.accuracy >= teacher.accuracy - 1.5 points",
      "result.bytes.tfjs < teacher.bytes.gzip / 20",
      "a.latency * 2 = b.latency + 3 ms",
      "result.parameters <= 61000",
    ]
  ) assert.equal(claimText(claim(text)), text);
});

Deno.test("blanks that do not count are written as one, a unit apart from its number", () => {
  assert.equal(claimText(claim("result.bytes   <=  67kB * 2")), "result.bytes <= 67 kB * 2");
});

Deno.test("any claim, written and read again, is the same", () => {
  const factor = fc.constantFrom("", " * 2", " / 3", " * 0.5", " / 1e3");
  const scaled = (...texts: string[]) =>
    fc.tuple(fc.constantFrom(...texts), factor).map((parts) => parts.join(""));
  const metric = scaled("a.bytes", "b-2.bytes.onnx", "c[ratio=0.5].bytes");
  const term = fc.oneof(metric, scaled("4 MB", "12.5kB", "7 KiB", "3 B"));
  const sum = (first: fc.Arbitrary<string>) =>
    fc.oneof(
      first,
      fc.tuple(first, fc.constantFrom(" + ", " - "), term).map((parts) => parts.join("")),
    );
  const relation = fc.constantFrom("<=", ">=", "<", ">", "=");
  fc.assert(
    fc.property(sum(metric), relation, sum(term), (...parts) => {
      const read = claim(parts.join(" "));
      assert.deepEqual(claim(claimText(read)), read);
    }),
  );
});
