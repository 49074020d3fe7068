/** Checks an ONNX file with integers between its layers, each value alone (`compare_integers.ts`). */
import type { Room } from "../../../engine/tensor/mod.ts";
import type { Files } from "../../../engine/kind.ts";
import type { Model } from "../../model/model.ts";
import type { FileAnswers } from "../format.ts";
import type { RuntimeSamples } from "../runtime.ts";
import { compareIntegers } from "../compare_integers.ts";
import { type OnnxOptions, roundedValues } from "./encode.ts";
import { outputNames } from "./model_proto.ts";
import { runOnnx } from "./run_onnx.ts";
import { paddingOf } from "./token_inputs.ts";

/** Compares on samples as the file reads them. Throws a DifferenceError that names the value that is off. */
export async function checkIntegers(
  { room, model, files, samples }: {
    readonly room: Room;
    readonly model: Model;
    readonly files: Files;
    readonly samples: RuntimeSamples;
  },
  { tolerance, signal, ...options }: OnnxOptions & {
    readonly tolerance: number;
    readonly signal: AbortSignal;
  },
): Promise<Required<FileAnswers>> {
  const file = {
    rounded: roundedValues(model, options),
    logits: outputNames(model, model.outputs[0]!).logits,
    run: (batch: RuntimeSamples, inside: readonly string[]) =>
      runOnnx(files, batch, { inside, padding: paddingOf(model) }),
  };
  return await compareIntegers({ room, model, samples, file }, { tolerance, signal });
}
