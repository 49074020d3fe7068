import assert from "node:assert/strict";
import type { Architecture } from "../../../../ops/model/model.ts";
import { vaeDecoder } from "../../../../ops/model/zoo/cvae.ts";
import {
  channelsAt,
  doubling,
  imageField,
  joined,
  labelInput,
  smallest,
} from "../../../../ops/model/zoo/generator.ts";
import { LARGEST } from "../../../../engine/op.ts";
import { shapeOf } from "../../declared.ts";
import { facts } from "./counts.ts";

Deno.test("images that cannot be halved so often are refused", () => {
  const build = () =>
    vaeDecoder.build([2], 1, { filters: [4, 4, 4], width: 1, image: [28, 28, 1] });
  assert.throws(build, /3 filters double a map 3 times, and 28×28 is not 8 times a whole map/);
});

Deno.test("the smallest map is the image halved once per layer, by height and width apart", () => {
  assert.deepEqual(smallest([24, 40, 3], 3), [3, 5]);
  assert.deepEqual(smallest([7, 9, 1], 0), [7, 9]);
  assert.throws(() => smallest([8, 12, 1], 3), /8×12 is not 8 times a whole map/);
});

Deno.test("an image is as large as one of MNIST where nothing is said", () => {
  assert.deepEqual(shapeOf(imageField), {
    ...{ type: "array", minItems: 3, maxItems: 3, default: [28, 28, 1] },
    items: { type: "integer", minimum: 1, maximum: LARGEST.units },
  });
});

Deno.test("nothing is joined to the latent numbers where there is one class or none to choose", () => {
  for (const conditions of [0, 1]) {
    assert.deepEqual(labelInput(conditions), []);
    assert.deepEqual(joined("both", "latent", conditions), { layers: [], last: "latent" });
  }
  assert.deepEqual(labelInput(2), [{ name: "label", shape: [2] }]);
  assert.deepEqual(joined("both", "latent", 2), {
    layers: [{ name: "both", kind: "concat", inputs: ["latent", "label"] }],
    last: "both",
  });
});

Deno.test("a doubling layer gives twice the height and width", () => {
  const layer = doubling("up", "input", 5, { bias: true, activation: "relu" });
  const architecture: Architecture = {
    ...{ family: "test", inputs: [{ name: "input", shape: [3, 4, 2] }] },
    ...{ layers: [layer], outputs: ["up"], head: "none" },
  };
  const { layers, parameters } = facts(architecture);
  assert.deepEqual(layers![0]!.shape, [6, 8, 5]);
  assert.equal(parameters, 4 * 4 * 2 * 5 + 5);
});

Deno.test("channels at a width are rounded down, each by itself", () => {
  assert.deepEqual(channelsAt([5, 10, 3], 0.5), [2, 5, 1]);
  assert.throws(() => channelsAt([8, 1], 0.5), /width 0.5 leaves none of 1 channels/);
});
