/** How active a channel is: what comes out of its ReLU on the first training samples. */
import type { RunContext } from "../../engine/op.ts";
import { type Tensor, withTensors } from "../../engine/tensor/mod.ts";
import type { Dataset } from "../data/dataset.ts";
import { forward } from "../model/forward.ts";
import { weightTensors } from "../model/infer.ts";
import { type Model, structureOf } from "../model/model.ts";
import { eachFirstBatch } from "../learn/batches.ts";
import { rectifies } from "./channel_plan.ts";
import { type SampledCut, SAMPLES } from "./gradient_scores.ts";
import { channelMap } from "../model/channels.ts";

/** Of one layer, by channel: the sum of its values, and how many are above 0. */
interface ActivationSums {
  readonly sums: Float64Array;
  readonly positive: Float64Array;
  /** Values of each channel. */
  readonly count: number;
}

/**
 * By a unit's id, the mean over the ReLUs that it passes, over all samples and positions, in inference mode:
 *
 * - `apoz`: the share of values above 0, which is 1 − APoZ (Hu et al. 2016, arXiv 1607.03250, eq. 1);
 * - `activation-mean`: the mean value (Molchanov et al. 2017, arXiv 1611.06440, §2.2) over that of all the layer's
 *   channels, so that a layer with larger values does not outweigh the others.
 */
export async function activationsOfUnits(
  { model, data, heads = false }: SampledCut,
  criterion: "activation-mean" | "apoz",
  context: RunContext,
): Promise<ReadonlyMap<number, number>> {
  const { channels } = channelMap(structureOf(model), { heads });
  const units = new Map<number, { total: number; count: number }>();
  for (const [name, seen] of await activations(model, data, context)) {
    const means = (criterion === "apoz" ? seen.positive : seen.sums).map((sum) => sum / seen.count);
    const mean = means.reduce((sum, each) => sum + each, 0) / means.length;
    const unit = criterion === "apoz" || mean === 0 ? 1 : mean;
    channels[name]!.forEach((id, channel) => {
      const { total, count } = units.get(id) ?? { total: 0, count: 0 };
      units.set(id, { total: total + means[channel]! / unit, count: count + 1 });
    });
  }
  return new Map([...units].map(([id, { total, count }]) => [id, total / count]));
}

/** What came out of each layer with a ReLU, in the model's order. */
function activations(
  model: Model,
  data: Dataset,
  context: RunContext,
): Promise<ReadonlyMap<string, ActivationSums>> {
  const layers = new Set(model.layers.filter(rectifies).map((layer) => layer.name));
  const seen = new Map<string, ActivationSums>();
  return withTensors(async (room) => {
    const { weights, dispose } = weightTensors(room, model);
    const transform = (name: string, value: Tensor): Tensor => {
      if (layers.has(name)) add(seen, name, room.values(value), value.shape.at(-1)!);
      return value;
    };
    try {
      await eachFirstBatch(room, model, { data, samples: SAMPLES, context }, (x) => {
        forward(room, { ...model, weights }, x, { training: false, transform });
      });
    } finally {
      dispose();
    }
    return seen;
  }, context);
}

function add(
  seen: Map<string, ActivationSums>,
  name: string,
  values: Float32Array,
  channels: number,
): void {
  const { sums, positive, count } = seen.get(name) ??
    { sums: new Float64Array(channels), positive: new Float64Array(channels), count: 0 };
  for (let i = 0; i < values.length;) {
    for (let c = 0; c < channels; c++, i++) {
      sums[c]! += values[i]!;
      if (values[i]! > 0) positive[c]!++;
    }
  }
  seen.set(name, { sums, positive, count: count + values.length / channels });
}
