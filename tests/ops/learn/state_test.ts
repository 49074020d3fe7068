import assert from "node:assert/strict";
import { decodeState, encodeState } from "../../../ops/learn/state.ts";
import { fc } from "../../deps.ts";

Deno.test("a state is read again bit for bit, whatever its names and lengths", () => {
  const arrays = fc.dictionary(fc.string(), fc.float32Array({ maxLength: 9 }), { maxKeys: 4 });
  fc.assert(fc.property(arrays, fc.jsonValue({ maxDepth: 1 }), (arrays, value) => {
    const position = JSON.parse(JSON.stringify(value));
    const bytes = encodeState({ position, arrays });
    const moved = new Uint8Array(bytes.length + 1);
    moved.set(bytes, 1);
    const read = decodeState(moved.subarray(1))!;
    assert.deepEqual(read.position, position);
    assert.deepEqual(Object.keys(read.arrays).sort(), Object.keys(arrays).sort());
    for (const [name, values] of Object.entries(arrays)) {
      const bits = (array: Float32Array) => [...new Uint8Array(array.slice().buffer)];
      assert.deepEqual(bits(read.arrays[name]!), bits(values));
    }
  }));
});

Deno.test("what is read is a copy: the bytes may change afterwards", () => {
  const bytes = encodeState({ position: null, arrays: { w: Float32Array.of(1, 2) } });
  const { arrays } = decodeState(bytes)!;
  bytes.fill(0);
  assert.deepEqual([...arrays.w!], [1, 2]);
});
