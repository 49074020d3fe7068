/**
 * What a training draws inside a model: masks of dropout layers and noise of sampling layers, by layer and update.
 */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { stream, streamKey } from "../../../engine/tensor/random.ts";
import { sizeOf } from "../../model/layers.ts";

/** Draws for one model. */
export interface Draws {
  /** 0 where a value is dropped, else 1/(1 − rate). */
  dropout(layer: string, shape: readonly number[], rate: number, update: number): Tensor;
  /** Standard normal numbers. */
  noise(layer: string, shape: readonly number[], update: number): Tensor;
}

/**
 * Streams `dropout:<layer>` and `noise:<layer>`; `of` stands before the layer's name for a model beside the first.
 */
export function openDraws(room: Room, seed: number, of = ""): Draws {
  return {
    dropout(layer, shape, rate, update) {
      const key = streamKey(seed, `dropout:${of}${layer}`);
      return room.dropout({ key, block: update }, rate, shape);
    },
    noise: (layer, shape, update) =>
      room.tensor(stream(seed, `noise:${of}${layer}`).normals(update, sizeOf(shape)), shape),
  };
}
