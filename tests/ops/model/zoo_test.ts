import assert from "node:assert/strict";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Architecture } from "../../../ops/model/model.ts";
import { cnn, lenet5 } from "../../../ops/model/zoo/cnn.ts";
import { cvae, vaeDecoder } from "../../../ops/model/zoo/cvae.ts";
import { dcganDiscriminator, dcganGenerator } from "../../../ops/model/zoo/dcgan.ts";
import { lenet300, mlp } from "../../../ops/model/zoo/mlp.ts";
import { mobilenetV1 } from "../../../ops/model/zoo/mobilenet_v1.ts";
import { mobilenetV2 } from "../../../ops/model/zoo/mobilenet_v2.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import { shufflenetV2 } from "../../../ops/model/zoo/shufflenet_v2.ts";
import { squeezenet } from "../../../ops/model/zoo/squeezenet.ts";
import { plainCnn, vgg } from "../../../ops/model/zoo/stacked.ts";
import { wideResnet } from "../../../ops/model/zoo/wide_resnet.ts";

const digits = [28, 28, 1];
const facts = (architecture: Architecture) =>
  modelFacts(architecture, { learned: false, established: {} });
const parameters = (architecture: Architecture) => facts(architecture).parameters;

Deno.test("the perceptrons and plain networks have the published counts", () => {
  // Han et al. 2015, table 1: 267K and 431K.
  assert.equal(parameters(lenet300.build(digits, 10, {})), 266_610);
  assert.equal(parameters(lenet5.build(digits, 10, {})), 431_080);
  const teacher = cnn.build(digits, 10, { filters: [32, 64], dense: [128], dropout: 0 });
  assert.equal(parameters(teacher), 421_642);
});

Deno.test("MobileNet v1 has the published parameters and MACs at every width", () => {
  const image = [224, 224, 3];
  const at = (width: number) => facts(mobilenetV1.build(image, 1000, { depth: 13, width }));
  assert.equal(at(1).parameters, 4_253_864);
  assert.equal(at(1).macs, 568_740_352);
  assert.equal(at(0.75).parameters, 2_601_976);
  assert.equal(at(0.5).parameters, 1_342_536);
  assert.equal(at(0.25).parameters, 475_544);
});

Deno.test("a MobileNet for digits keeps their size in the stem", () => {
  const student = facts(mobilenetV1.build(digits, 10, { depth: 6, width: 0.5 }));
  assert.equal(student.parameters, 75_082);
  const shape = (name: string) => student.layers!.find((layer) => layer.name === name)!.shape;
  assert.deepEqual(shape("stem"), [28, 28, 16]);
  assert.deepEqual(shape("block2.depthwise"), [14, 14, 32]);
  assert.deepEqual(shape("block6.pointwise.norm"), [4, 4, 256]);
});

Deno.test("residual networks have the published counts, which leave moving statistics out", () => {
  const published = { 8: 78_042, 20: 272_474, 32: 466_906, 56: 855_770, 110: 1_730_714 };
  for (const [depth, count] of Object.entries(published)) {
    assert.equal(trained(resnet.build([32, 32, 3], 10, { depth: Number(depth), width: 1 })), count);
  }
});

Deno.test("MobileNet v2 has the published parameters and MACs at every width", () => {
  const at = (width: number) => facts(mobilenetV2.build([224, 224, 3], 1000, { depth: 17, width }));
  assert.equal(at(1).parameters, 3_538_984);
  assert.equal(at(1).macs, 300_774_272);
  assert.equal(at(1.4).parameters, 6_156_712);
  assert.equal(at(0.35).parameters, 1_691_208);
});

Deno.test("wide residual networks have the parameters that their authors' releases count", () => {
  const small = (depth: number, widen: number) =>
    trained(wideResnet.build([32, 32, 3], 10, { depth, widen, dropout: 0 }));
  assert.equal(small(28, 10), 36_479_194);
  assert.equal(small(40, 2), 2_243_546);
  assert.equal(small(16, 2), 691_674);
});

Deno.test("VGG for small images has the published parameters less the biases before batch normalisation", () => {
  const sixteen = vgg.build([32, 32, 3], 10, { depth: 16, width: 1 });
  // 14,728,266 in the widely used release, whose 13 convolutions have a bias for each of their 4,224 channels.
  assert.equal(trained(sixteen), 14_728_266 - 4_224);
});

Deno.test("SqueezeNet 1.1 has the published parameters", () => {
  const network = squeezenet.build([224, 224, 3], 1000, { width: 1, dropout: 0.5 });
  assert.equal(parameters(network), 1_235_496);
});

Deno.test("ShuffleNet v2 has the parameters of the published releases at every width", () => {
  const at = (width: number) => trained(shufflenetV2.build([224, 224, 3], 1000, { width }));
  assert.deepEqual([0.5, 1, 1.5, 2].map(at), [1_366_792, 2_278_604, 3_503_624, 7_393_996]);
});

Deno.test("the plain networks of the assistants' paper count as by hand", () => {
  // 3·3·3·16 and 3·3·16·16 weights, two norms of 16, 8·8·16 features into 10 classes.
  const two = plainCnn.build([32, 32, 3], 10, { depth: 2, width: 1 });
  assert.equal(trained(two), 432 + 2304 + 2 * 32 + 10_240 + 10);
  // 2·2·256 features into 128, and 128 into 10.
  const ten = plainCnn.build([32, 32, 3], 10, { depth: 10, width: 1 });
  const dense = facts(ten).layers!.filter((layer) => layer.type === "dense");
  assert.deepEqual(dense.map((layer) => layer.parameters), [1024 * 128 + 128, 1290]);
});

