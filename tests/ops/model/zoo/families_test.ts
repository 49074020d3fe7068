/** The families of the zoo: what a recipe may say of each, and that what they make is sound. */
import assert from "node:assert/strict";
import { unsoundAttribute } from "../../../../ops/model/kinds/check.ts";
import { SMALL_IMAGE } from "../../../../ops/model/zoo/family.ts";
import { families } from "../../../../ops/model/zoo/families.ts";
import { assertListed } from "../../../listed.ts";
import { told } from "../../told.ts";
import { zooNetworks } from "../../zoo_networks.ts";

Deno.test("each family has its options, their limits, and what they are where nothing is said", () => {
  const units = "integer ≥ 1 ≤ 1000000";
  const layers = (preset = "") => `list of ${units}${preset}`;
  const width = "number > 0 ≤ 16 = 1";
  const dropout = "number ≥ 0 < 1 = 0";
  const tokens = { "vocabulary?": units };
  const depth = (least: number, most: number, preset = "") =>
    `integer ≥ ${least} ≤ ${most}${preset}`;
  const image = `3 or more ${units} = [28,28,1]`;
  assertListed(
    Object.fromEntries(
      Object.entries(families).map(([name, { options }]) => [name, told(options)]),
    ),
    {
      mlp: { hidden: layers(), dropout },
      ...{ "lenet-300-100": {}, lenet5: {} },
      cnn: { filters: layers(), dense: layers(" = []"), dropout },
      "plain-cnn": { depth: depth(2, 10), width },
      vgg: { depth: depth(8, 19), width },
      resnet: { depth: depth(8, 2000), width },
      "resnet-imagenet": { depth: depth(18, 152), width, version: '1.5 | 1 = "1.5"' },
      "wide-resnet": { depth: depth(10, 2000), widen: "integer ≥ 1 ≤ 16 = 1", dropout },
      "mobilenet-v1": { depth: depth(1, 13, " = 13"), width },
      "mobilenet-v2": { depth: depth(1, 17, " = 17"), width, "conventions?": "torchvision" },
      "mobilenet-v3": { size: 'small | large = "small"', width },
      squeezenet: { width, dropout },
      "shufflenet-v2": { width: "number ≥ 0.5 ≤ 2 = 1" },
      "text-cnn": {
        ...{ embedding: units, filters: units, kernels: layers(" = [3,4,5]"), ...tokens },
        ...{ dense: layers(" = []"), dropout },
      },
      "char-lstm": {
        ...{ embedding: units, units, depth: depth(1, 2000, " = 1"), dropout, ...tokens },
        answer: 'each | last = "each"',
      },
      bert: {
        ...{ depth: depth(1, 2000), hidden: units, heads: units, "feedforward?": units },
        ...{ dropout, ...tokens, "padding?": "integer ≥ 0 ≤ 1000000" },
        ...{ "pooler?": "tanh | relu | none", "pooling?": "first | mean" },
      },
      cvae: { latent: `${units} = 8`, filters: layers(" = [32,16]"), width },
      "vae-decoder": { filters: layers(" = [32,16]"), width, image },
      "dcgan-generator": { filters: layers(" = [64,32]"), width, image },
      "dcgan-discriminator": { filters: layers(" = [32,64]"), width },
    },
  );
  const described = JSON.parse(JSON.stringify(families)) as Record<
    string,
    { options: { description: string } }
  >;
  for (const [name, { options }] of Object.entries(described)) assert.ok(options.description, name);
  assert.equal(SMALL_IMAGE, 64);
});

Deno.test("lists of layers have one at least, and no more than a network may have", () => {
  const bounds = (name: "mlp" | "cnn", option: string) => {
    const { minItems, maxItems } =
      JSON.parse(JSON.stringify(families[name].options)).properties[option];
    return [minItems, maxItems];
  };
  assert.deepEqual(bounds("mlp", "hidden"), [1, 2000]);
  assert.deepEqual(bounds("cnn", "filters"), [1, 2000]);
});

Deno.test("a network is named after its family, with a variant behind a comma; its layers' attributes are those of their kinds", () => {
  for (const [name, network] of Object.entries(zooNetworks)) {
    assert.equal(network.family, name.split(", ")[0]);
    for (const layer of network.layers) {
      assert.equal(unsoundAttribute(layer), undefined, `${name} ${layer.name}`);
    }
  }
});

Deno.test("what reads images refuses numbers, and names the families that read those", () => {
  const images = [
    "cnn",
    "lenet5",
    "plain-cnn",
    "vgg",
    "resnet",
    "resnet-imagenet",
    "wide-resnet",
    "mobilenet-v1",
  ] as const;
  const options = { filters: [1], dense: [], dropout: 0, depth: 8, width: 1, widen: 1 };
  for (const name of images) {
    const build = families[name].build as (
      input: readonly number[],
      outputs: number,
      of: object,
    ) => unknown;
    assert.throws(() => build([7], 3, options), {
      name: "RangeError",
      message: new RegExp(
        `^${name} reads images \\[height, width, channels\\]; the input is 7 ` +
          "\\(mlp reads numbers; text-cnn, char-lstm and bert read text\\)$",
      ),
    });
    assert.throws(() => build([7, 7], 3, options), /the input is 7×7$/, name);
  }
});
