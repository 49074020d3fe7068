/** The page's own arithmetic against plain loops that share nothing with it, on the networks of the zoo. */
import assert from "node:assert/strict";
import { inferenceModel } from "../../../../ops/formats/inference_model.ts";
import { encodePacked } from "../../../../ops/formats/packed/packed.ts";
import { unpack } from "../../../../ops/formats/packed/unpack.js";
import { layers, logitsOf, runs, shares, softmax } from "../../../../ops/formats/page/run.js";
import type { Model } from "../../../../ops/model/model.ts";
import { livelyModel, noise } from "../../lively_model.ts";
import { plainLogits } from "../../plain_forward.ts";
import { zooNetworks } from "../../zoo_networks.ts";

const how = { coding: "huffman", indices: "relative", indexBits: 5, shapes: true } as const;

/** The page's logits and those of plain loops, of one sample. */
async function both(model: Model, index: number) {
  const { weights } = await unpack(encodePacked(model, how));
  const x = noise(model, 2, index);
  return { page: logitsOf(model, weights, [...x[0]!.data]), plain: plainLogits(model, x) };
}

/** Families that a page runs, and those whose layers or inputs are others. */
const others = ["char-lstm", "cvae", "vae-decoder", "dcgan-generator"];

for (const [name, network] of Object.entries(zooNetworks)) {
  const model = inferenceModel(livelyModel(network));
  if (others.includes(network.family)) {
    Deno.test(`${name} is not run in a page`, () => assert.equal(runs(model), false));
    continue;
  }
  Deno.test(`${name} answers in a page as plain loops do`, async () => {
    assert.equal(runs(model), true);
    for (const index of [0, 1]) {
      const { page, plain } = await both(model, index);
      assert.equal(page.length, plain.length);
      const largest = Math.max(...plain.map(Math.abs));
      page.forEach((value: number, i: number) =>
        assert.ok(Math.abs(value - plain[i]!) <= 2e-6 * largest, `${value}, not ${plain[i]}`)
      );
    }
  });
}

Deno.test("a model of two inputs, of two outputs, or with a function of others is not run", () => {
  const model = livelyModel(zooNetworks.mlp!);
  const twice = [...model.inputs, ...model.inputs];
  assert.equal(runs({ ...model, inputs: twice }), false);
  assert.equal(runs({ ...model, outputs: ["a", "b"] }), false);
  const bent = { kind: "function", function: "selu", name: "f", inputs: ["x"], parameters: [] };
  assert.equal(runs({ ...model, layers: [...model.layers, bent] }), false);
  assert.equal(runs({ ...model, layers: [{ ...bent, function: "swish" }] }), true);
});

const x = (shape: readonly number[], ...data: number[]) => ({
  shape,
  data: Float64Array.from(data),
});
type Layer = (layer: object, inputs: object[], weight?: (role: string) => unknown) => {
  shape: number[];
  data: Float64Array;
};
const layer = (kind: string): Layer => (layers as unknown as Record<string, Layer>)[kind]!;

Deno.test("layers that no network above has give what their definitions say", () => {
  const window = { size: [2, 2], strides: [2, 2], padding: "same", dilations: [1, 1] };
  const image = x([3, 1, 1], 1, 2, 4);
  assert.deepEqual([...layer("average-pool")(window, [image]).data], [1.5, 4]);
  assert.deepEqual([...layer("max-pool")(window, [image]).data], [2, 4]);
  assert.deepEqual([...layer("global-max-pool")({}, [x([2, 1, 2], 1, 5, 3, 2)]).data], [3, 5]);
  const padded = layer("pad")({ amounts: [[1, 0], [0, 1]] }, [x([1, 2, 1], 7, 8)]);
  assert.deepEqual([padded.shape, [...padded.data]], [[2, 3, 1], [0, 0, 0, 7, 8, 0]]);
  assert.deepEqual(layer("reshape")({ shape: [-1, 2] }, [x([6], 1, 2, 3, 4, 5, 6)]).shape, [3, 2]);
  const shares = layer("softmax")({ log: false }, [x([2], 0, Math.log(3))]).data;
  assert.ok(Math.abs(shares[0]! - 0.25) < 1e-12);
  const logs = layer("softmax")({ log: true }, [x([2], 0, Math.log(3))]).data;
  assert.ok(Math.abs(logs[0]! - Math.log(0.25)) < 1e-12);
  const mean = layer("token-mean")({}, [x([2, 1], 1, 5), x([2], 0, 3)]);
  assert.deepEqual([...mean.data], [5]);
  assert.deepEqual([...layer("token-mean")({}, [x([2, 1], 1, 5), x([2], 0, 0)]).data], [3]);
});

Deno.test("values of several shapes are combined, and channels taken and dealt", () => {
  const [a, b] = [x([2, 1, 2], 1, 2, 3, 4), x([1, 1, 2], 10, 2)];
  const by = (name: string) => [...layer("combine")({ by: name }, [a, b]).data];
  assert.deepEqual(by("product"), [10, 4, 30, 8]);
  assert.deepEqual(by("sum"), [11, 4, 13, 6]);
  assert.deepEqual(by("difference"), [-9, 0, -7, 2]);
  assert.deepEqual(by("maximum"), [10, 2, 10, 4]);
  assert.deepEqual(by("minimum"), [1, 2, 3, 2]);
  const four = x([1, 1, 4], 1, 2, 3, 4);
  assert.deepEqual([...layer("split")({ parts: 2, part: 1 }, [four]).data], [3, 4]);
  assert.deepEqual([...layer("shuffle")({ groups: 2 }, [four]).data], [1, 3, 2, 4]);
});

Deno.test("a softmax of large logits is that of their differences", () => {
  const shares = softmax([1000, 1000 + Math.log(3)]);
  assert.ok(Math.abs(shares[1]! - 0.75) < 1e-9);
});

Deno.test("answers are shares of all classes, or each label's own", () => {
  const logits = Float64Array.of(0, Math.log(3));
  const close = (found: Float64Array, wanted: readonly number[]) =>
    found.forEach((each, i) => assert.ok(Math.abs(each - wanted[i]!) < 1e-12, `${found}`));
  close(shares(logits, "softmax"), [0.25, 0.75]);
  close(shares(logits, "none"), [0.25, 0.75]);
  close(shares(logits, "sigmoid"), [0.5, 0.75]);
});
