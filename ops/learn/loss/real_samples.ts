/** Samples that a critic takes for real: of data, in place of what a teacher makes. */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { type Dataset, type Part, part } from "../../data/dataset.ts";
import { type Batch, inputReader } from "../batches.ts";

/** Some of them. */
export interface RealSamples {
  /** Which they are, in the part `from`. */
  readonly batch: Batch;
  readonly from: Part;
  /** Samples × the shape of one, as the data normalise them. */
  readonly outputs: Tensor;
}

/**
 * A function from (count, update) to that many samples of the training part, each drawn uniformly and with replacement
 * by the stream `real`. The draw is by the number of the update alone, so a training that goes on draws what it would
 * have drawn. Throws a RangeError where there are none.
 */
export function realReader(
  room: Room,
  data: Dataset,
  seed: number,
): (count: number, update: number) => RealSamples {
  const from = part(data, "train");
  if (from.count === 0) {
    throw new RangeError("Cannot learn what is real: the data have no training samples");
  }
  const inputs = [{ name: "real", shape: data.meta.input }];
  const read = inputReader(room, data.meta, from, { inputs, preprocess: null });
  const draws = stream(seed, "real");
  return (count, update) => {
    const samples = Uint32Array.from(
      draws.uniforms(update, count),
      (u) => Math.floor(u * from.count),
    );
    const batch = { samples };
    return { batch, from, outputs: read(batch)[0]! };
  };
}
