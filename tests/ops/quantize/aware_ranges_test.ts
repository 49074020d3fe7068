/** What a training that rounds watches: the outermost range, whatever calibration leaves of it. */
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { roundingConstraint } from "../../../ops/quantize/aware.ts";
import type { IntegerParams } from "../../../ops/quantize/fields.ts";
import { assertClose } from "../../close.ts";
import { tableData } from "../learn/small_trainings.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";

refuseLeaks(true);

Deno.test("values are watched from the smallest to the largest, also where fewer are kept", async () => {
  const model = denseModel([{ kernel: [[1]] }]);
  const rows = Array.from({ length: 200 }, (_, i) => [i === 150 ? 40 : i % 100 / 50 - 1]);
  const data = tableData(rows, rows);
  for (
    const calibrate of [
      { use: "minmax", samples: 200 },
      { use: "mse", samples: 200 },
      { use: "percentile", percentile: 98, samples: 200 },
    ] as const
  ) {
    const params = {
      ...{ scheme: "int4", granularity: "channel", symmetry: "symmetric", calibrate },
      activations: { use: "int4", granularity: "tensor", symmetry: "asymmetric" },
      ...{ fold: "batchnorm", equalize: "none", "bias_correction": "none", rules: "onnx" },
    } as unknown as IntegerParams;
    const constraint = await roundingConstraint(model, data, params, runContext());
    const watched = await withTensors((room) => constraint.open(room, undefined).capture!());
    assertClose(watched["range:input"]!, [-1, 40]);
  }
});
