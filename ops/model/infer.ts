/** Inference over a whole data part. */
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import type { Meta, Part } from "../data/dataset.ts";
import { conditionRows, range } from "./feed.ts";
import { forward } from "./forward.ts";
import { shapesOf, show as shown, sizeOf } from "./layers.ts";
import type { Architecture, Model, Preprocess } from "./model.ts";
import { preprocessed } from "./preprocess.ts";
import { decodeWeight } from "./weights.ts";

/** Options of `inferLogits`. */
export interface InferOptions {
  /** Of the data that the samples are of. */
  readonly meta?: Pick<Meta, "input" | "normalize">;
  /**
   * Samples that go through the layers together; never changes a result. Default 64, fewer where each answers much.
   */
  readonly batch?: number;
  /** Stops between two batches when aborted. */
  readonly signal?: AbortSignal;
  /** Is told the fraction that is done. */
  readonly progress?: (fraction: number) => void;
}

const BATCH = 64;

/** Logits of a batch where nobody says how many samples it has: 64 MiB. */
const LOGITS = 0x100_0000;

/**
 * Logits of a model on raw samples, row by row in the part's order: samples × outputs. The samples are prepared by
 * the model's own preprocessing, else by the data's normalisation; further inputs read their labels. A quantized
 * model computes in integers. Bitwise independent of the batch size. Throws a RangeError where samples do not have
 * the model's input shape.
 */
export async function inferLogits(
  room: Room,
  model: Model,
  part: Part,
  options: InferOptions = {},
): Promise<Float32Array> {
  const width = answerSize(model);
  const logits = new Float32Array(part.count * width);
  const keep = (rows: Float32Array, first: number) => logits.set(rows, first * width);
  await inferBatches(room, model, part, { ...options, show: keep });
  return logits;
}

/** Logits of one sample: all places of it, where every place answers. */
export function answerSize(model: Architecture): number {
  return sizeOf(shapesOf(model)[model.outputs[0]!]!);
}

/**
 * As `inferLogits`, but shows the logits of one batch after the other, those of sample `first` on, and keeps none.
 */
export async function inferBatches(
  room: Room,
  model: Model,
  part: Part,
  { meta, batch, signal, progress, show }: InferOptions & {
    readonly show: (logits: Float32Array, first: number) => void;
  },
): Promise<void> {
  const shape = inputShape(model, part, meta);
  const size = sizeOf(shape);
  const preparation = model.preprocess ?? meta?.normalize ?? null;
  const together = batch ?? Math.max(1, Math.min(BATCH, Math.floor(LOGITS / answerSize(model))));
  const { inputs: [, ...conditions] } = model;
  const { run, dispose } = await runner(room, model);
  try {
    for (let first = 0; first < part.count; first += together) {
      signal?.throwIfAborted();
      const count = Math.min(together, part.count - first);
      const raw = part.x.subarray(first * size, (first + count) * size);
      const rows = conditions.map((each) => conditionRows(each, part.y, range(first, count)));
      show(logitsOf(raw, preparation, [count, ...shape], rows), first);
      progress?.((first + count) / part.count);
      await room.yieldToEventLoop();
    }
  } finally {
    dispose();
  }

  function logitsOf(
    raw: ReturnType<Part["x"]["subarray"]>,
    preparation: Preprocess | null,
    batchShape: readonly number[],
    rows: readonly Float32Array[],
  ): Float32Array {
    const output = room.tf.tidy(() =>
      run([
        room.tensor(preprocessed(raw, preparation), batchShape),
        ...rows.map((row, i) => room.tensor(row, [batchShape[0]!, ...conditions[i]!.shape])),
      ])
    );
    const values = room.values(output);
    output.dispose();
    return values;
  }
}

/** Decoded weights of a model as tensors, by name; `dispose` frees them. */
export function weightTensors(
  room: Room,
  model: Model,
): { readonly weights: Readonly<Record<string, Tensor>>; dispose(): void } {
  const weights = Object.fromEntries(
    Object.entries(model.weights).map(([name, weight]) => [
      name,
      room.tensor(decodeWeight(weight), weight.shape),
    ]),
  );
  const dispose = () => Object.values(weights).forEach((tensor) => tensor.dispose());
  return { weights, dispose };
}

/**
 * One prepared batch, a tensor per input, to logits, in the arithmetic that the model means; `dispose` frees its
 * weights.
 */
export async function runner(
  room: Room,
  model: Model,
): Promise<{ run: (x: readonly Tensor[]) => Tensor; dispose: () => void }> {
  if (model.quantization !== null) {
    const { integerRunner } = await import("./integers/integer.ts");
    return integerRunner(room, model);
  }
  const { weights, dispose } = weightTensors(room, model);
  const run = (x: readonly Tensor[]) =>
    forward(room, { ...model, weights }, x, { training: false }).outputs[0]!;
  return { run, dispose };
}

function inputShape(model: Model, part: Part, meta?: Pick<Meta, "input">): readonly number[] {
  const { shape } = model.inputs[0]!;
  const given = meta?.input ?? shape;
  if (sizeOf(shape) !== sizeOf(given) || part.x.length !== part.count * sizeOf(shape)) {
    throw new RangeError(
      `Cannot run the model on these samples: it reads ${shown(shape)}, a sample is ${
        shown(given)
      }${wayOut(shape, given)}`,
    );
  }
  return shape;
}

/** What brings rows of another length to a model: nobody knows here whether they are of a table or of texts. */
function wayOut(shape: readonly number[], given: readonly number[]): string {
  if (shape.length !== 1 || given.length !== 1) return "";
  return `; of a table data.columns.input names what is read, of texts data.text.length is ${
    shape[0]
  }`;
}
