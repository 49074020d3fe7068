/** What teachers say of a batch: read from outputs that were computed before, or asked now. */
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import { type Dataset, part } from "../data/dataset.ts";
import { runner } from "../model/infer.ts";
import { shapesOf } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { type Batch, inputReader } from "./batches.ts";
import type { Outputs } from "./outputs.ts";

/** Somebody to listen to. Its logits carry no gradient. */
export interface Teacher {
  /** Logits of a batch, samples × outputs. */
  logits(batch: Batch): Tensor;
  dispose(): void;
}

/** Outputs of a step `predict`, row by row those of the training part. Throws a RangeError where they do not fit. */
export function rememberedTeacher(room: Room, data: Dataset, outputs: Outputs): Teacher {
  const { count, width, logits } = outputs;
  const samples = part(data, "train").count;
  if (count !== samples || width !== data.meta.outputs) {
    throw new RangeError(
      `Cannot learn from these outputs: they are ${count} rows of ${width}, the training part has ` +
        `${samples} samples of ${data.meta.outputs} classes`,
    );
  }
  return {
    logits({ samples }) {
      const rows = new Float32Array(samples.length * width);
      for (const [row, sample] of samples.entries()) {
        rows.set(logits.subarray(sample * width, (sample + 1) * width), row * width);
      }
      return room.tensor(rows, [samples.length, width]);
    },
    dispose() {},
  };
}

/**
 * A model asked at each batch, in inference, with its own preparation: it sees what the student sees. Throws a
 * RangeError where it reads or says something of another shape.
 */
export async function livingTeacher(room: Room, data: Dataset, model: Model): Promise<Teacher> {
  assertSpeaksOf(data, model);
  const { run, dispose } = await runner(room, model);
  const [input] = model.inputs;
  const { meta } = data;
  const read = inputReader(
    room,
    meta,
    part(data, "train"),
    model.preprocess ?? meta.normalize,
    input!.shape,
  );
  return { logits: (batch) => run(read(batch)), dispose };
}

function assertSpeaksOf({ meta }: Dataset, model: Model): void {
  const read = model.inputs[0]!.shape.join("×");
  const says = shapesOf(model)[model.outputs[0]!]!.at(-1);
  if (read === meta.input.join("×") && says === meta.outputs) return;
  throw new RangeError(
    `Cannot learn from this teacher: it reads ${read} and says ${says} numbers, a sample is ` +
      `${meta.input.join("×")} and the student says ${meta.outputs}`,
  );
}
