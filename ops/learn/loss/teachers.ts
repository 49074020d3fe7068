/** Teachers of a training: outputs that were recorded before, or a model that runs on each batch. */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { type Dataset, labelsPerSample, part } from "../../data/dataset.ts";
import { forward } from "../../model/forward.ts";
import { runner, weightTensors } from "../../model/infer.ts";
import { shapesOf } from "../../model/layers.ts";
import type { Architecture, Model } from "../../model/model.ts";
import { inputReader, type SampleBatch } from "../batches.ts";
import type { Outputs } from "../outputs.ts";

/** What a teacher gives for a batch. No gradient flows into it. */
export interface TeacherOutput {
  /** Samples × outputs. */
  readonly logits: Tensor;
  /** Values of the layers and groups that were asked for, by name. */
  readonly features: Readonly<Record<string, Tensor>>;
}

/** A teacher in the room. */
export interface Teacher {
  /** Logits of a batch, and the values of layers and groups; those only where it has an `architecture`. */
  outputs(batch: SampleBatch, features: readonly string[]): TeacherOutput;
  /** Its structure, where the values inside can be read. */
  readonly architecture?: Architecture;
  dispose(): void;
}

/** Outputs of a step `predict`, row by row those of the training part. Throws a RangeError where they do not fit. */
export function recordedTeacher(room: Room, data: Dataset, outputs: Outputs): Teacher {
  const { count, width, logits } = outputs;
  const { count: samples, y } = part(data, "train");
  const { task, outputs: classes } = data.meta;
  const places = task === "next-token" ? labelsPerSample(y as Int32Array, samples) : 1;
  const generates = task === "generation" || task === "reconstruction";
  if (count !== samples || !generates && classes > 0 && width !== places * classes) {
    throw new RangeError(
      `Cannot learn from these outputs: they are ${count} rows of ${width}, the training part has ` +
        `${samples} samples of ${classes} classes`,
    );
  }
  return {
    outputs({ samples }) {
      const rows = new Float32Array(samples.length * width);
      for (const [row, sample] of samples.entries()) {
        rows.set(logits.subarray(sample * width, (sample + 1) * width), row * width);
      }
      return { logits: room.tensor(rows, [samples.length, width]), features: {} };
    },
    dispose() {},
  };
}

/**
 * A model run on each batch, in inference, with its own preparation: it sees what the student sees. Throws a
 * RangeError where it reads samples of another shape or, if its outputs are compared and not its features alone,
 * gives others.
 */
export async function modelTeacher(
  room: Room,
  data: Dataset,
  model: Model,
  { outputs = true }: { readonly outputs?: boolean } = {},
): Promise<Teacher> {
  assertFits(data, model, outputs);
  const read = inputReader(room, data.meta, part(data, "train"), model);
  if (model.quantization !== null) {
    // Between its layers there are integers: it has outputs, no features.
    const { run, dispose } = await runner(room, model);
    return { outputs: (batch) => ({ logits: run(read(batch)), features: {} }), dispose };
  }
  const { weights, dispose } = weightTensors(room, model);
  return {
    architecture: model,
    outputs(batch, taps) {
      const result = forward(room, { ...model, weights }, read(batch), { training: false, taps });
      return { logits: result.outputs[0]!, features: result.taps };
    },
    dispose,
  };
}

/** Its outputs have the width that the task asks for; those of generators are compared by shape in each term. */
function assertFits({ meta }: Dataset, model: Model, outputs: boolean): void {
  const read = model.inputs[0]!.shape.join("×");
  const width = shapesOf(model)[model.outputs[0]!]!.at(-1);
  const generates = meta.task === "generation" || meta.task === "reconstruction";
  const open = !outputs || generates || meta.outputs === 0;
  if (read === meta.input.join("×") && (open || width === meta.outputs)) return;
  throw new RangeError(
    `Cannot learn from this teacher: it reads ${read} and says ${width} numbers, a sample is ` +
      `${meta.input.join("×")} and the student says ${meta.outputs}`,
  );
}
