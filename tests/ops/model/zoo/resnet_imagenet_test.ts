import assert from "node:assert/strict";
import { resnetImagenet } from "../../../../ops/model/zoo/resnet_imagenet.ts";
import { facts, names, trained } from "./counts.ts";

const PHOTO = [224, 224, 3];
const build = (depth: number, version: "1" | "1.5" = "1.5", input = PHOTO) =>
  resnetImagenet.build(input, 1000, { depth, width: 1, version });
const shapes = (...of: Parameters<typeof build>) =>
  new Map(facts(build(...of)).layers!.map(({ name, shape }) => [name, shape]));

Deno.test("parameters and MACs are those that torchvision publishes for its weights", () => {
  // `num_params` and `_ops`, thousand millions of MACs, of torchvision.models.ResNet18_Weights …
  const published = {
    18: [11_689_512, 1.814],
    34: [21_797_672, 3.664],
    50: [25_557_032, 4.089],
    101: [44_549_160, 7.801],
    152: [60_192_808, 11.514],
  };
  for (const [depth, [count, macs]] of Object.entries(published)) {
    const built = build(Number(depth));
    assert.equal(trained(built), count);
    assert.equal((facts(built).macs! / 1e9).toFixed(3), macs!.toFixed(3));
  }
});

Deno.test("the paper's networks stride in the first convolution of a block, which is less work", () => {
  // He et al. 2016, table 1, thousand millions of multiply-adds, some of them rounded down.
  const published = { 18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3 };
  for (const [depth, macs] of Object.entries(published)) {
    const exact = facts(build(Number(depth), "1")).macs! / 1e9;
    assert.ok(Math.abs(exact - macs) < 0.07, `${depth}: ${exact}`);
  }
  const [paper, torch] = [shapes(50, "1"), shapes(50)];
  assert.deepEqual(paper.get("stage2.block1.conv1"), [28, 28, 128]);
  assert.deepEqual(torch.get("stage2.block1.conv1"), [56, 56, 128]);
  for (const found of [paper, torch]) {
    assert.deepEqual(found.get("stage2.block1.conv2"), [28, 28, 128]);
    assert.deepEqual(found.get("stage4.block3.add"), [7, 7, 2048]);
  }
});

Deno.test("a block of three has a shortcut from the first stage on, a block of two from the second", () => {
  const shortcuts = (depth: number) =>
    names(build(depth)).filter((name) => name.endsWith(".shortcut"));
  const later = ["stage2.block1.shortcut", "stage3.block1.shortcut", "stage4.block1.shortcut"];
  assert.deepEqual(shortcuts(18), later);
  assert.deepEqual(shortcuts(50), ["stage1.block1.shortcut", ...later]);
  assert.deepEqual(names(build(50)).slice(0, 14), [
    ...["stem", "stem.norm", "stem.zeros", "stem.pool"],
    ...["stage1.block1.conv1", "stage1.block1.conv1.norm"],
    ...["stage1.block1.conv2", "stage1.block1.conv2.norm"],
    ...["stage1.block1.conv3", "stage1.block1.conv3.norm"],
    ...["stage1.block1.shortcut", "stage1.block1.shortcut.norm"],
    ...["stage1.block1.add", "stage1.block2.conv1"],
  ]);
});

Deno.test("a small image keeps its size up to the second stage", () => {
  const small = shapes(18, "1.5", [63, 80, 3]);
  assert.deepEqual(small.get("stage1.block1.conv1"), [63, 80, 64]);
  assert.equal(small.get("stem.pool"), undefined);
  assert.deepEqual(shapes(18, "1.5", [64, 64, 3]).get("stage1.block1.conv1"), [16, 16, 64]);
});

Deno.test("windows that stride have as many zeros on either side, and variances get 1e-5", () => {
  const layers = new Map(build(50).layers.map((layer) => [layer.name, layer]));
  const padding = (name: string) => (layers.get(name) as { padding?: unknown }).padding;
  assert.deepEqual(padding("stem"), [[3, 3], [3, 3]]);
  assert.deepEqual(padding("stage2.block1.conv2"), [[1, 1], [1, 1]]);
  assert.equal(padding("stage2.block1.shortcut"), "same");
  const epsilons = new Set(
    [...layers.values()].flatMap((layer) => layer.kind === "batchnorm" ? [layer.epsilon] : []),
  );
  assert.deepEqual([...epsilons], [1e-5]);
});

Deno.test("another depth and what is no image are refused", () => {
  assert.throws(() => build(20), /one of 18, 34, 50, 101, 152; this is 20$/);
  assert.throws(() => build(18, "1.5", [7]), /resnet-imagenet reads images/);
});
