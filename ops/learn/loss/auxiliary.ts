/** The model that a term's `through` names, run on outputs while another model learns. */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { type Dataset, part } from "../../data/dataset.ts";
import { conditionRows, type Labels } from "../../model/feed.ts";
import { forward, type ForwardResult } from "../../model/forward.ts";
import { weightTensors } from "../../model/infer.ts";
import { show, sizeOf } from "../../model/layers.ts";
import type { Architecture, Model } from "../../model/model.ts";
import type { SampleBatch } from "../batches.ts";
import type { Moment } from "../optimizer.ts";
import type { AuxiliaryModel } from "../terms/term.ts";

/** The auxiliary model of one term, in the room. */
export interface OpenAuxiliary {
  /** How the term sees it for a batch. For the caller's `tidy`. */
  at(batch: SampleBatch): AuxiliaryModel;
  /** One update of a discriminator that learns, before the model's. */
  update?(batch: SampleBatch, outputs: RealAndFake, moment: Moment): void;
  /** Copies of its arrays that move. */
  capture(): Record<string, Float32Array>;
  close(): void;
}

/** What a discriminator tells apart. */
interface RealAndFake {
  /** A teacher's outputs; undefined where data hold what is real. */
  readonly real: Tensor | undefined;
  /** The model's outputs. */
  readonly fake: Tensor;
}

/** An auxiliary model that stays as it is, in inference. The caller closes it, outside of any `tidy`. */
export function openFrozen(room: Room, model: Model, data: Dataset): OpenAuxiliary {
  const { weights, dispose } = weightTensors(room, model);
  const { y } = part(data, "train");
  return {
    at: ({ samples }) =>
      auxiliaryModel((outputs, taps) => {
        const x = outputsAsInputs(room, model, outputs, { samples, y });
        return forward(room, { ...model, weights }, x, { training: false, taps });
      }),
    capture: () => ({}),
    close: dispose,
  };
}

/** What a term asks of a model, by how it is run on outputs. */
export function auxiliaryModel(
  run: (outputs: Tensor, taps: readonly string[]) => ForwardResult,
): AuxiliaryModel {
  return {
    features(outputs, layers) {
      const { taps } = run(outputs, layers);
      return layers.map((layer) => taps[layer]!);
    },
    logits: (outputs) => run(outputs, []).outputs[0]!,
  };
}

/**
 * Outputs as a model's inputs, past its preprocessing: they are values as layers see them, not stored ones. Further
 * inputs read the labels of the samples. Throws a RangeError where the outputs are not what it reads.
 */
export function outputsAsInputs(
  room: Room,
  { inputs: [input, ...conditions] }: Architecture,
  outputs: Tensor,
  { samples, y }: { readonly samples: Uint32Array; readonly y: Labels },
): readonly Tensor[] {
  const { shape } = input!;
  const count = outputs.shape[0]!;
  if (outputs.size !== count * sizeOf(shape)) {
    throw new RangeError(
      `Cannot ask this model: it reads ${show(shape)}, an output is ${
        show(outputs.shape.slice(1))
      }`,
    );
  }
  return [
    room.tf.reshape(outputs, [count, ...shape]),
    ...conditions.map((each) =>
      room.tensor(conditionRows(each, y, samples), [count, ...each.shape])
    ),
  ];
}
