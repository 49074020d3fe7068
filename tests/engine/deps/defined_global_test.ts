import assert from "node:assert/strict";
import { definedGlobal } from "../../../engine/deps/defined_global.ts";

const globals = globalThis as unknown as Record<string, unknown>;

Deno.test("a global that was not there is gone afterwards, also where it was set again meanwhile", () => {
  const putBack = definedGlobal("ofNobody", 1);
  assert.equal(globals.ofNobody, 1);
  globals.ofNobody = 2;
  putBack();
  assert.ok(!("ofNobody" in globals));
});

Deno.test("a global that cannot be set, as a thread's location, is another until it is put back", () => {
  let asked = 0;
  Object.defineProperty(globals, "read", { get: () => ++asked, configurable: true });
  try {
    const putBack = definedGlobal("read", undefined);
    assert.equal(globals.read, undefined);
    putBack();
    assert.equal(globals.read, 1);
  } finally {
    delete globals.read;
  }
});
