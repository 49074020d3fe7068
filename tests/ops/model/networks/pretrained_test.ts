import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { modelFacts, sizeOf } from "../../../../ops/model/layers.ts";
import { countParameters } from "../../../../ops/model/weights.ts";
import { assertClose, softmaxRows } from "../../../close.ts";
import { filesIn, modelOf, testWith } from "../support/test_data.ts";

// Counts from the models' own publishers; the input's range is theirs too.
const models = [
  { folder: "mlperf-tiny-resnet-cifar10/tfjs-resnet8", parameters: 78_666, scale: 255, shift: 0 },
  {
    folder: "mlperf-tiny-resnet-cifar10/tfjs-resnet8-large",
    parameters: 480_330,
    scale: 255,
    shift: 0,
  },
  { folder: "mobilenet-v1-025-128/tfjs", parameters: 467_593, scale: 2, shift: -1 },
  { folder: "doodlenet-and-cvae/doodlenet", parameters: 544_201, scale: 1, shift: 0 },
];

for (const { folder, parameters, scale, shift } of models) {
  testWith(
    folder,
    `${folder} has its parameters and computes what stock tfjs does`,
    async (path) => {
      const files = filesIn(path);
      const model = modelOf(files);
      assert.equal(countParameters(model), parameters);
      assert.equal(modelFacts(model, model).parameters, parameters);
      assert.equal(model.head, "softmax");
      const { shape } = model.inputs[0]!;
      const x = stream(0, "noise").uniforms(0, 3 * sizeOf(shape)).map((u) => u * scale + shift);
      const { ours, stock } = await withTensors(async (room) => ({
        ours: await inferLogits(room, model, { count: 3, x, y: null }),
        stock: await stockLogits(room, files, { x, shape, headed: false }),
      }));
      assertClose(softmaxRows(ours, ours.length / 3), stock, 1e-5);
    },
  );
}
