/** Small trainings for tests: data, parameters and a run of the loop, everything it said kept. */
import type { Model } from "../../../ops/model/model.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Dataset, Part } from "../../../ops/data/dataset.ts";
import { fit, type FitOptions } from "../../../ops/learn/loop.ts";
import type { Teacher } from "../../../ops/learn/loss/teachers.ts";
import type { Optimizer } from "../../../ops/learn/optimizer.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { type Given, type Reported, runContext } from "../run_context.ts";

refuseLeaks(true);

/** A table for regression: rows of inputs, rows of targets. */
export function tableData(
  inputs: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
): Dataset {
  const rows: Part = {
    count: inputs.length,
    x: Float32Array.from(inputs.flat()),
    y: Float32Array.from(targets.flat()),
  };
  return {
    meta: {
      input: [inputs[0]!.length],
      type: "float32",
      task: "regression",
      classes: [],
      outputs: targets[0]!.length,
      normalize: { scale: [1], offset: [0] },
    },
    parts: { train: rows, validation: rows },
  };
}

export const sgd = (rate: number, more: Partial<Optimizer> = {}): Optimizer =>
  ({ use: "sgd", learning_rate: rate, momentum: 0.9, weight_decay: 0, ...more }) as Optimizer;

export const adam = (rate: number, more: Partial<Optimizer> = {}): Optimizer =>
  ({
    use: "adam",
    learning_rate: rate,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weight_decay: 0,
    ...more,
  }) as Optimizer;

/** A training block, normalised; one epoch of labels, plain descent, unless said otherwise. */
export function training(more: Partial<Training> = {}): Training {
  return {
    epochs: 1,
    batch: 64,
    optimizer: sgd(0.1),
    loss: [{ use: "labels", weight: 1, smoothing: 0 }],
    augment: [],
    freeze: [],
    checkpoint: "last",
    seed: 0,
    ...more,
  };
}

/** What a training came to. */
export interface Fitted {
  readonly model: Model;
  readonly reported: Reported;
  /** The note `training`. */
  readonly note: {
    readonly epochs: number;
    readonly updates: number;
    readonly kept: number;
    readonly recalibrated?: { readonly layers: readonly string[]; readonly validation?: number };
    readonly history: readonly {
      readonly loss: number;
      readonly validation?: number;
      readonly terms: readonly {
        readonly value: number;
        readonly weight: number;
        readonly gradient: number;
      }[];
    }[];
  };
}

/** Runs the loop. */
export async function fitted(
  model: Model,
  data: Dataset,
  params: Training,
  { teachers, auxiliaries, given, ...options }: FitOptions & {
    readonly teachers?: readonly (Teacher | undefined)[];
    readonly auxiliaries?: readonly (Model | undefined)[];
    readonly given?: Given;
  } = {},
): Promise<Fitted> {
  const context = runContext(given);
  const job = {
    model,
    data,
    training: params,
    teachers: teachers ?? params.loss.map(() => undefined),
    ...auxiliaries && { auxiliaries },
  };
  const trained = await withTensors((room) => fit(room, job, context, options));
  const note = context.reported.notes.training as unknown as Fitted["note"];
  return { model: trained, reported: context.reported, note };
}

/** Values of a weight, as plain numbers. */
export function valuesOf(model: Model, name: string): number[] {
  return [...model.weights[name]!.data as Float32Array];
}
