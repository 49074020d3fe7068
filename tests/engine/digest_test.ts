import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  canonical,
  canonicalBytes,
  digestAsync,
  digestOf,
  type Json,
  sha256,
} from "../../engine/digest.ts";
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

Deno.test("digests are those of node's module, around the ends of blocks and in parts", () => {
  for (let size = 0; size < 200; size++) assert.equal(sha256(counted(size)), oracle(counted(size)));
  const parts = [counted(4095), counted(0), counted(77).subarray(3), counted(8192)];
  assert.equal(sha256(...parts), oracle(...parts));
});

Deno.test("a digest that is waited for is the same, of any size, and loads nothing", async () => {
  const { process } = globalThis;
  const { getBuiltinModule } = process;
  process.getBuiltinModule = () => assert.fail();
  try {
    for (const size of [0, 1, 64, (1 << 16) + 1, 1 << 20]) {
      assert.equal(await digestAsync(counted(size)), oracle(counted(size)));
    }
    assert.equal(
      await digestAsync(counted(100).subarray(3, 50)),
      oracle(counted(100).subarray(3, 50)),
    );
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});

Deno.test("node's module is loaded for more than 65536 bytes, once, and then digests all", () => {
  const { process } = globalThis;
  const { getBuiltinModule } = process;
  let [loaded, used] = [0, 0];
  process.getBuiltinModule = ((name: string) => {
    assert.equal(name, "node:crypto");
    loaded++;
    const createHash_ = (kind: string) => (used++, createHash(kind));
    return { createHash: createHash_ };
  }) as typeof getBuiltinModule;
  try {
    for (const [size, now] of [[1 << 16, 0], [(1 << 16) + 1, 1], [100, 2], [1 << 16, 3]] as const) {
      assert.equal(sha256(counted(size)), oracle(counted(size)));
      assert.deepEqual([loaded, used], [Math.min(now, 1), now], `${size}`);
    }
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
  for (const size of [4095, 1 << 16, (1 << 16) + 1, 1 << 20, 100]) {
    const parts = [counted(size), counted(0), counted(77).subarray(3)];
    assert.equal(sha256(...parts), oracle(...parts));
  }
});

Deno.test("a digest that is waited for is the same of shared memory, and of more than is copied", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(100)).fill(7);
  for (const bytes of [counted((1 << 24) + 1), shared]) {
    assert.equal(await digestAsync(bytes), oracle(bytes));
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
  const refused = (value: unknown, message: string) =>
    assert.throws(() => canonical(value as Json), new TypeError(message));
  refused(undefined, "Cannot write undefined as canonical JSON");
  refused(NaN, "NaN is not allowed");
  for (const value of [Infinity, -Infinity, [1, Infinity]]) {
    refused(value, "Infinity is not allowed");
  }
  for (const value of ["\ud800", { "\udc00": 1 }, { a: ["\udc00\ud800"] }]) {
    refused(value, "Lone surrogate is not allowed");
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
