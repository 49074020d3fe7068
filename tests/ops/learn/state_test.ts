import assert from "node:assert/strict";
import {
  decodeState,
  encodeState,
  nestState,
  prefixed,
  under,
  unnestState,
} from "../../../ops/learn/state.ts";
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

/** Four bytes, the lowest first, and a text. */
const withLength = (text: string): number[] => [
  ...[text.length, 0, 0, 0],
  ...new TextEncoder().encode(text),
];

Deno.test("a state is the length of its header, the header, and the arrays, and no byte more", () => {
  const arrays = { w: Float32Array.of(1, 2), b: Float32Array.of(0.5) };
  const header = '{"format":2,"position":{"epoch":3},"arrays":[["w",2],["b",1]]}';
  const floats = [...new Uint8Array(Float32Array.of(1, 2, 0.5).buffer)];
  const bytes = encodeState({ position: { epoch: 3 }, arrays });
  assert.deepEqual([...bytes], [...withLength(header), ...floats]);
  const older = [...withLength(header.replace("2", "1")), ...floats];
  assert.equal(decodeState(Uint8Array.from(older)), undefined);
});

Deno.test("arrays are known by a prefix, and without it", () => {
  const [a, b] = [Float32Array.of(1), Float32Array.of(2)];
  assert.deepEqual(prefixed("x.", { a, b }), { "x.a": a, "x.b": b });
  assert.deepEqual(under("x.", { "x.a": a, "y.b": b, "b.x.": b }), { a });
});

Deno.test("a state in another is read again from wherever it lies", () => {
  const bytes = nestState({ round: 2 }, Uint8Array.of(7, 8));
  assert.deepEqual([...bytes], [...withLength('{"round":2}'), 7, 8]);
  const within = Uint8Array.from([9, ...bytes]).subarray(1);
  assert.deepEqual(unnestState(within), { outer: { round: 2 }, inner: Uint8Array.of(7, 8) });
});
