/** What teachers say of a batch: read from outputs that were computed before, or asked now. */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { type Dataset, labelsPerSample, part } from "../../data/dataset.ts";
import { forward } from "../../model/forward.ts";
import { runner, weightTensors } from "../../model/infer.ts";
import { shapesOf } from "../../model/layers.ts";
import type { Architecture, Model } from "../../model/model.ts";
import { type Batch, inputReader } from "../batches.ts";
import type { Outputs } from "../outputs.ts";

/** What a teacher says of a batch. */
export interface Said {
  /** Samples × outputs. */
  readonly logits: Tensor;
  /** Values of the layers and groups that were asked for, by name. */
  readonly taps: Readonly<Record<string, Tensor>>;
}

/** Somebody to listen to. What it says carries no gradient. */
export interface Teacher {
  /** Logits of a batch and values inside; those only where it has an `architecture`. */
  says(batch: Batch, taps: readonly string[]): Said;
  /** The structure that can be looked into. */
  readonly architecture?: Architecture;
  dispose(): void;
}

/** Outputs of a step `predict`, row by row those of the training part. Throws a RangeError where they do not fit. */
export function rememberedTeacher(room: Room, data: Dataset, outputs: Outputs): Teacher {
  const { count, width, logits } = outputs;
  const { count: samples, y } = part(data, "train");
  const { task, outputs: classes } = data.meta;
  const places = task === "next-token" ? labelsPerSample(y as Int32Array, samples) : 1;
  const made = task === "generation" || task === "reconstruction";
  if (count !== samples || !made && width !== places * classes) {
    throw new RangeError(
      `Cannot learn from these outputs: they are ${count} rows of ${width}, the training part has ` +
        `${samples} samples of ${classes} classes`,
    );
  }
  return {
    says({ samples }) {
      const rows = new Float32Array(samples.length * width);
      for (const [row, sample] of samples.entries()) {
        rows.set(logits.subarray(sample * width, (sample + 1) * width), row * width);
      }
      return { logits: room.tensor(rows, [samples.length, width]), taps: {} };
    },
    dispose() {},
  };
}

/**
 * A model asked at each batch, in inference, with its own preparation: it sees what the student sees. Throws a
 * RangeError where it reads or, if its answers are `heard` and not its layers alone, says something of another shape.
 */
export async function livingTeacher(
  room: Room,
  data: Dataset,
  model: Model,
  { heard = true }: { readonly heard?: boolean } = {},
): Promise<Teacher> {
  assertSpeaksOf(data, model, heard);
  const read = inputReader(room, data.meta, part(data, "train"), model);
  if (model.quantization !== null) {
    // Between its layers there are integers: it can be heard, not looked into.
    const { run, dispose } = await runner(room, model);
    return { says: (batch) => ({ logits: run(read(batch)), taps: {} }), dispose };
  }
  const { weights, dispose } = weightTensors(room, model);
  return {
    architecture: model,
    says(batch, taps) {
      const seen = forward(room, model, weights, read(batch), { training: false, taps });
      return { logits: seen.outputs[0]!, taps: seen.taps };
    },
    dispose,
  };
}

/** What it says has the width that the task asks for; of what generators make, the terms judge. */
function assertSpeaksOf({ meta }: Dataset, model: Model, heard: boolean): void {
  const read = model.inputs[0]!.shape.join("×");
  const says = shapesOf(model)[model.outputs[0]!]!.at(-1);
  const made = meta.task === "generation" || meta.task === "reconstruction";
  if (read === meta.input.join("×") && (!heard || made || says === meta.outputs)) return;
  throw new RangeError(
    `Cannot learn from this teacher: it reads ${read} and says ${says} numbers, a sample is ` +
      `${meta.input.join("×")} and the student says ${meta.outputs}`,
  );
}
