/** Files that prove themselves. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { seal, unseal } from "../../../engine/store/seal.ts";
import { fc } from "../../deps.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("what is sealed under a name is found under it again, whatever it is", () => {
  fc.assert(fc.property(fc.string(), fc.uint8Array({ maxLength: 40 }), (name, body) => {
    assert.deepEqual(unseal(name, seal(name, body)), body);
  }));
});

Deno.test("the first line is the digest of the name, a line end and the rest", () => {
  const sealed = seal("pin a", new TextEncoder().encode("body"));
  const expected = createHash("sha256").update("pin a\nbody").digest("hex");
  assert.equal(text(sealed), `${expected}\nbody`);
});

Deno.test("any changed byte, any lost tail and any other name is found", () => {
  const sealed = seal("a", new Uint8Array([1, 2, 3]));
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice();
    changed[at]! ^= 1;
    assert.equal(unseal("a", changed), undefined, `byte ${at}`);
    assert.equal(unseal("a", sealed.subarray(0, at)), undefined, `${at} bytes`);
  }
  assert.equal(unseal("b", sealed), undefined);
  assert.equal(unseal("a", new Uint8Array([...sealed, 0])), undefined);
});

Deno.test("a name with a line end cannot stand for a longer body", () => {
  const body = new TextEncoder().encode("x\ny");
  assert.equal(unseal("a\nx", seal("a", body)), undefined);
});
