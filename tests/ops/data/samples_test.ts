import assert from "node:assert/strict";
import { stored } from "../stored.ts";
import { runContext } from "../run_context.ts";
import { heldValues } from "../../../ops/data/dataset.ts";
import { isStored } from "../../../engine/pack.ts";
import { labelPlace, takePart, takeSamples } from "../../../ops/data/samples.ts";

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

Deno.test("taking the only sample gives the samples as they were", () => {
  const one = { count: 1, input: [2], x: Uint8Array.of(3, 4), y: Int32Array.of(7) };
  assert.deepEqual(takeSamples(one, [0]), one);
});

Deno.test("rows of a file are taken as those of an array are, into a file where they are many", async () => {
  const x = Uint8Array.from({ length: 3 * 40_000 }, (_, i) => i % 251);
  const part = { count: 3, x, y: Int32Array.of(7, 8, 9) };
  const context = runContext({ memory: 0, spills: true });
  const expected = await takePart(part, [2, 0], context);
  assert.deepEqual(expected.x, Uint8Array.of(...x.subarray(80_000), ...x.subarray(0, 40_000)));
  assert.deepEqual([...expected.y!], [9, 7]);
  const taken = await takePart({ ...part, x: stored(x) }, [2, 0], context);
  assert.equal(isStored(taken.x), true);
  assert.deepEqual({ ...taken, x: heldValues(taken.x) }, expected);
  const few = await takePart({ ...part, x: stored(x), y: null }, [1], context);
  assert.deepEqual(few, { count: 1, x: x.slice(40_000, 80_000), y: null });
});

Deno.test("a label is found in a part of its own, by its line or its place", () => {
  const part = (y: number[]) => ({
    count: y.length,
    input: [0],
    x: new Float32Array(),
    y: Int32Array.from(y),
  });
  const test = { ...part([4, 5, 5]), lines: Int32Array.of(2, 3, 7) };
  const loaded = { train: part([5]), validation: part([4, 5]), test };
  assert.equal(labelPlace(loaded, "test", 5), " (line 3)");
  assert.equal(labelPlace(loaded, "validation", 4), " (the one at 0)");
  assert.equal(labelPlace(loaded, "validation", 5), " (the one at 1)");
  assert.equal(labelPlace(loaded, "test", 6), "");
  assert.equal(labelPlace(loaded, "train", 5), "");
  assert.equal(labelPlace({ train: part([5]) }, "test", 5), "");
});
