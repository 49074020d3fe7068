import assert from "node:assert/strict";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Architecture } from "../../../ops/model/model.ts";
import { charLstm } from "../../../ops/model/zoo/char_lstm.ts";
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
import { textCnn } from "../../../ops/model/zoo/text_cnn.ts";
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

Deno.test("text-cnn is Kim's network: a table of words, three sizes of filters, the largest of each", () => {
  const kim = {
    ...{ embedding: 300, filters: 100, kernels: [3, 4, 5], dense: [], dropout: 0.5 },
    vocabulary: 18_765,
  };
  const { layers, parameters, macs } = facts(textCnn.build([56], 2, kim));
  // 100 filters over 3, 4 and 5 words of 300 numbers, and 300 values to 2 classes.
  const filters = 100 * 300 * (3 + 4 + 5) + 300;
  assert.equal(parameters, 18_765 * 300 + filters + 300 * 2 + 2);
  assert.equal(macs, 100 * 300 * (3 * 54 + 4 * 53 + 5 * 52) + 300 * 2);
  assert.deepEqual(layers!.map(({ name }) => name), [
    ...["embedding", "image", "conv1", "conv1.pool", "conv2", "conv2.pool", "conv3", "conv3.pool"],
    ...["join", "join.dropout", "head.dense"],
  ]);
  const one = textCnn.build([9], 3, { ...kim, kernels: [3], dense: [7], dropout: 0 });
  assert.deepEqual(one.layers.map(({ name }) => name).slice(2), [
    ...["conv1", "conv1.pool", "dense1", "head.dense"],
  ]);
});

Deno.test("char-lstm has the counts of the published model, and answers at each place or the last", () => {
  const published = {
    ...{
      embedding: 128,
      units: 128,
      depth: 2,
      answer: "each",
      dropout: 0,
      vocabulary: 65,
    } as const,
  };
  const each = facts(charLstm.build([40], 65, published));
  assert.equal(each.parameters, 279_873);
  assert.deepEqual(each.layers!.at(-1)!.shape, [40, 65]);
  const last = charLstm.build([40], 5, { ...published, answer: "last", dropout: 0.2 });
  assert.deepEqual(facts(last).layers!.at(-1)!.shape, [5]);
  assert.deepEqual(last.layers.map(({ name }) => name), [
    ...["embedding", "lstm1", "lstm1.dropout", "lstm2", "lstm2.dropout", "head.dense"],
  ]);
});

Deno.test("families of text say what they read", () => {
  const options = {
    ...{ embedding: 4, filters: 2, kernels: [3], dense: [], dropout: 0, vocabulary: 9 },
  };
  assert.throws(
    () => textCnn.build([28, 28, 1], 2, options),
    /text-cnn reads tokens \[length\] of a vocabulary; the input is 28×28×1/,
  );
  assert.throws(
    () => facts(textCnn.build([2], 2, options)),
    /"conv1" \(conv\): its window 3×1 does not fit into 2×1/,
  );
});
