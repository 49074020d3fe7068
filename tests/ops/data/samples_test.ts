import assert from "node:assert/strict";
import { takeSamples } from "../../../ops/data/samples.ts";

Deno.test("samples are taken with all of their numbers and answers, in the order asked for", () => {
  const samples = {
    count: 3,
    input: [2],
    x: Uint8Array.of(0, 1, 10, 11, 20, 21),
    y: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5),
    kinds: 4,
  };
  assert.deepEqual(takeSamples(samples, [2, 0, 2]), {
    count: 3,
    input: [2],
    x: Uint8Array.of(20, 21, 0, 1, 20, 21),
    y: Float32Array.of(2, 2.5, 0, 0.5, 2, 2.5),
    kinds: 4,
  });
  assert.deepEqual(takeSamples({ ...samples, y: null }, []).x, new Uint8Array());
  assert.equal(takeSamples({ ...samples, y: null }, [1]).y, null);
  const empty = { count: 0, input: [2], x: new Float32Array(), y: new Int32Array() };
  assert.deepEqual(takeSamples(empty, []), empty);
});

Deno.test("of one sample all is taken", () => {
  const one = { count: 1, input: [2], x: Uint8Array.of(3, 4), y: Int32Array.of(7) };
  assert.deepEqual(takeSamples(one, [0]), one);
});
