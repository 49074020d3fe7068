import assert from "node:assert/strict";
import { shippedOps } from "../../../engine/api/language.ts";
import type { Found } from "../../../engine/recipe/words/drafts.ts";
import { recipeOf } from "../../../engine/library/open_recipe.ts";
import { drafts } from "../../../ops/drafts/drafts.ts";
import type { Architecture, Model } from "../../../ops/model/model.ts";
import { assertListedInOrder } from "../../listed.ts";
import { zooNetworks } from "../zoo_networks.ts";

const modelOf = (structure: Architecture, rest: Partial<Model> = {}): Model => ({
  ...structure,
  weights: {},
  preprocess: null,
  classes: [],
  established: {},
  learned: true,
  quantization: null,
  ...rest,
});

const found = (model: Model): Found => ({
  from: "./net.h5",
  model,
  data: { use: "digits" },
  metrics: { metrics: {} } as Found["metrics"],
  doubts: [],
});

Deno.test("what is said of a model is its input, its outputs and its size", () => {
  // 7·8 + 8, 8·6 + 6, 6·3 + 3 parameters; as many products as kernels have.
  const net = modelOf(zooNetworks.mlp!);
  assert.equal(
    drafts.about(net),
    "a mlp model, input 7, 3 outputs, 139 parameters, 122 MACs",
  );
  const named = { ...net, classes: ["a", "b", "c"] };
  assert.match(drafts.about(named), /3 outputs, classes a b c, 139/);
  const read = { ...net, files: { format: "keras" } as Model["files"] };
  assert.match(drafts.about(read), /^a keras model, /);
  const letters = { ...net, files: { format: "onnx" } as Model["files"] };
  assert.match(drafts.about(letters), /^an onnx model, /);
  const ten = { ...net, classes: Array.from({ length: 10 }, (_, at) => `c${at}`) };
  assert.match(drafts.about(ten), /classes c0 c1 c2 c3 c4 c5 c6 c7 c8 c9, 139/);
  const many = { ...net, classes: Array.from({ length: 12 }, (_, at) => `c${at}`) };
  assert.match(drafts.about(many), /classes c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 …, 139/);
});

Deno.test("several inputs and outputs are named one after the other", () => {
  const { layers, inputs, outputs } = zooNetworks.mlp!;
  const model = modelOf({
    ...zooNetworks.mlp!,
    inputs: [...inputs, { name: "picture", shape: [8, 4, 3] }],
    outputs: [...outputs, layers[0]!.name],
  });
  assert.match(drafts.about(model), /^a mlp model, input 7 and 8×4×3, 3 and 8 outputs, /);
});

Deno.test("results may be asked in the formats that are written; one that is only read is none", () => {
  const targets: readonly string[] = drafts.targets;
  assertListedInOrder(targets, ["tfjs", "onnx", "packed", "safetensors", "tflite"]);
  assert.ok(!targets.includes("keras"));
});

Deno.test("a first recipe rounds and cuts nothing, and passes as a recipe", async () => {
  const from = "./net.h5";
  for (const [name, network] of Object.entries(zooNetworks)) {
    const start = drafts.start(found(modelOf(network)));
    assert.deepEqual(start, {
      data: { use: "digits" },
      model: { from },
      quantize: "int8",
      export: "tfjs",
      expect: ["result.accuracy >= model.accuracy - 2 points", "result.bytes <= model.bytes / 2"],
    }, name);
  }
  const start = drafts.start(found(modelOf(zooNetworks.mlp!)));
  const recipe = recipeOf({ name: "first", ...start }, "./", shippedOps());
  assert.ok((await recipe.compile()).nodes.length > 4);
});

Deno.test("a model of numbers is held to its error, one of classes to its accuracy", () => {
  const network = zooNetworks.mlp!;
  const layers = network.layers.map((layer) =>
    layer.name === network.outputs[0] ? { ...layer, units: 1 } as typeof layer : layer
  );
  const numbers = modelOf({ ...network, layers, head: "none" });
  assert.deepEqual(drafts.quality(numbers), { metric: "mae", aim: "minimize" });
  assert.deepEqual(drafts.quality(modelOf(network)), { metric: "accuracy", aim: "maximize" });
  const [claim] = drafts.start(found(numbers)).expect as string[];
  assert.equal(claim, "result.mae <= model.mae * 1.1");
});

Deno.test("of a model with further inputs it is said what they are given", () => {
  assert.deepEqual(drafts.doubts(modelOf(zooNetworks.mlp!)), []);
  const { inputs, ...network } = zooNetworks.mlp!;
  const told = modelOf({ ...network, inputs: [...inputs, { name: "extra", shape: [2] }] });
  const [first, ...others] = drafts.doubts(told);
  assert.match(first!, /^its input `extra` is given the class of each sample \(1 at it, 0 elsewhe/);
  assert.deepEqual(others, []);
});
