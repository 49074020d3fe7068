/** Checks a TensorFlow Lite file: its logits, and of one with integers between its layers each value alone. */
import type { Room } from "../../../engine/tensor/mod.ts";
import type { Files } from "../../../engine/kind.ts";
import type { Model } from "../../model/model.ts";
import { compareIntegers } from "../compare_integers.ts";
import type { FileAnswers } from "../format.ts";
import type { RuntimeSamples } from "../runtime.ts";
import { tfliteGraph } from "./encode.ts";
import { runTflite } from "./run_tflite.ts";
import type { TfliteOptions } from "./source.ts";

/** What the file answers to samples as it reads them. Throws a DifferenceError that names the value that is off. */
export async function checkTflite(
  { room, files, model, samples }: {
    readonly room: Room;
    readonly files: Files;
    readonly model: Model;
    readonly samples: RuntimeSamples;
  },
  { tolerance, signal, ...options }: TfliteOptions & {
    readonly tolerance: number;
    readonly signal: AbortSignal;
  },
): Promise<FileAnswers> {
  const { logits: [logits], rounded } = tfliteGraph(model, options);
  if (model.quantization === null) {
    const found = await runTflite(files, samples, [logits!]);
    return { logits: found[logits!] as Float32Array };
  }
  const file = {
    rounded,
    logits: logits!,
    run: (batch: RuntimeSamples, inside: readonly string[]) =>
      runTflite(files, batch, [...new Set([...inside, logits!])]),
  };
  return await compareIntegers({ room, model, samples, file }, { tolerance, signal });
}
