import assert from "node:assert/strict";
import {
  channelRule,
  type ChannelTies,
  flatChannels,
  tiedInputs,
  tiedParts,
} from "../../../../ops/model/kinds/channels.ts";

function recorded(): ChannelTies & { readonly pairs: [number, number][] } {
  const pairs: [number, number][] = [];
  return {
    pairs,
    fresh: (count) => Int32Array.from({ length: count }, (_, i) => 100 + i),
    tie: (one, other) => pairs.push([one, other]),
    fix: (channels) => channels,
  };
}

const flow = <L>(layer: L, ...inputs: number[][]) => ({
  layer,
  inputs: inputs.map((each) => Int32Array.from(each)),
  shapes: inputs.map((each) => [each.length]),
  output: [inputs[0]!.length],
  ties: recorded(),
});

Deno.test("by itself a layer hands on the channels of its first input, and no weight follows", () => {
  const rule = channelRule<{ size: number }>({});
  assert.deepEqual([...rule.pass(flow({ size: 3 }, [4, 5], [6, 7]))], [4, 5]);
  assert.deepEqual(rule.resize({ size: 3 }, 1), { size: 3 });
  assert.deepEqual([rule.weights, rule.writes, rule.carries], [{}, undefined, false]);
});

Deno.test("a layer that writes has as many fresh channels as its attribute counts, and is cut by it", () => {
  const rule = channelRule<{ size: number; other: string }>({ writes: "size" });
  const layer = { size: 2, other: "stays" };
  assert.deepEqual([...rule.pass(flow(layer, [4, 5, 6]))], [100, 101]);
  assert.deepEqual(rule.resize(layer, 1), { size: 1, other: "stays" });
  assert.equal(rule.writes, "size");
});

Deno.test("channels of several inputs go together, place by place", () => {
  const each = flow({}, [1, 2], [3, 4], [5, 6]);
  assert.deepEqual([...tiedInputs(each)], [1, 2]);
  assert.deepEqual(each.ties.pairs, [[1, 3], [2, 4], [1, 5], [2, 6]]);
});

Deno.test("equal parts lose the same places", () => {
  const ties = recorded();
  assert.equal(tiedParts(Int32Array.of(1, 2, 3, 4, 5, 6), 3, ties), 2);
  assert.deepEqual(ties.pairs, [[1, 1], [2, 2], [1, 3], [2, 4], [1, 5], [2, 6]]);
});

Deno.test("of an image in a row each pixel brings all channels", () => {
  assert.deepEqual([...flatChannels(Int32Array.of(7, 8), [2, 1, 2])], [7, 8, 7, 8]);
});
