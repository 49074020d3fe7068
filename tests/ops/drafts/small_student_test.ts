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
  // 7 · 10 + 2 is 72, an eighth of it 9, which is one unit of 4 + 1 + 2 parameters; of 114 an eighth is two.
  const of = (hidden: number[]) => smallStudent(modelOf(mlp.build([4], 2, { hidden, dropout: 0 })));
  assert.equal(of([10]), undefined);
  assert.deepEqual(of([16]), { use: "mlp", hidden: [2] });
});

Deno.test("texts have no student", () => {
  assert.equal(smallStudent(modelOf(zooNetworks["text-cnn"]!)), undefined);
  assert.equal(smallStudent(modelOf(zooNetworks["char-lstm"]!)), undefined);
});

Deno.test("a picture is large where both its sides have 64 pixels", () => {
  const use = (height: number, width: number) =>
    smallStudent(modelOf(resnet.build([height, width, 3], 10, { depth: 56, width: 4 })))!.use;
  assert.deepEqual([use(64, 64), use(63, 64), use(64, 63)], ["mobilenet-v1", "resnet", "resnet"]);
});

Deno.test("a student may have half the parameters, and not one more", () => {
  const { parameters: student } = modelFacts(
    resnet.build([8, 8, 1], 2, { depth: 8, width: 0.25 }),
    { learned: true, established: {} },
  );
  // 64 pixels, then `first` units, `second` units and two answers.
  const dense = (first: number, second: number) =>
    (64 + 1) * first + (first + 1) * second + (second + 1) * 2;
  const [first, second] = Array.from({ length: 100 }, (_, at) => at + 1).flatMap((first) => {
    const second = (2 * student - 65 * first - 2) / (first + 3);
    return Number.isInteger(second) && second > 0 ? [[first, second] as const] : [];
  })[0]!;
  assert.equal(dense(first, second), 2 * student);
  const students = [first, first - 1].map((units) => {
    const rows = mlp.build([64], 2, { hidden: [units, second], dropout: 0 });
    const inputs = [{ name: rows.inputs[0]!.name, shape: [8, 8, 1] }];
    const flat = { name: "flat", kind: "flatten", inputs: [inputs[0]!.name] } as const;
    const [head, ...rest] = rows.layers;
    return smallStudent(
      modelOf({ ...rows, inputs, layers: [flat, { ...head!, inputs: ["flat"] }, ...rest] }),
    );
  });
  assert.deepEqual(students, [{ use: "resnet", depth: 8, width: 0.25 }, undefined]);
});

Deno.test("models of several inputs or outputs have no student, nor those of rows in rows", () => {
  const network = mlp.build([20], 4, { hidden: [100, 100], dropout: 0 });
  const { inputs, outputs, layers } = network;
  const two = { ...network, inputs: [...inputs, { name: "more", shape: [20] }] };
  assert.equal(smallStudent(modelOf(two)), undefined);
  const both = { ...network, outputs: [...outputs, layers[0]!.name] };
  assert.equal(smallStudent(modelOf(both)), undefined);
  const rows = { ...network, inputs: [{ ...inputs[0]!, shape: [3, 20] }] };
  assert.equal(smallStudent(modelOf(rows)), undefined);
});
