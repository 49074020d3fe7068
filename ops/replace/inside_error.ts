/** How far what a group computes is from the layer whose place it took. */
import type { RunContext } from "../../engine/op.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import type { Dataset } from "../data/dataset.ts";
import { forward } from "../model/forward.ts";
import { weightTensors } from "../model/infer.ts";
import type { Model } from "../model/model.ts";
import { eachFirstBatch } from "../learn/batches.ts";

/** The training samples that are looked at. */
const SAMPLES = 256;

/**
 * √(Σ(y − ŷ)² / Σy²) over the first 256 training samples: y what the layer or group `name` of `before` gives, ŷ what
 * that of `after` gives, each with what stands in front of it in its own model.
 */
export function insideError(
  { before, after, name }: {
    readonly before: Model;
    readonly after: Model;
    readonly name: string;
  },
  data: Dataset,
  context: Pick<RunContext, "threads" | "kernels" | "signal">,
): Promise<number> {
  return withTensors(async (room) => {
    const [original, present] = [before, after].map((model) => ({
      model,
      ...weightTensors(room, model),
    })) as [Opened, Opened];
    let [lost, whole] = [0, 0];
    try {
      const quiet = { signal: context.signal, progress: () => {} };
      await eachFirstBatch(room, before, { data, samples: SAMPLES, context: quiet }, (x) => {
        const [y, other] = [original, present].map(({ model, weights }) =>
          room.values(
            forward(room, { ...model, weights }, x, { training: false, taps: [name] }).taps[name]!,
          )
        ) as [Float32Array, Float32Array];
        y.forEach((value, i) => {
          lost += (value - other[i]!) * (value - other[i]!);
          whole += value * value;
        });
      });
    } finally {
      original.dispose();
      present.dispose();
    }
    return whole === 0 ? 0 : Math.sqrt(lost / whole);
  }, context);
}

type Opened = { readonly model: Model } & ReturnType<typeof weightTensors>;
