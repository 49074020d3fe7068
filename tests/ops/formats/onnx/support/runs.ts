/** Networks of one input as files, run in ONNX Runtime and held against the engine. */
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import { inferLogits } from "../../../../../ops/model/infer.ts";
import type { Architecture } from "../../../../../ops/model/model.ts";
import { livelyModel } from "../../../lively_model.ts";
import { assertNear, bothLogits, flat, samples } from "./both_logits.ts";

/** Throws where a network's file, as it stands and optimized, answers otherwise than the engine. */
export async function assertRuns(network: Architecture, opset = 17): Promise<void> {
  const model = livelyModel(network);
  const x = flat(samples(model, 3));
  const expected = await withTensors((room) => inferLogits(room, model, { count: 3, x, y: null }));
  const { disabled, all } = await bothLogits(model, x, { opset });
  assertNear(disabled, expected, 1e-5);
  assertNear(all, expected, 1e-5);
}
