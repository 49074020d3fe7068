import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { canonical, canonicalBytes, digestOf, type Json, sha256 } from "../../engine/digest.ts";
import { canonicalize, fc } from "../deps.ts";

Deno.test("a digest is SHA-256: the vectors of FIPS 180-4", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  assert.equal(
    digestOf(bytes("abc")),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  assert.equal(
    digestOf(bytes("")),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});

const counted = (size: number) =>
  Uint8Array.from({ length: size }, (_, i) => (i * 167 + size) % 256);
const oracle = (...parts: Uint8Array[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

Deno.test("digests are those of node's module, around the ends of blocks and in parts, however many bytes", () => {
  for (let size = 0; size < 200; size++) assert.equal(sha256(counted(size)), oracle(counted(size)));
  for (const size of [4095, 1 << 16, (1 << 16) + 1, 1 << 20, 100]) {
    const parts = [counted(size), counted(0), counted(77).subarray(3)];
    assert.equal(sha256(...parts), oracle(...parts));
  }
});

Deno.test("canonical JSON sorts keys and writes numbers as RFC 8785 does", () => {
  // The example of RFC 8785 §3.2.2, its control characters and literals included.
  const value = {
    numbers: [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    literals: [null, true, false],
  };
  assert.equal(
    canonical(value),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

Deno.test("canonical JSON is what the package of RFC 8785's author writes", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      assert.equal(canonical(value as Json), canonicalize(value));
    }),
    { numRuns: 30 },
  );
  const holes = { b: undefined, a: [undefined, 1, -0], c: { "": null } };
  assert.equal(canonical(holes as unknown as Json), canonicalize(holes));
});

Deno.test("canonical JSON does not depend on the order in which keys were written", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
    const reversed = Object.fromEntries(Object.entries(value).reverse());
    assert.equal(canonical(reversed as Json), canonical(value as Json));
  }));
});

Deno.test("canonical JSON refuses what JSON cannot say", () => {
  for (const value of [NaN, Infinity, undefined, "\ud800", { "\udc00": 1 }]) {
    assert.throws(() => canonical(value as unknown as Json));
  }
});

Deno.test("canonical bytes are the UTF-8 of canonical text, and parse to the value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = new TextDecoder().decode(canonicalBytes(value as Json));
    assert.equal(text, canonical(value as Json));
    assert.equal(canonical(JSON.parse(text)), text);
  }));
});

Deno.test("keys are sorted by UTF-16 units, as RFC 8785 orders them", () => {
  // RFC 8785 §3.2.3: "\ud83d" (of 😀) is below "\ufb33".
  assert.equal(canonical({ "\ufb33": 1, "😀": 2, "é": 3 }), '{"é":3,"😀":2,"\ufb33":1}');
});
