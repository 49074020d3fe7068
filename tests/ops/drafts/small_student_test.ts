import assert from "node:assert/strict";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Architecture, Model } from "../../../ops/model/model.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { mobilenetV1 } from "../../../ops/model/zoo/mobilenet_v1.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import { smallStudent } from "../../../ops/drafts/small_student.ts";
import { zooNetworks } from "../zoo_networks.ts";

const modelOf = (structure: Architecture): Model => ({
  ...structure,
  weights: {},
  preprocess: null,
  classes: [],
  established: {},
  learned: true,
  quantization: null,
});

Deno.test("small pictures get a residual network, large ones a MobileNet, of half the parameters at most", () => {
  const small = (depth: number, width: number) =>
    smallStudent(modelOf(resnet.build([32, 32, 3], 10, { depth, width })));
  assert.deepEqual(small(20, 1), { use: "resnet", depth: 8, width: 0.5 });
  // ResNet-8 of half the width has a quarter of its parameters, of a quarter the width a sixteenth.
  assert.deepEqual(small(8, 1), { use: "resnet", depth: 8, width: 0.5 });
  assert.deepEqual(small(8, 0.5), { use: "resnet", depth: 8, width: 0.25 });
  assert.equal(small(8, 0.25), undefined);
  const large = modelOf(mobilenetV1.build([96, 96, 3], 10, { depth: 13, width: 1 }));
  assert.deepEqual(smallStudent(large), { use: "mobilenet-v1", depth: 13, width: 0.5 });
});

Deno.test("rows of numbers get one hidden layer of an eighth of the parameters", () => {
  const network = mlp.build([20], 4, { hidden: [100, 100], dropout: 0 });
  const { parameters } = modelFacts(network, { learned: true, established: {} });
  assert.equal(parameters, 20 * 100 + 100 + 100 * 100 + 100 + 100 * 4 + 4);
  // 12,604 / 8 / (20 + 4 + 1) = 63.02.
  assert.deepEqual(smallStudent(modelOf(network)), { use: "mlp", hidden: [63] });
  assert.equal(smallStudent(modelOf(mlp.build([4], 2, { hidden: [2], dropout: 0 }))), undefined);
});

Deno.test("texts have no student", () => {
  assert.equal(smallStudent(modelOf(zooNetworks["text-cnn"]!)), undefined);
  assert.equal(smallStudent(modelOf(zooNetworks["char-lstm"]!)), undefined);
});
