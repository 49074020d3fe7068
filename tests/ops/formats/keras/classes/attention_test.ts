import assert from "node:assert/strict";
import {
  additiveAttention,
  attention,
  byHeads,
} from "../../../../../ops/formats/keras/classes/attention.ts";
import { lines, reading, weight } from "./one_reading.ts";
import { assertAnswers, singles } from "../support/saved.ts";

for (const name of singles(/Attention/)) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

Deno.test("what an attention cannot do here is refused", () => {
  const of = (config: object, count = 2) => reading(config, Array(count).fill([3, 4])).of;
  assert.throws(() => attention(of({}, 4)), /masks cannot be read, only queries, values and keys/);
  assert.throws(() => attention(of({ "score_mode": "x" })), /its score_mode x cannot be read/);
  assert.throws(() => additiveAttention(of({})), /the file has no weight `scale` for it/);
  assert.throws(() => byHeads(of({}), 2), /the file has no weight `query\/kernel` for it/);
  assert.throws(() => byHeads(reading({}, [[2, 3, 4]]).of, 2), /it can read sequences alone/);
});

Deno.test("scores that are scaled are so by a layer of its own, before their activation or softmax", () => {
  const weights = { scale: weight([1], 2), "concat_score_weight": weight([1], 3) };
  const read = (config: object, scale = weights.scale) => {
    const { of, added } = reading(config, [[2, 4], [3, 4]], { ...weights, scale });
    assert.equal(attention(of), "a");
    return added;
  };
  const scaled = { "use_scale": true };
  const dot = read(scaled);
  assert.deepEqual(lines(dot), [
    "a.products dot < x0 x1",
    "a.scores function < a.products",
    "a.shares softmax < a.scores",
    "a dot < a.shares x1",
  ]);
  const concat = { "score_mode": "concat" };
  const sums = read({ ...concat, ...scaled });
  assert.deepEqual(lines(sums), [
    "a.keys reshape < x1",
    "a.queries reshape < x0",
    "a.sums combine < a.queries a.keys",
    "a.scaled function < a.sums",
    "a.bent activation < a.scaled",
    "a.weighed conv < a.bent",
    "a.scores reshape < a.weighed",
    "a.shares softmax < a.scores",
    "a dot < a.shares x1",
  ]);
  for (const layer of [dot[1]![0], sums[3]![0]]) {
    const { kind, function: name, parameters } = layer as unknown as Record<string, unknown>;
    assert.deepEqual([kind, name, parameters], ["function", "scale", [2, 0]]);
  }
  assert.deepEqual(sums[5]![1], { kernel: weight([1, 1, 4, 1], 3, 3, 3, 3) });
  const without = (config: object, scale?: typeof weights.scale) =>
    lines(read(config, scale)).filter((line) => line.includes(" function "));
  assert.deepEqual([without({}), without(concat), without(scaled, weight([1], 1))], [[], [], []]);
});

Deno.test("what a mask hides is scored low, and queries that it hides take nothing", () => {
  const read = (masks: readonly (string | undefined)[]) => {
    const hidden: unknown[] = [];
    const { of, added } = reading({}, [[2, 4], [3, 4], [3]], {}, {
      inputs: ["x0", "x1"],
      masks,
      hides: (mask) => void hidden.push(mask),
    });
    assert.equal(attention(of), "a");
    assert.deepEqual(hidden, [masks[0]]);
    return added;
  };
  const values = read([undefined, "x2"]);
  assert.deepEqual(lines(values), [
    "a.products dot < x0 x1",
    "a.kept function < x2",
    "a.low function < a.kept",
    "a.low.row reshape < a.low",
    "a.seen combine < a.products a.low.row",
    "a.shares softmax < a.seen",
    "a dot < a.shares x1",
  ]);
  const low = values[2]![0] as unknown as Record<string, unknown>;
  assert.deepEqual([low.function, low.parameters], ["scale", [1e9, -1e9]]);
  assert.deepEqual((values[3]![0] as unknown as Record<string, unknown>).shape, [1, 3]);
});
