/** Networks of one input as layers-models, run in stock tfjs, read again, and held against the engine. */
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Architecture } from "../../../../ops/model/model.ts";
import { assertClose } from "../../../close.ts";
import { livelyModel, noise } from "../../lively_model.ts";
import { modelOf } from "../../model/support/test_data.ts";

/** Throws where stock tfjs, and what is read of the files again, answer otherwise than the engine. */
export async function assertWritten(network: Architecture): Promise<void> {
  const model = livelyModel(network);
  const [{ shape, data }] = noise(model) as [{ shape: readonly number[]; data: Float64Array }];
  const x = Float32Array.from(data);
  const files = encodeTfjs(model, { storage: "float32", shard: 1 << 22 });
  const again = modelOf(files);
  await withTensors(async (room) => {
    const expected = await inferLogits(room, model, { count: 1, x, y: null });
    assertClose(await stockLogits(room, files, { x, shape, headed: false }), expected, 1e-5);
    assertClose(await inferLogits(room, again, { count: 1, x, y: null }), expected, 1e-5);
  });
}