/** Parameters without BatchNorm's moving statistics, half of its four vectors, as most papers count. */
function trained(architecture: Architecture): number {
  const { parameters, layers } = facts(architecture);
  const norms = layers!.filter((layer) => layer.type === "batchnorm");
  return parameters! - norms.reduce((sum, layer) => sum + layer.parameters / 2, 0);
}

Deno.test("names of layers are those of the language", () => {
  const names = (architecture: Architecture) => architecture.layers.map((layer) => layer.name);
  assert.deepEqual(names(mlp.build(digits, 10, { hidden: [5, 4], dropout: 0.5 })), [
    "flatten",
    "dense1",
    "dense1.dropout",
    "dense2",
    "dense2.dropout",
    "head.dense",
  ]);
  assert.deepEqual(names(mlp.build([16], 26, { hidden: [5], dropout: 0 })), [
    "dense1",
    "head.dense",
  ]);
  assert.deepEqual(names(cnn.build(digits, 10, { filters: [2], dense: [], dropout: 0 })), [
    "conv1",
    "conv1.pool",
    "head.flatten",
    "head.dense",
  ]);
  const residual = names(resnet.build([32, 32, 3], 10, { depth: 8, width: 1 }));
  assert.deepEqual(residual.slice(0, 7), [
    "stem",
    "stem.norm",
    "stage1.block1.conv1",
    "stage1.block1.conv1.norm",
    "stage1.block1.conv2",
    "stage1.block1.conv2.norm",
    "stage1.block1.add",
  ]);
  const shortcuts = residual.filter((name) => name.endsWith(".shortcut"));
  assert.deepEqual(shortcuts, ["stage2.block1.shortcut", "stage3.block1.shortcut"]);
  assert.deepEqual(residual.slice(-2), ["head.pool", "head.dense"]);
  const separable = names(mobilenetV1.build(digits, 10, { depth: 1, width: 1 }));
  assert.deepEqual(separable.slice(2, 6), [
    "block1.depthwise",
    "block1.depthwise.norm",
    "block1.pointwise",
    "block1.pointwise.norm",
  ]);
});

Deno.test("an option that cannot be is a sentence", () => {
  const build = (depth: number, width: number) => resnet.build([32, 32, 3], 10, { depth, width });
  assert.throws(() => build(18, 1), /depth of a resnet is 6n \+ 2 .*; this is 18/);
  assert.throws(() => build(8, 0.01), /width 0.01 leaves none of 16 channels/);
  const stacked = () => vgg.build([32, 32, 3], 10, { depth: 12, width: 1 });
  assert.throws(stacked, /depth of a vgg is one of 8, 11, 13, 16, 19; this is 12/);
  const between = () => shufflenetV2.build([32, 32, 3], 10, { width: 0.75 });
  assert.throws(between, /width of a shufflenet-v2 is one of .*; this is 0.75/);
  const wide = () => wideResnet.build([32, 32, 3], 10, { depth: 18, widen: 1, dropout: 0 });
  assert.throws(wide, /depth of a wide-resnet is 6n \+ 4 .*; this is 18/);
  assert.throws(() => lenet5.build([784], 10, {}), /lenet5 reads images .*; the input is 784/);
});

Deno.test("a conditional autoencoder has the parameters and shapes that its layers add up to", () => {
  const options = { filters: [32, 16], width: 1 };
  const whole = cvae.build(digits, 10, { ...options, latent: 8 });
  const encoder = (16 * 16 + 16) + (16 * 16 * 32 + 32) + 2 * (1578 * 8 + 8);
  const decoder = (18 * 1568 + 1568) + (16 * 32 * 16 + 16) + (16 * 16 + 1);
  assert.equal(parameters(whole), encoder + decoder);
  const half = vaeDecoder.build([8], 10, { ...options, image: digits });
  assert.equal(parameters(half), decoder);
  const named = (of: Architecture) =>
    of.layers.map(({ name }) => name).filter((name) => name.startsWith("decoder."));
  assert.deepEqual(named(whole), named(half));
  assert.deepEqual(facts(half).layers!.at(-1)!.shape, digits);
  // Dense: inputs × units; transposed: 4·4 · in · out · positions that are read.
  assert.equal(facts(half).macs, 18 * 1568 + 16 * 32 * 16 * 49 + 16 * 16 * 196);
  assert.deepEqual(vaeDecoder.build([8], 1, { ...options, image: digits }).inputs.length, 1);
});

Deno.test("DCGAN's two networks have the parameters that their layers add up to", () => {
  const generator = dcganGenerator.build([16], 10, { filters: [64, 32], width: 1, image: digits });
  const norms = 4 * (64 + 32);
  assert.equal(trained(generator) + norms / 2, parameters(generator));
  assert.equal(parameters(generator), 26 * 3136 + 16 * 64 * 32 + (16 * 32 + 1) + norms);
  const discriminator = dcganDiscriminator.build(digits, 10, { filters: [32, 64], width: 1 });
  const label = 10 * 784 + 784;
  const convolutions = (16 * 2 * 32 + 32) + 16 * 32 * 64 + 4 * 64;
  assert.equal(parameters(discriminator), label + convolutions + 3136 + 1);
  assert.deepEqual(facts(discriminator).layers!.at(-1)!.shape, [1]);
});

Deno.test("images that cannot be halved so often are refused", () => {
  const build = () =>
    vaeDecoder.build([2], 1, { filters: [4, 4, 4], width: 1, image: [28, 28, 1] });
  assert.throws(build, /3 filters double a map 3 times, and 28×28 is not 8 times a whole map/);
});
