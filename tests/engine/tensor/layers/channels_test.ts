/** Parameters along the last axis: how many there must be, and what is said where there are not. */
import assert from "node:assert/strict";
import { assertChannels, channelsOf } from "../../../../engine/tensor/layers/channels.ts";
import type { Tensor } from "../../../../engine/tensor/mod.ts";

/** All that is read of a tensor. */
const shaped = (...shape: number[]) => ({ shape, rank: shape.length }) as unknown as Tensor;

Deno.test("the last axis gives the channels, and every parameter must be a vector of them", () => {
  assert.equal(channelsOf(shaped(2, 5, 3), { gamma: shaped(3), beta: shaped(3) }), 3);
  assert.equal(channelsOf(shaped(4), {}), 4);
  assert.throws(
    () => channelsOf(shaped(2, 3), { gamma: shaped(3), beta: shaped(4) }),
    { message: "Cannot normalise [2,3] with beta [4]: it must be [3]" },
  );
  assert.throws(
    () => channelsOf(shaped(2, 3), { gamma: shaped(3, 1) }),
    { message: "Cannot normalise [2,3] with gamma [3,1]: it must be [3]" },
  );
  assert.throws(
    () => channelsOf(shaped(), { gamma: shaped(1) }),
    { message: "Cannot normalise a scalar: it has no channels" },
  );
});

Deno.test("without a tensor the sentence counts the channels", () => {
  assertChannels(2, { mean: shaped(2) });
  assert.throws(
    () => assertChannels(2, { mean: shaped(2), variance: shaped(1) }),
    { message: "Cannot normalise 2 channels with variance [1]: it must be [2]" },
  );
});
