import assert from "node:assert/strict";
import { bundleOf, displayable } from "../../../engine/notebook/displayed.ts";

Deno.test("to be displayable changes nothing that is compared, listed or written", () => {
  const value = displayable({ a: 1 }, () => Promise.resolve({}));
  assert.deepEqual(value, { a: 1 });
  assert.deepEqual(Object.getOwnPropertySymbols({ ...value }), []);
  assert.equal(JSON.stringify(value), '{"a":1}');
});

Deno.test("what shows a value is made when it is asked for, each time anew", async () => {
  let asked = 0;
  const value = displayable({}, () => Promise.resolve({ "text/plain": `${++asked}` }));
  assert.equal(asked, 0);
  assert.deepEqual(await bundleOf(value), { "text/plain": "1" });
  assert.deepEqual(await bundleOf(value), { "text/plain": "2" });
});

Deno.test("other values have no forms", async () => {
  for (const value of [undefined, null, 3, "text", {}, [1]]) {
    assert.equal(await bundleOf(value), undefined);
  }
});
